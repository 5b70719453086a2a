"""What is kept of a settlement: which columns were told, and the person's stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from yilianti.registry.residents import api as residents
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.pricing.terms import Kind
from yilianti.settlement.claims.rules import Span
from yilianti.settlement.claims.terms import AWAITING, State

#: Columns that take what was told as it is.
PLAIN = (
    "settlement_number", "visit_number", "kind", "admitted_on", "discharged_on", "total", "fully_own", "over_limit", "first_self", "hospital", "groups", "grade", "signed", "diseases",
    "department", "doctor", "diagnoses", "operations", "discharge_type", "weight_g", "settled_at",
)  # fmt: skip
#: What makes a version: the same content again is no correction.
_CONTENT = (*PLAIN, "insurance", "region", "level", "told_way", "told_follows", "insured", "insured_fund", "insured_person")
SHARES = ("in_scope", "deductible", "basic", "catastrophic", "aid", "other", "fund", "person")
WRITTEN = (*_CONTENT, *SHARES, "gap", "policy_refs", "resident", "state", "version", "way", "encounter", "sex", "age", "age_days", "filed_at", "changed_at")


def content_of(claim: Claim) -> dict[str, Any]:
    """The claim as told, in JSON values."""
    return {name: _json(getattr(claim, name)) for name in _CONTENT}


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def forget_price(claim: Claim) -> None:
    """Before it is priced anew: the shares of another bill would not add up to this one's total."""
    claim.gap, claim.policy_refs = AWAITING, []
    for name in SHARES:
        setattr(claim, name, 0)


def spans(people: Iterable[int]) -> dict[int, list[Span]]:
    """The filed stays of these people and of whoever is merged with them, by the person asked for."""
    whole = residents.groups(people)
    rows = Claim.objects.filter(resident__in={member for members in whole.values() for member in members}, kind=Kind.INPATIENT.value, state=State.FILED.value)
    found: dict[int, list[Span]] = {}
    for resident, institution, number, admitted, discharged in rows.values_list("resident", "institution", "settlement_number", "admitted_on", "discharged_on"):
        found.setdefault(resident, []).append(Span(institution, number, admitted, discharged))
    return {asked: [span for member in members for span in found.get(member, ())] for asked, members in whole.items()}

"""A person's own copy of their claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from yilianti.settlement.claims.actions.charging import current
from yilianti.settlement.claims.models import Charge, Claim
from yilianti.settlement.claims.pricing.terms import Kind
from yilianti.settlement.claims.pricing.trace import yuan
from yilianti.settlement.claims.terms import State

_FACTS = ("number", "settlement_number", "institution__name", "kind", "state", "admitted_on", "discharged_on", "department", "doctor", "diagnoses", "operations", "drg", "insured")
_MONEY = ("total", "fully_own", "over_limit", "first_self", "in_scope", "deductible", "basic", "catastrophic", "aid", "other", "fund", "person", "hospital")
_LINE = ("line", "name", "code", "quantity", "unit_price", "charged_at")


def portable(resident_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Every claim of a person with its lines, oldest first, as plain values; money in yuan."""
    for row in Claim.objects.filter(resident__in=resident_ids).order_by("discharged_on", "id").values("id", *_FACTS, *_MONEY).iterator(500):
        lines = Charge.objects.filter(current(), claim=row.pop("id")).order_by("charged_at", "id").values(*_LINE, "amount")
        money = {name: yuan(row[name]) for name in _MONEY}
        words = {"kind": Kind.label(row["kind"]), "state": State.label(row["state"]), "insured": {name: yuan(fen) for name, fen in row["insured"].items()}}
        yield row | money | words | {"lines": [{**line, "amount": yuan(line["amount"])} for line in lines]}

"""Charge lines of filed settlements: new ones, and corrections as further lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, Sum

from yilianti.kernel import batching, journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.claims import access, beneficiaries
from yilianti.settlement.claims.models import Charge, Claim
from yilianti.settlement.claims.terms import Billed, State

TOLD = ("code", "list_code", "name", "category", "quantity", "unit_price", "amount", "fully_own", "over_limit", "first_self", "charged_at", "department", "doctor", "supply_days")


def current() -> Q:
    """Lines in whose place no other stands."""
    return Q(corrected_by__isnull=True)


def charge(*, actor: Actor, lines: Sequence[Billed], at: datetime) -> list[str]:
    """File charge lines; "new", "changed" or "" (known exactly so) for each, in order. Raises Refused for a claim that is not there or not filed."""
    with transaction.atomic(), batching.together():
        return _charged(actor, lines, at)


def _charged(actor: Actor, lines: Sequence[Billed], at: datetime) -> list[str]:
    # People first, as everywhere: whoever prices them writes their rows in another order.
    beneficiaries.hold(Claim.objects.filter(pk__in={one.claim for one in lines}).values_list("resident", flat=True))
    claims = {row.pk: row for row in Claim.objects.select_for_update(of=("self",)).filter(pk__in={one.claim for one in lines}).order_by("id")}
    for one in lines:
        claim = claims.get(one.claim)
        if claim is None or claim.state != State.FILED:
            raise Refused("not_filed", "明细要跟着已入账的结算；请先导入结算，再导入明细。", field="settlement_number")
    for place in institutions.many({claim.institution_id for claim in claims.values()}).values():
        access.require_file(actor, place)
    there = {(row.claim_id, row.line): row for row in Charge.objects.filter(current(), claim__in=claims, line__in={one.line for one in lines})}
    fresh, answers = [], []
    for one in lines:
        old = there.get((one.claim, one.line))
        same = old is not None and all(getattr(old, name) == getattr(one, name) for name in TOLD)
        answers.append("" if same else "changed" if old else "new")
        if not same:
            fresh.append(Charge(claim_id=one.claim, line=one.line, corrects=old, at=at, **{name: getattr(one, name) for name in TOLD}))
    Charge.objects.bulk_create(fresh, batch_size=1000)
    _sum_up({row.claim_id for row in fresh}, claims, actor, at)
    return answers


def _sum_up(touched: set[int], claims: dict[int, Claim], actor: Actor, at: datetime) -> None:
    sums = dict(Charge.objects.filter(current(), claim__in=touched).order_by().values_list("claim").annotate(Sum("amount")))
    for pk in sorted(touched):
        claim = claims[pk]
        claim.lines_total = sums[pk]
        journal.write("claims.charged", actor=actor, at=at, subject=f"claims:{claim.number}", resident=claim.resident_id, to_institution=claim.institution_id,
                      facts={"number": claim.number, "discharged_on": claim.discharged_on.isoformat(), "lines_total": sums[pk], "total": claim.total})  # fmt: skip
    batching.update_many([claims[pk] for pk in sorted(touched)], ["lines_total"])

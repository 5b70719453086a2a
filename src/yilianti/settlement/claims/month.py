"""What a month came to, for the start page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from yilianti.kernel.actor import Actor
from yilianti.settlement.claims import access
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.pricing.terms import Kind
from yilianti.settlement.claims.terms import State


@dataclass(frozen=True)
class Month:
    """Filed claims by their day of discharge; what of the total has no price is in nobody's share. Money in fen."""

    claims: int
    total: int
    fund: int
    person: int
    unpriced: int
    stays: int
    ungrouped: int


def figures(actor: Actor, first: date, until: date) -> Month:
    """Of the days from the first up to before the second; one statement, by the index on the day."""
    stays = Q(kind=Kind.INPATIENT.value)
    found = Claim.objects.filter(access.visible_to(actor), state=State.FILED.value, discharged_on__gte=first, discharged_on__lt=until).aggregate(
        claims=Count("pk"), unpriced=Sum("total", filter=~Q(gap="")), **{name: Sum(name) for name in ("total", "fund", "person")}, stays=Count("pk", filter=stays), ungrouped=Count("pk", filter=stays & Q(drg=""))
    )
    return Month(**{name: int(value or 0) for name, value in found.items()})

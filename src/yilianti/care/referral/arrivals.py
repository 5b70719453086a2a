"""Who came where by a referral, as settlement asks it: which stay was a referred one, and from where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from yilianti.care.referral.models import Referral


@dataclass(frozen=True)
class Arrival:
    """A referral whose patient arrived; `encounter` is the visit at the receiver where it is known."""

    number: str
    resident: int
    from_institution: int
    to_institution: int
    sent_on: date
    arrived_on: date
    encounter: str


def arrivals(residents: Iterable[int]) -> list[Arrival]:
    """The referrals, up, down and sideways, by which these residents came anywhere; one statement."""
    rows = Referral.objects.filter(resident__in=set(residents), arrived_at__isnull=False, submitted_at__isnull=False).order_by("arrived_at", "id")
    told = rows.values_list("number", "resident", "from_institution", "to_institution", "submitted_at", "arrived_at", "encounter")
    return [Arrival(number, resident, sender, receiver, timezone.localdate(sent), timezone.localdate(came), visit) for number, resident, sender, receiver, sent, came, visit in told]

"""The member's cashier by day: what was charged, waived and refunded, what is still to be charged and what is to go back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from yilianti.care.diagnosis.models import Charge, Exam
from yilianti.care.diagnosis.terms import ChargeKind
from yilianti.kernel.actor import Actor
from yilianti.kernel.money import Money

SEES = "diagnosis.charge"
#: what a page shows of exams whose fee is open
MOST = 100


@dataclass(frozen=True)
class Totals:
    """Numbers and amounts of a day; `net` is what should lie in the till."""

    charged: int
    charged_amount: Money
    waived: int
    refunded: int
    refunded_amount: Money

    @property
    def net(self) -> Money:
        return self.charged_amount - self.refunded_amount


def lines(actor: Actor, day: date, institution: int | None = None) -> QuerySet[Charge]:
    """The lines of one day of the institutions whose fees one keeps, in the order of the day."""
    begin, end = _span(day)
    rows = Charge.objects.filter(institution__in=_places(actor, institution), at__gte=begin, at__lt=end)
    return rows.select_related("exam__resident", "institution", "by").order_by("at", "id")


def totals(found: Iterable[Charge]) -> Totals:
    """Added up in whole fen."""
    by: dict[str, list[int]] = {str(kind): [] for kind in ChargeKind}
    for line in found:
        by[line.kind].append(line.fen)
    charged, refunded = by["charged"], by["refunded"]
    return Totals(len(charged), Money(sum(charged)), len(by["waived"]), len(refunded), Money(sum(refunded)))


def uncharged(actor: Actor, day: date, institution: int | None = None) -> list[Exam]:
    """Ordered that day, neither charged nor waived, not cancelled."""
    begin, end = _span(day)
    rows = Exam.objects.filter(institution__in=_places(actor, institution), ordered_at__gte=begin, ordered_at__lt=end, charged_at=None).exclude(state="cancelled")
    return list(rows.select_related("resident", "institution").order_by("ordered_at")[:MOST])


def refundable(actor: Actor, institution: int | None = None) -> list[Exam]:
    """Charged, and then cancelled or sent back to be recorded again: of whatever day, until it is recorded again or refunded."""
    rows = Exam.objects.filter(institution__in=_places(actor, institution), state__in=("cancelled", "rejected"), charged_at__isnull=False)
    return list(rows.select_related("resident", "institution").order_by("-ordered_at")[:MOST])


def _places(actor: Actor, institution: int | None) -> list[int]:
    reach = actor.reaches(SEES)
    return sorted(reach if institution is None else reach & {institution})


def _span(day: date) -> tuple[datetime, datetime]:
    begin = timezone.make_aware(datetime.combine(day, time()))
    return begin, begin + timedelta(days=1)

"""Figures as pages ask for them: one statement for any number of cards and months."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from yilianti.insight.indicators.access import Whose
from yilianti.insight.indicators.models import Figure
from yilianti.insight.indicators.terms import By
from yilianti.kernel.actor import Actor


def months_back(last: date, how_many: int) -> list[date]:
    """So many months up to `last`, oldest first."""
    found = [last]
    while len(found) < how_many:
        year, month = (found[0].year, found[0].month - 1) if found[0].month > 1 else (found[0].year - 1, 12)
        found.insert(0, date(year, month, 1))
    return found


def figures(whose: Whose, cards: Collection[str], months: Sequence[date]) -> dict[tuple[str, date], Figure]:
    """(card, month) → figure, of one institution or consortium."""
    rows = _of(whose).filter(card__in=cards, month__in=months)
    return {(figure.card, figure.month): figure for figure in rows}


def by_institution(actor: Actor, card: str, month: date, reach: Collection[int]) -> list[Figure]:
    """One card's figures of every institution within reach that has any, by name."""
    rows = Figure.objects.filter(card=card, month=month, institution__in=reach, sender=None, denominator__gt=0)
    return list(rows.select_related("institution").order_by("institution__path"))


def pairs(month: date, reach: Collection[int], institution: int = 0) -> list[Figure]:
    """Every card's figures of the pairs of which an end is within reach (and is `institution`, where one is named)."""
    ends = {institution} & set(reach) if institution else reach
    rows = Figure.objects.filter(Q(institution__in=ends) | Q(sender__in=ends), sender__isnull=False, month=month, denominator__gt=0)
    return list(rows.select_related("institution", "sender").order_by("sender__path", "institution__path", "card"))


def _of(whose: Whose) -> QuerySet[Figure]:
    if whose.by is not By.CONSORTIUM:
        return Figure.objects.filter(institution=whose.institution, sender=whose.sender or None)
    return Figure.objects.filter(consortium__code=whose.consortium)

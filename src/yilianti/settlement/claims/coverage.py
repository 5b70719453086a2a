"""By whom people were insured on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from yilianti.registry.residents import api as residents
from yilianti.registry.residents.api import Coverage
from yilianti.settlement.claims.terms import Insurance

_KINDS = [str(kind.value) for kind in Insurance]


def of(people: Iterable[int]) -> dict[int, list[Coverage]]:
    """Their basic insurance in time, and that of whoever is merged with them, by the person asked for; two statements."""
    whole = residents.groups(people)
    found: dict[int, list[Coverage]] = {}
    for one in Coverage.objects.filter(resident__in={member for members in whole.values() for member in members}, kind__in=_KINDS):
        found.setdefault(one.resident_id, []).append(one)
    return {asked: sorted((one for member in members for one in found.get(member, ())), key=lambda one: (one.from_on, one.pk)) for asked, members in whole.items()}


def on(held: Sequence[Coverage], day: date) -> Coverage | None:
    """The one that held on the day; of several the latest begun."""
    return next((one for one in reversed(held) if one.from_on <= day and (one.until_on is None or day < one.until_on)), None)

"""By whom people were insured on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from yilianti.registry.residents.api import Coverage
from yilianti.settlement.claims.terms import Insurance

_KINDS = [str(kind.value) for kind in Insurance]


def of(residents: Iterable[int]) -> dict[int, list[Coverage]]:
    """Their basic insurance in time, by resident; one statement."""
    found: dict[int, list[Coverage]] = {}
    for one in Coverage.objects.filter(resident__in=set(residents), kind__in=_KINDS).order_by("from_on", "id"):
        found.setdefault(one.resident_id, []).append(one)
    return found


def on(held: Sequence[Coverage], day: date) -> Coverage | None:
    """The one that held on the day; of several the latest begun."""
    return next((one for one in reversed(held) if one.from_on <= day and (one.until_on is None or day < one.until_on)), None)

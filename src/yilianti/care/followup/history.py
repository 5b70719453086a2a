"""How often in a row a class has held: by day, in any order of storage."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yilianti.care.followup.terms import Earlier


@dataclass(frozen=True)
class Run:
    """Visits in a row, this one included; whole months since the first; days passed over because they had no class."""

    times: int
    months: int
    skipped: tuple[date, ...] = ()


def run_of(counted: str, held: frozenset[str], unsettled: frozenset[str], before: Sequence[Earlier], on: date) -> Run | None:
    """The run of the counted class up to this visit; None where this visit's class is not known. Of one day's visits the worst counts."""
    if counted in unsettled:
        return None
    if counted not in held:
        return Run(0, 0)
    days: dict[date, frozenset[str] | None] = {}
    for one in before:
        earlier = days.get(one.on)
        days[one.on] = one.classes if earlier is None else earlier | (one.classes or frozenset())
    times, first, skipped, passed = 1, on, [], []
    for day in sorted(days, reverse=True):
        classes = days[day]
        if classes is None:
            passed.append(day)
            continue
        if counted not in classes:
            break
        times, first = times + 1, day
        skipped += passed
        passed = []
    return Run(times, whole_months(first, on), tuple(sorted(skipped)))


def whole_months(since: date, until: date) -> int:
    """Whole calendar months between two days; 31 January to 28 February is none."""
    return (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))

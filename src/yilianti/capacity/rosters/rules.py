"""Questions about a roster: who is on duty, where nobody is, who stands in two places. Moments are naive and local."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from yilianti.capacity.rosters.terms import HOLIDAY, Duty, Planned

Span = tuple[datetime, datetime]


def of_day(day: date, template: Iterable[tuple[int, Planned]], own: Iterable[Planned], *, is_own: bool, is_holiday: bool) -> list[Planned]:
    """What starts on a day: its own plan where it has one, else the template's row for it. `template` pairs a weekday with a shift of any day."""
    if is_own:
        return sorted(shift for shift in own if shift.day == day)
    rows = list(template)
    weekday = HOLIDAY if is_holiday and any(number == HOLIDAY for number, _ in rows) else day.isoweekday()
    return sorted(Planned(day, shift.starts, shift.ends, shift.duty, shift.person) for number, shift in rows if number == weekday)


def on_duty(shifts: Iterable[Planned], duty: str, moment: datetime) -> list[int]:
    """Whoever has this duty at the moment, each once, who began last first."""
    now = sorted((shift for shift in shifts if shift.duty == duty and shift.begin <= moment < shift.end), key=lambda shift: shift.begin, reverse=True)
    return list(dict.fromkeys(shift.person for shift in now))


def gaps(shifts: Iterable[Planned], day: date, duty: str = Duty.READER.value) -> list[Span]:
    """Where on that day, from midnight to midnight, nobody has this duty."""
    at, until = datetime.combine(day, time()), datetime.combine(day + timedelta(days=1), time())
    found = []
    for shift in sorted((one for one in shifts if one.duty == duty and one.begin < until and one.end > at), key=lambda one: one.begin):
        if shift.begin > at:
            found.append((at, shift.begin))
        at = max(at, shift.end)
    if at < until:
        found.append((at, until))
    return found


def clashes(shifts: Sequence[Planned]) -> list[tuple[Planned, Planned]]:
    """Pairs in which one person would be on duty twice at once."""
    ordered = sorted(shifts, key=lambda one: (one.person, one.begin))
    found = []
    for number, first in enumerate(ordered):
        for second in ordered[number + 1 :]:
            if second.person != first.person or second.begin >= first.end:
                break
            found.append((first, second))
    return found

"""The working calendar: what is a working day, how long something has waited in working time, when a limit falls due.

Days come from `calendar.holidays` (one edition a year, as the State Council's General Office announces it), hours from
`calendar.working_hours`. A year nobody has announced is reckoned by weekdays alone, and `unannounced` says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from yilianti import policybook
from yilianti.policybook.edition import Edition
from yilianti.policybook.errors import NoPolicyInForce, PolicyError
from yilianti.policybook.places import HasScope

HOLIDAYS, HOURS = "calendar.holidays", "calendar.working_hours"
CHINA = ZoneInfo("Asia/Shanghai")
#: A limit further away than this is a mistake in the policy, not a limit.
LONGEST = timedelta(days=3 * 366)

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Calendar:
    """Working time in one place; spans are half-open, naive moments are refused, days are those of China."""

    scope: HasScope

    def is_working_day(self, day: date) -> bool:
        """True on weekdays that are no holiday and on days made up for one (调休)."""
        year = self._year(day)
        if year and day in (off := _days(year)):
            return off[day]
        return day.isoweekday() in self._hours(day).weekdays

    def is_holiday(self, day: date) -> bool:
        """True on the days off of the year's announcement, weekends among them; False in a year nobody has announced."""
        year = self._year(day)
        return year is not None and _days(year).get(day) is False

    def is_working(self, moment: datetime) -> bool:
        """True from the first minute of a working period up to, not including, its end."""
        local = _local(moment)
        return any(start <= local < end for start, end in self.spans(local.date()))

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes in [start, end); 0 when the end is not later."""
        begin, finish = _local(start), _local(end)
        seconds = 0.0
        for day in _days_from(begin.date()):
            if day > finish.date():
                break
            for opens, closes in self.spans(day):
                seconds += max(0.0, (min(closes, finish) - max(opens, begin)).total_seconds())
        return int(seconds // 60)

    def add_working_time(self, start: datetime, minutes: int) -> datetime:
        """The moment at which so many working minutes have passed; with 0 minutes the next working moment."""
        left, begin = timedelta(minutes=minutes), _local(start)
        if minutes < 0:
            raise ValueError("working time is added, not taken away")
        for day in _days_from(begin.date()):
            if day - begin.date() > LONGEST:
                raise ValueError(f"no working time within {LONGEST.days} days of {begin.date()}")
            for opens, closes in self.spans(day):
                opens = max(opens, begin)
                if opens < closes and left <= closes - opens:
                    return opens + left
                left -= max(closes - opens, timedelta())
        raise AssertionError

    def unannounced(self, start: date, end: date) -> tuple[int, ...]:
        """Years within [start, end] whose holidays were not announced: reckoned by weekdays alone."""
        firsts = (max(start, date(year, 1, 1)) for year in range(start.year, end.year + 1))
        return tuple(first.year for first in firsts if self._year(first) is None)

    def policy_refs(self, start: date, end: date) -> tuple[str, ...]:
        """The editions an answer over [start, end] rests on."""
        firsts = [max(start, date(year, 1, 1)) for year in range(start.year, end.year + 1)]
        years = [found.policy_ref for first in firsts if (found := self._year(first))]
        return tuple(dict.fromkeys([*years, *(self._hours(first).policy_ref for first in firsts)]))

    def spans(self, day: date) -> tuple[Span, ...]:
        """The working periods of a day, in order; none on a day off."""
        if not self.is_working_day(day):
            return ()
        return tuple((datetime.combine(day, a, CHINA), datetime.combine(day, b, CHINA)) for a, b in _periods(self._hours(day)))

    def _year(self, day: date) -> Edition | None:
        try:
            return policybook.in_force(HOLIDAYS, day, self.scope)
        except NoPolicyInForce:
            return None

    def _hours(self, day: date) -> Edition:
        return policybook.in_force(HOURS, day, self.scope)


@lru_cache(maxsize=64)
def _days(year: Edition) -> dict[date, bool]:
    """Day → True when it is worked although a weekend, False when it is off."""
    found: dict[date, bool] = {}
    for holiday in year["days"]:
        for n in range((holiday["to"] - holiday["from"]).days + 1):
            found[holiday["from"] + timedelta(days=n)] = False
        found |= dict.fromkeys(holiday["working"], True)
    return found


@lru_cache(maxsize=64)
def _periods(hours: Edition) -> tuple[tuple[time, time], ...]:
    """Opening and closing times, checked to be in order and apart."""
    found = tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in hours["hours"])
    flat = [moment for period in found for moment in period]
    if not flat or flat != sorted(set(flat)):
        raise PolicyError(hours.head.path, "hours", "时段应从早到晚、互不重叠；请改正。")
    return found


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a time zone: {moment}")
    return moment.astimezone(CHINA)


def _days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += timedelta(days=1)

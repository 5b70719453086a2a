# ruff: noqa: DTZ001 - a roster is written in local time
"""Who is on duty, across midnight and over holidays, in plain numbers."""

from __future__ import annotations

from datetime import date, datetime, time

from yilianti.capacity.rosters import rules
from yilianti.capacity.rosters.terms import HOLIDAY, Planned

MONDAY, TUESDAY = date(2026, 9, 28), date(2026, 9, 29)
DAY, NIGHT = (time(8), time(17, 30)), (time(17, 30), time(8))


def shift(day: date, hours: tuple[time, time], person: int, duty: str = "reader") -> Planned:
    return Planned(day, *hours, duty, person)


def test_a_night_shift_goes_over_midnight() -> None:
    night = shift(MONDAY, NIGHT, 7)
    assert night.end == datetime(2026, 9, 29, 8)
    assert rules.on_duty([night], "reader", datetime(2026, 9, 28, 23, 59)) == [7]
    assert rules.on_duty([night], "reader", datetime(2026, 9, 29, 7, 59)) == [7]
    assert rules.on_duty([night], "reader", datetime(2026, 9, 29, 8)) == [], "half-open"
    assert rules.on_duty([night], "head", datetime(2026, 9, 28, 23)) == []
    whole = shift(MONDAY, (time(8), time(8)), 7)
    assert whole.end == datetime(2026, 9, 29, 8), "a whole day and night"


def test_gaps_count_the_night_before() -> None:
    shifts = [shift(MONDAY, NIGHT, 7), shift(TUESDAY, DAY, 8)]
    assert rules.gaps(shifts, TUESDAY) == [(datetime(2026, 9, 29, 17, 30), datetime(2026, 9, 30))]
    assert rules.gaps([*shifts, shift(TUESDAY, NIGHT, 9)], TUESDAY) == []
    assert rules.gaps([], TUESDAY) == [(datetime(2026, 9, 29), datetime(2026, 9, 30))]


def test_clashes_are_of_one_person_at_one_time() -> None:
    night, day = shift(MONDAY, NIGHT, 7), shift(TUESDAY, (time(7, 30), time(12)), 7, "leader")
    assert rules.clashes([day, night]) == [(night, day)]
    assert rules.clashes([night, shift(TUESDAY, DAY, 7), shift(TUESDAY, DAY, 8)]) == [], "one after the other is no clash"


def test_a_day_follows_its_own_plan_then_holidays_then_the_weekday() -> None:
    template = [(1, shift(MONDAY, DAY, 1)), (HOLIDAY, shift(MONDAY, DAY, 8))]
    own = [shift(MONDAY, DAY, 5)]
    assert [one.person for one in rules.of_day(MONDAY, template, own, is_own=True, is_holiday=True)] == [5]
    assert rules.of_day(TUESDAY, template, own, is_own=True, is_holiday=False) == [], "planned empty"
    assert [one.person for one in rules.of_day(MONDAY, template, own, is_own=False, is_holiday=True)] == [8]
    assert [one.person for one in rules.of_day(MONDAY, template[:1], own, is_own=False, is_holiday=True)] == [1], "no row for holidays"

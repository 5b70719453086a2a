"""Working time: weekdays, holidays, days made up for them (调休), and years nobody has announced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilianti import policybook
from yilianti.kernel.actor import Scope
from yilianti.policybook import PolicyError
from yilianti.policybook.calendar import CHINA, Calendar
from yilianti.policybook.tests.shelves import SOURCE, put

HERE = Calendar(Scope("yunxi", "349901"))


@pytest.fixture(autouse=True)
def shipped() -> Iterator[None]:
    policybook.open_at(None)
    yield
    policybook.open_at(None)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2025-01-26", True),  # Sunday made up for the Spring Festival
        ("2025-02-04", False),  # Tuesday, its last day
        ("2025-02-05", True),
        ("2025-10-08", False),
        ("2025-10-11", True),  # Saturday made up
        ("2026-01-01", False),
        ("2026-01-04", True),  # Sunday made up
        ("2026-02-14", True),  # Saturday made up
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-05-09", True),
        ("2026-09-20", True),
        ("2026-10-07", False),
        ("2026-10-10", True),
        ("2026-11-26", True),  # a Thursday as any other
        ("2026-11-28", False),  # a Saturday as any other
    ],
)
def test_working_days_are_those_of_the_announcement(day: str, works: bool) -> None:
    assert HERE.is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("at", "works"),
    [
        ("2026-11-26T07:59", False),
        ("2026-11-26T08:00", True),
        ("2026-11-26T11:59", True),
        ("2026-11-26T12:00", False),
        ("2026-11-26T17:29", True),
        ("2026-11-26T17:30", False),
        ("2026-11-27T00:00", False),
        ("2026-10-10T09:00", True),
    ],
)
def test_periods_are_half_open(at: str, works: bool) -> None:
    assert HERE.is_working(moment(at)) is works


@pytest.mark.parametrize(
    ("start", "minutes", "falls"),
    [
        ("2026-11-26T11:30", 30, "2026-11-26T12:00"),  # exactly to the end of a period
        ("2026-11-26T11:30", 31, "2026-11-26T14:01"),
        ("2026-11-26T12:00", 0, "2026-11-26T14:00"),
        ("2026-11-26T23:59", 60, "2026-11-27T09:00"),  # over midnight
        ("2026-11-27T17:00", 60, "2026-11-30T08:30"),  # over a weekend
        ("2026-02-13T17:00", 60, "2026-02-14T08:30"),  # Friday, then the Saturday made up
        ("2026-02-14T17:00", 60, "2026-02-24T08:30"),  # then nine days off
        ("2026-09-30T17:00", 60, "2026-10-08T08:30"),
        ("2025-12-31T17:00", 60, "2026-01-04T08:30"),  # over the year's end, to the Sunday made up
        ("2026-12-31T17:00", 60, "2027-01-01T08:30"),  # 2027 is not announced: a Friday is a Friday
    ],
)
def test_limits_fall_on_working_time(start: str, minutes: int, falls: str) -> None:
    due = HERE.add_working_time(moment(start), minutes)
    assert due == moment(falls)
    assert HERE.working_minutes_between(moment(start), due) == minutes


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-26T08:00", "2026-11-26T17:30", 450),
        ("2026-11-26T11:00", "2026-11-26T15:00", 120),
        ("2026-11-26T12:00", "2026-11-26T14:00", 0),
        ("2026-11-26T15:00", "2026-11-26T09:00", 0),
        ("2026-10-01T00:00", "2026-10-08T00:00", 0),
        ("2026-10-08T00:00", "2026-10-11T00:00", 3 * 450),  # Thursday, Friday, and the Saturday made up
        ("2025-12-31T00:00", "2026-01-05T00:00", 2 * 450),
    ],
)
def test_waiting_is_counted_in_working_minutes(start: str, end: str, minutes: int) -> None:
    assert HERE.working_minutes_between(moment(start), moment(end)) == minutes


def test_moments_of_other_zones_are_those_of_china_and_naive_ones_are_refused() -> None:
    assert HERE.is_working(datetime(2026, 11, 26, 0, 30, tzinfo=UTC))
    assert not HERE.is_working(datetime(2026, 11, 26, 8, 30, tzinfo=timezone(timedelta(hours=-5))))
    with pytest.raises(ValueError, match="time zone"):
        HERE.is_working(moment("2026-11-26T08:30").replace(tzinfo=None))


def test_a_year_not_announced_is_reckoned_by_weekdays_and_says_so() -> None:
    assert HERE.unannounced(date(2025, 12, 1), date(2026, 12, 31)) == ()
    assert HERE.unannounced(date(2026, 12, 1), date(2027, 1, 5)) == (2027,)
    assert HERE.is_working_day(date(2027, 1, 1)) and not HERE.is_working_day(date(2027, 1, 2))
    assert HERE.policy_refs(date(2026, 12, 1), date(2027, 1, 5)) == (
        "calendar.holidays@2026-01-01#national", "calendar.working_hours@2020-01-01#national",
    )  # fmt: skip


def test_a_county_adds_its_own_year_and_hours_by_file(tmp_path: Path) -> None:
    year = '\n[[edition]]\neffective_from = 2027-01-01\neffective_until = 2028-01-01\n' + SOURCE
    year += 'days = [{ name = "元旦", from = 2027-01-01, to = 2027-01-03, working = [2027-01-09] }]\n'
    root = tmp_path / "policies"
    put(root, "local/yunxi", year, code="calendar.holidays")
    winter = f'\n[[edition]]\neffective_from = 2026-12-01\n{SOURCE}weekdays = [1, 2, 3, 4, 5, 6]\nhours = [["09:00", "16:00"]]\n'
    put(root, "local/yunxi", winter, code="calendar.working_hours")
    policybook.open_at(tmp_path)
    assert HERE.unannounced(date(2026, 12, 1), date(2027, 12, 31)) == ()
    assert [HERE.is_working_day(date(2027, 1, n)) for n in (1, 4, 9)] == [False, True, True]
    assert HERE.add_working_time(moment("2026-12-31T15:30"), 60) == moment("2027-01-04T09:30")
    elsewhere = Calendar(Scope("shiqiao"))
    assert elsewhere.is_working_day(date(2027, 1, 1))


def test_hours_out_of_order_are_named(tmp_path: Path) -> None:
    wrong = f'\n[[edition]]\neffective_from = 2020-01-01\n{SOURCE}weekdays = [1]\nhours = [["14:00", "17:00"], ["08:00", "12:00"]]\n'
    put(tmp_path / "policies", "local/yunxi", wrong, code="calendar.working_hours")
    policybook.open_at(tmp_path)
    with pytest.raises(PolicyError, match="从早到晚"):
        HERE.is_working(moment("2026-11-23T09:00"))


@given(later=st.integers(0, 660 * 1440), minutes=st.integers(0, 5000))
def test_what_is_added_is_what_is_counted(later: int, minutes: int) -> None:
    begin = moment("2025-01-01T00:00") + timedelta(minutes=later)
    due = HERE.add_working_time(begin, minutes)
    assert due >= begin and HERE.working_minutes_between(begin, due) == minutes

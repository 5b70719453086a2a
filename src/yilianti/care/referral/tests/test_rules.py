"""Rules of referral, without a table."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from yilianti.care.referral import rules
from yilianti.care.referral.lifecycle import REFERRAL
from yilianti.care.referral.terms import SIDE_OF, Application, Direction, Owner

AT = datetime(2026, 11, 18, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(("here", "there", "way"), [("township", "county", Direction.UP), ("county", "village", Direction.DOWN), ("county", "county", Direction.SIDEWAYS)])
def test_direction_is_where_the_ladder_leads(here: str, there: str, way: Direction) -> None:
    assert rules.direction(here, there) is way


def test_missing_papers_name_each_field() -> None:
    empty = Application(to_institution=0, diagnosis_code="", diagnosis_name="", reason="", urgency="urgent", service="", summary="短")
    assert [f.code for f in rules.missing_papers(empty)] == ["to_institution", "diagnosis_code", "reason", "service", "summary"]
    assert all(f.blocks for f in rules.missing_papers(empty))


@pytest.mark.parametrize(("opened_after", "is_it"), [(timedelta(days=-4), False), (timedelta(days=-3), True), (timedelta(), True), (timedelta(days=3), True), (timedelta(days=3, seconds=1), False)])
def test_arrival_lies_in_the_window(opened_after: timedelta, is_it: bool) -> None:
    lapse = rules.lapses_at(AT, "urgent", {"urgent": 3})
    assert rules.is_arrival(AT + opened_after, AT, lapse, early_days=3) is is_it


def test_promises_are_counted_from_the_moment() -> None:
    assert rules.answer_due(AT, "emergency", {"emergency": 30}) == AT + timedelta(minutes=30)
    assert rules.follow_up_due(date(2026, 11, 18), 14) == date(2026, 12, 2)


def test_table_is_complete() -> None:
    assert REFERRAL.unreachable() == set()
    assert REFERRAL.dead_ends() == {"declined", "withdrawn", "concluded", "lapsed", "recalled"}
    assert all(row.by == Owner.SYSTEM or Owner(row.by) in SIDE_OF for row in REFERRAL.rows)

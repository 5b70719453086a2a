"""Whom each department expects, by week and day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from yilianti.capacity.schedules import api as schedules
from yilianti.care.referral import actions, expecting
from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_pages import signed_in

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


@pytest.fixture
def at() -> datetime:
    """A Wednesday morning."""
    return timezone.make_aware(datetime(2026, 11, 25, 8))  # noqa: DTZ001


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    made = factories.scene(at)
    factories.accepted(made, at, diagnosis_code="I63.900", diagnosis_name="脑梗死")
    late = factories.submitted(made, at - timedelta(days=2), diagnosis_code="I10.x00", diagnosis_name="高血压病")
    actions.accept(actor=made.office, number=late.number, department=None, appointment_at=at - timedelta(days=1), at=at - timedelta(days=2))
    factories.discharged(made, at, diagnosis_code="J44.900", diagnosis_name="慢性阻塞性肺疾病")
    return made


def test_expected_stand_under_their_department_and_day(scene: factories.Scene, at: datetime, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        lines = expecting.expected(scene.office, MONDAY, 7, now=at)
    rows = expecting.by_department(lines, MONDAY, 7)
    assert [(row.department, [len(day) for day in row.days]) for row in rows] == [("心内科", [0, 0, 2, 0, 0, 0, 0]), ("", [0, 1, 0, 0, 0, 0, 0])]
    assert {line.name for line in lines} == {"苏禾"}
    assert sorted(line.has_come for line in lines) == [False, False, True]
    assert expecting.expected(scene.office, MONDAY + timedelta(days=7), 7, now=at) == []
    assert len(expecting.expected(scene.office, MONDAY, 7, now=at, department=scene.cardiology.id)) == 2


def test_names_are_for_who_receives_and_nothing_for_strangers(scene: factories.Scene, at: datetime) -> None:
    manager = factories.actor(scene.county.hospital, "consortium_manager", at)
    seen = expecting.expected(manager, MONDAY, 7, now=at)
    assert len(seen) == 3 and {line.name for line in seen} == {""}
    assert expecting.expected(scene.stranger, MONDAY, 7, now=at) == []
    assert expecting.expected(scene.township, MONDAY, 7, now=at) == [], "the sender looks at the referral, not at the hospital's calendar"


def test_calendar_pages(scene: factories.Scene) -> None:
    client = signed_in(scene.office)
    week = client.get("/referrals/calendar/?on=2026-11-27").content.decode()
    assert "2026-11-23 至 2026-11-29" in week and week.count(">苏禾<") == 3 and "1 人未到" in week
    assert 'href="?span=week&amp;on=2026-11-16"' in week and 'href="?span=week&amp;on=2026-11-30"' in week
    day = client.get("/referrals/calendar/?span=day&on=2026-11-25").content.decode()
    assert day.count(">苏禾<") == 2 and "柳河" in day
    assert "没有预约到院的人" in client.get("/referrals/calendar/?on=2030-01-01").content.decode()
    for odd in ("on=x", "span=year", "on=0001-01-01", "on=9999-12-31", "institution=x&department=99999999999999999999"):
        assert client.get(f"/referrals/calendar/?{odd}").status_code == 200
    manager = signed_in(factories.actor(scene.county.hospital, "consortium_manager", timezone.now()))
    seen = manager.get("/referrals/calendar/?on=2026-11-27").content.decode()
    assert "苏禾" not in seen and "2 人" in seen


@pytest.mark.parametrize("length", [1, 12])
def test_calendar_costs_the_same_whatever_its_length(scene: factories.Scene, at: datetime, length: int, django_assert_max_num_queries: Any) -> None:
    for index in range(length):
        factories.accepted(scene, at, diagnosis_code=f"X{index:02d}")
    client = signed_in(scene.office)
    with django_assert_max_num_queries(8):
        client.get("/referrals/calendar/?on=2026-11-25")


def test_a_place_held_for_what_waits_for_an_answer_is_expected_too(at: datetime) -> None:
    made = factories.scene(at)
    session = schedules.Session(made.cardiology.id, at + timedelta(days=1), at + timedelta(days=1, hours=1), 30)
    slot = schedules.open_schedule(actor=made.office, institution=made.county.hospital.id, session=session, at=at)[0].slots.order_by("starts_at")[0]
    held = schedules.hold(actor=made.township, client_key=uuid4(), resident=made.resident.id, slot=slot.pk, at=at)
    asked = factories.submitted(made, at, reservation=str(held.number))
    line, = expecting.expected(made.office, at.date(), 7, now=at)
    assert (line.number, line.at, line.is_asked, line.has_come) == (asked.number, slot.starts_at, True, False)
    assert expecting.expected(made.office, at.date(), 7, now=at + timedelta(days=30)) == [], "its lease has run out"
    actions.accept(actor=made.office, number=asked.number, department=made.cardiology.id, appointment_at=slot.starts_at, at=at)
    line, = expecting.expected(made.office, at.date(), 7, now=at)
    assert not line.is_asked, "accepted, it stands there once"
    actions.arrive(actor=made.office, number=asked.number, arrived_at=slot.starts_at, at=slot.starts_at)
    actions.undo_arrival(actor=made.office, number=asked.number, because="登记错人", at=slot.starts_at)
    assert schedules.reservation(held.number).state == "confirmed", "the place waits again"

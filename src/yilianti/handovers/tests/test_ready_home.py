"""The morning's list: once a day and department, on working days, to the doctors or the office, and none for nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from yilianti.care.referral import actions
from yilianti.care.referral.tests import factories
from yilianti.handovers import referral_to_inbox
from yilianti.handovers.timed import patients_ready_home
from yilianti.kernel.models import JournalEntry
from yilianti.record.encounters.api import Diagnosis
from yilianti.record.encounters.tests import factories as records
from yilianti.registry.inbox.models import Item
from yilianti.registry.people.models import Post
from yilianti.registry.residents.models import Resident

pytestmark = pytest.mark.django_db
MONDAY = datetime.fromisoformat("2026-11-23T07:30:00+08:00")


def lying(scene: factories.Scene, days: int, number: int, department: str = "心内科") -> str:
    who = Resident.objects.create(number=f"JMM{number:07d}", name="桑小满", sex="1", home=scene.county.township, created_at=MONDAY)
    told = records.content(department=department, diagnoses=(Diagnosis("脑梗死", "I63.900", "ICD-10", "admitting"),))
    return records.opened(who, scene.county.hospital, MONDAY - timedelta(days=days - 1), f"ZY{number:05d}", content=told).number


@pytest.fixture
def scene() -> factories.Scene:
    made = factories.scene(MONDAY - timedelta(days=90))
    Post.objects.filter(person=made.department.person).update(department=made.cardiology)
    return made


def test_once_a_day_and_only_in_the_morning_of_a_working_day(scene: factories.Scene) -> None:
    assert patients_ready_home.tick(MONDAY) == 0, "nobody lies here"
    lying(scene, 2, 1)
    assert patients_ready_home.tick(MONDAY) == 0, "too early for the way home"
    stay = lying(scene, 5, 2)
    for never in (MONDAY - timedelta(seconds=1), MONDAY + timedelta(hours=4), MONDAY - timedelta(days=1)):
        assert patients_ready_home.tick(never) == 0
    assert [patients_ready_home.tick(MONDAY + timedelta(minutes=15 * n)) for n in range(3)] == [1, 1, 1]
    actions.judge(actor=scene.department, stay=stay, signs=["stroke.past_danger"], at=MONDAY)
    told = Item.objects.get()
    assert (told.title, told.role, told.department_id, told.escalates) == ("今晨有 1 位住院患者可考虑下转", "county_department", scene.cardiology.id, False)
    assert told.link == "/referrals/ready/?department=%E5%BF%83%E5%86%85%E7%A7%91"
    assert patients_ready_home.tick(MONDAY + timedelta(days=1)) == 1
    first, second = Item.objects.order_by("id")
    assert first.done_at is not None and second.done_at is None and "其中 1 位条件已齐" in second.body


def test_a_department_without_doctors_is_the_offices(scene: factories.Scene) -> None:
    lying(scene, 5, 1, "肾内科")
    patients_ready_home.tick(MONDAY)
    told = Item.objects.get()
    assert (told.role, told.department_id) == ("referral_office", None) and "肾内科" in told.body


def test_who_has_been_offered_home_before_the_discharge_is_not_asked_for_again(scene: factories.Scene) -> None:
    numbers = []
    for is_offered in (True, False):
        made = factories.accepted(scene, MONDAY, diagnosis_code="I63.900" if is_offered else "I10.x05")
        actions.arrive(actor=scene.office, number=made.number, arrived_at=MONDAY, at=MONDAY)
        if is_offered:
            told = replace(factories.home_application(scene, made), diagnosis_code=made.diagnosis_code)
            actions.offer_home(actor=scene.department, number=made.number, application=told, client_key=uuid4(), at=MONDAY)
        actions.discharge(actor=scene.department, number=made.number, discharged_at=MONDAY + timedelta(days=4), at=MONDAY + timedelta(days=4))
        referral_to_inbox.hand_over(JournalEntry.objects.get(subject=f"referral:{made.number}", word="referral.discharged"))
        numbers.append(made.number)
    asked = Item.objects.filter(kind="task", title__contains="请发起下转或办结").values_list("subject", flat=True)
    assert list(asked) == [f"referral:{numbers[1]}"]

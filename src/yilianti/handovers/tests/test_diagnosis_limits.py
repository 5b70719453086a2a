"""A near limit reaches whoever is on duty at that moment: across midnight, on a holiday, and by role where no roster stands."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from yilianti.capacity.rosters import actions as planning
from yilianti.care.diagnosis import actions
from yilianti.care.diagnosis.tests import factories
from yilianti.handovers import critical_to_messaging, diagnosis_to_inbox
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.policybook.calendar import CHINA
from yilianti.registry.inbox.models import Address, Item, Preference
from yilianti.registry.people.models import Person

pytestmark = pytest.mark.django_db
MONDAY, NATIONAL_DAY = date(2026, 9, 28), date(2026, 10, 1)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHINA)


@pytest.fixture
def scene() -> factories.Scene:
    return factories.scene(moment(MONDAY, 9))


def planned(scene: factories.Scene, who: Actor, duty: str, starts: int, ends: int, **when: Any) -> None:
    planning.plan(actor=scene.head, where=planning.Where(scene.county.hospital.id, "ecg"), duty=duty, starts=time(starts), ends=time(ends), person=who.person or 0,
                  at=moment(MONDAY, 9), **when)  # fmt: skip


def told(number: str) -> list[tuple[int | None, str]]:
    """Person and role of each address of what was said about the exam's limits, in order."""
    for entry in JournalEntry.objects.filter(word="diagnosis.reminded", subject=f"diagnosis:{number}").order_by("id"):
        diagnosis_to_inbox.hand_over(entry)
        diagnosis_to_inbox.hand_over(entry)  # once, however often it is handed over
    items = Item.objects.filter(title__contains="即将超过诊断时限").order_by("id")
    return [(one.person_id, one.role) for one in Address.objects.filter(item__in=items).order_by("item_id", "id")]


def remind_through(until: datetime, start: datetime) -> None:
    at = start
    while at <= until:
        actions.remind(actor=Actor.system(), at=at)
        at += timedelta(seconds=20)


def test_without_a_roster_the_roles_are_told(scene: factories.Scene) -> None:
    at = moment(MONDAY, 10)
    exam = factories.queued(scene, at, urgency="chest_pain", complaint="")
    remind_through(at + timedelta(minutes=10), at)
    assert told(exam.number) == [(None, "centre_reader"), (None, "centre_auditor"), (None, "centre_head")]


def test_the_shift_of_the_moment_is_told_across_midnight(scene: factories.Scene) -> None:
    night, morning = factories.actor(scene.county.hospital, "centre_reader", moment(MONDAY, 9)), scene.reader
    planned(scene, night, "reader", 16, 0, weekdays=[1])
    planned(scene, morning, "reader", 0, 8, weekdays=[2])
    planned(scene, scene.auditor, "leader", 16, 8, weekdays=[1])
    at = moment(MONDAY, 23, 49)
    exam = factories.queued(scene, at, urgency="chest_pain", complaint="")  # due 23:59, told 23:54 and 23:56, then 23:58
    late = factories.queued(scene, at + timedelta(minutes=7), urgency="chest_pain", complaint="")  # due 00:06: the reader of Tuesday is told at 00:01
    remind_through(at + timedelta(minutes=20), at)
    assert told(exam.number) == [(night.person, ""), (scene.auditor.person, ""), (None, "centre_head")], "nobody heads: the role"
    assert told(late.number)[3:] == [(morning.person, ""), (scene.auditor.person, ""), (None, "centre_head")]


def test_a_holiday_has_its_own_row(scene: factories.Scene) -> None:
    feast = factories.actor(scene.county.hospital, "centre_reader", moment(MONDAY, 9))
    planned(scene, scene.reader, "reader", 0, 0, weekdays=range(1, 8))
    planned(scene, feast, "reader", 0, 0, weekdays=[8])
    at = moment(NATIONAL_DAY, 15)
    exam = factories.queued(scene, at, urgency="emergency")
    remind_through(at + timedelta(minutes=6), at)
    assert told(exam.number)[0] == (feast.person, "")


def test_out_of_hours_a_routine_tracing_waits_for_working_time(scene: factories.Scene) -> None:
    at = moment(NATIONAL_DAY, 10)
    routine, urgent = factories.queued(scene, at), factories.queued(scene, at, urgency="emergency")
    assert routine.written_due_at is not None and routine.written_due_at.astimezone(CHINA).date() == date(2026, 10, 8), "the first working day after the feast"
    assert urgent.written_due_at == at + timedelta(minutes=10)
    remind_through(at + timedelta(minutes=40), at + timedelta(minutes=30))
    assert not JournalEntry.objects.filter(word="diagnosis.reminded", subject=f"diagnosis:{routine.number}").exists()


def test_a_silent_member_is_told_in_its_order(scene: factories.Scene) -> None:
    at, place = moment(MONDAY, 10), scene.county.township.id
    second = factories.actor(scene.county.township, "township_doctor", at)
    planning.arrange(actor=scene.doctor, institution=place, people=[second.person or 0], at=at)
    exam = factories.concluded(scene, at, statements=("VF",), measurements={"HR": 200.0})
    one = exam.criticals.first()
    assert one is not None
    for _ in range(2):
        actions.note_unreachable(actor=scene.reader, critical=one.id, at=at)
    for entry in JournalEntry.objects.filter(word__in=("diagnosis.critical_found", "diagnosis.critical_unreachable")).order_by("id"):
        diagnosis_to_inbox.hand_over(entry)
    items = Item.objects.filter(urgency="critical").order_by("id")
    assert [(item.person_id, item.institution_id) for item in items] == [(scene.doctor.person, place), (second.person, place), (None, place)]


def test_a_conference_tells_whom_it_invites_and_the_head(scene: factories.Scene) -> None:
    at = moment(MONDAY, 10)
    for invited, told_to in (([scene.auditor.person or 0], [(scene.auditor.person, ""), (None, "centre_head")]), ([], [(None, "centre_reader"), (None, "centre_auditor"), (None, "centre_head")])):
        exam = factories.queued(scene, at)
        actions.claim(actor=scene.reader, number=exam.number, at=at)
        actions.convene(actor=scene.reader, number=exam.number, because="宽QRS心动过速", invited=invited, at=at)
        diagnosis_to_inbox.hand_over(JournalEntry.objects.get(word="diagnosis.convened", subject=f"diagnosis:{exam.number}"))
        items = Item.objects.filter(subject=f"diagnosis:{exam.number}", title__contains="疑难会诊")
        assert [(one.person_id, one.role) for one in Address.objects.filter(item__in=items).order_by("id")] == told_to


def test_a_corrected_value_rings_anew_and_ends_the_first_ring(scene: factories.Scene) -> None:
    at = moment(MONDAY, 10)
    exam = factories.concluded(scene, at, measurements={"HR": 33.0})
    actions.issue(actor=scene.auditor, number=exam.number, statements=["SR"], conclusion="窦性心动过缓", measurements={"HR": 28.0}, draw=lambda exam: factories.PDF, at=at + timedelta(minutes=2))
    for entry in JournalEntry.objects.filter(word__in=("diagnosis.critical_found", "diagnosis.critical_changed")).order_by("id"):
        diagnosis_to_inbox.hand_over(entry)
        diagnosis_to_inbox.hand_over(entry)
    first, second = Item.objects.filter(urgency="critical").order_by("id")
    assert first.done_at is not None and second.done_at is None and "更正" in second.title
    assert "diagnosis.critical_changed" in critical_to_messaging.WORDS, "and the telephone"


def test_the_work_telephone_of_who_is_told_gets_a_text(scene: factories.Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    at, sent = moment(MONDAY, 3), []
    monkeypatch.setattr(critical_to_messaging.messaging, "send", lambda **given: sent.append((given["phone"], given["key"].rpartition(":")[2], given["values"]["number"])))
    Person.objects.filter(pk=scene.doctor.person).update(phone="13900000001")
    exam = factories.concluded(scene, at, statements=("VF",))
    (entry,) = JournalEntry.objects.filter(word="diagnosis.critical_found")
    critical_to_messaging.hand_over(entry)
    assert sent == [("13900000001", str(scene.doctor.person), exam.number)]
    Preference.objects.create(person_id=scene.doctor.person, phone="13900000002", phone_confirmed_at=at, critical=["sms"])
    critical_to_messaging.hand_over(entry)
    assert len(sent) == 1, "whom the inbox calls by their own channel is not called twice"
    actions.note_unreachable(actor=scene.reader, critical=exam.criticals.get().pk, at=at)
    critical_to_messaging.hand_over(JournalEntry.objects.get(word="diagnosis.critical_unreachable"))
    assert {person for _, person, _ in sent[1:]} <= {str(scene.doctor.person)} and len(sent) == 1, "nobody else works there"

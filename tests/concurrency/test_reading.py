"""Exams arrive from twenty members at once while ten readers claim: none is read twice, none is lost, each limit is right."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from django.db import connection

from yilianti.care.diagnosis import actions
from yilianti.care.diagnosis.models import CriticalValue, Exam, Reading
from yilianti.care.diagnosis.terms import Order
from yilianti.care.diagnosis.tests import factories
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.record.recordings import api as recordings
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.institutions.models import Consortium, Institution, Membership

pytestmark = pytest.mark.django_db(transaction=True)
MEMBERS, READERS, MINUTE = 20, 10, timedelta(minutes=1)
URGENCIES = ("routine", "emergency", "chest_pain")


def members(scene: factories.Scene, at: datetime) -> list[tuple[Institution, Actor]]:
    """Twenty townships of the consortium, each with a doctor."""
    union = Consortium.objects.get(code="yunxi")
    places = [staff.institution(f"第{n}卫生院") for n in range(MEMBERS)]
    for place in places:
        Membership.objects.create(consortium=union, institution=place, role="member", from_on=staff.LONG_AGO)
    return [(place, factories.actor(place, "township_doctor", at)) for place in places]


def arrive(scene: factories.Scene, member: tuple[Institution, Actor], number: int, at: datetime) -> None:
    """Order, record and send one."""
    place, doctor = member
    order = Order(urgency=URGENCIES[number % 3], complaint="胸闷", placer_number=f"HIS-{number}")
    exam = actions.order(actor=doctor, resident=scene.resident.id, institution=place.id, order=order, client_key=uuid4(), at=at)
    kept = recordings.keep(actor=doctor, institution_id=place.id, content=f"{number}".encode(), format="csv", tracing=factories.tracing(number), at=at)
    actions.acquire(actor=doctor, number=exam.number, recording=kept, quality=(), measured={}, suggested=[], at=at)
    actions.send(actor=doctor, number=exam.number, at=at)


def read(reader: Actor, chance: Random, at: datetime, count: int) -> int:
    """Claim whatever is next until nothing has come for a while; every tenth time walk away and let the lease end."""
    done, idle, now = 0, 0, at
    while idle < 40:
        now += MINUTE  # a simulated clock: later for everybody, never back
        exam = actions.claim_next(actor=reader, at=now)
        if exam is None:
            idle += 1 if Exam.objects.exclude(state="concluded").count() == 0 and Exam.objects.count() == count else 0
            continue
        if chance.random() < 0.1:
            continue
        try:
            actions.conclude(actor=reader, number=exam.number, statements=["SR"], conclusion="窦性心律", measurements={}, at=now)
            done += 1
        except Refused as refusal:
            assert refusal.code in ("not_yours", "wrong_state"), refusal.zh
    return done


@pytest.mark.parametrize("count", [40, pytest.param(500, marks=pytest.mark.long)])
def test_ten_readers_and_twenty_members(at: datetime, count: int) -> None:
    scene = factories.scene(at)
    sent_from = members(scene, at)
    readers = [factories.actor(scene.county.hospital, "centre_reader", at) for _ in range(READERS)]

    def sending(part: int) -> None:
        try:
            for number in range(part, count, 8):
                arrive(scene, sent_from[number % MEMBERS], number, at)
        finally:
            connection.close()

    def reading(place: int) -> int:
        try:
            return read(readers[place], Random(place), at, count)  # noqa: S311
        finally:
            connection.close()

    with ThreadPoolExecutor(8 + READERS) as pool:
        sends = [pool.submit(sending, part) for part in range(8)]
        reads = [pool.submit(reading, place) for place in range(READERS)]
        for one in sends:
            one.result()
        done = sum(one.result() for one in reads)
    assert done == count
    assert Exam.objects.filter(state="concluded").count() == count, "none is lost"
    assert Reading.objects.filter(kind="first").values("exam").distinct().count() == Reading.objects.filter(kind="first").count() == count, "none is read twice"
    for exam in Exam.objects.all():
        minutes = 30 if exam.urgency == "routine" else 10
        assert (exam.written_due_at, exam.audited_due_at) == (at + minutes * MINUTE, at + 45 * MINUTE)


def test_two_who_acknowledge_at_once(at: datetime) -> None:
    """One wins; the other reads who it was."""
    scene = factories.scene(at)
    colleague = factories.actor(scene.county.township, "township_doctor", at)
    exam = factories.concluded(scene, at, statements=("VF",))
    one = exam.criticals.get()

    def say(actor: Actor) -> str:
        try:
            actions.acknowledge(actor=actor, critical=one.pk, read_back=one.key_value, at=at + MINUTE)
        except Refused as refusal:
            assert refusal.code == "wrong_state"
            return refusal.zh
        finally:
            connection.close()
        return ""

    for _ in range(3):
        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(say, (scene.doctor, colleague)))
        winner = CriticalValue.objects.get(pk=one.pk).acknowledged_by
        assert winner is not None
        told = [words for words in said if words]
        assert told and all(winner.name in words for words in told), told
    assert JournalEntry.objects.filter(word="diagnosis.critical_acknowledged").count() == 1

"""The blinded second reading: by whoever has neither said nor seen anything of the report."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from yilianti.care.diagnosis import actions, waiting
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.tests import factories
from yilianti.kernel import journal
from yilianti.kernel.finding import Refused
from yilianti.registry.access import api as access_log

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at)


def test_second_reading_is_blind_to_those_who_read(scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    exam = factories.issued(scene, at)
    monkeypatch.setattr(waiting, "is_sampled", lambda exam, at: True)
    with pytest.raises(Refused) as refusal:
        actions.read_again(actor=scene.reader, number=exam.number, statements=["SR"], conclusion="窦律", at=at)
    assert refusal.value.code == "read_it_before"
    actions.read_again(actor=scene.head, number=exam.number, statements=["SR", "STT"], conclusion="窦律，ST-T改变", at=at)
    assert journal.history(f"diagnosis:{exam.number}")[-1].facts["agreement"] == 0.5
    assert Exam.objects.get(pk=exam.pk).conclusion == "窦性心律"


def test_who_said_something_in_the_conference_is_not_blind(scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    exam, other = factories.queued(scene, at), factories.actor(scene.county.hospital, "centre_auditor", at)
    actions.claim(actor=scene.reader, number=exam.number, at=at)
    actions.convene(actor=scene.reader, number=exam.number, because="性质不明", at=at)
    actions.opine(actor=scene.auditor, number=exam.number, opinion="倾向室速", at=at)
    actions.decide(actor=scene.head, number=exam.number, statements=["VT"], conclusion="室速", measurements={}, draw=lambda exam: factories.PDF, at=at + timedelta(minutes=9))
    monkeypatch.setattr(waiting, "is_sampled", lambda exam, at: True)
    done = Exam.objects.get(pk=exam.pk)
    assert not waiting.awaits_second(scene.auditor, done, at) and waiting.awaits_second(other, done, at)
    with pytest.raises(Refused) as refusal:
        actions.read_again(actor=scene.auditor, number=exam.number, statements=["VT"], conclusion="室速", at=at)
    assert refusal.value.code == "read_it_before"
    access_log.record_looks(actor=other, looks=[(scene.resident.id, "查看检查")], path="/", address=None, at=at + timedelta(minutes=3))
    assert not waiting.awaits_second(other, done, at), "the opinions were there to be seen before the decision"


def test_who_looked_at_the_patient_since_is_not_blind(scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    exam = factories.issued(scene, at)
    monkeypatch.setattr(waiting, "is_sampled", lambda exam, at: True)

    def look(purpose: str, moment: datetime) -> None:
        access_log.record_looks(actor=scene.head, looks=[(scene.resident.id, purpose)], path="/", address=None, at=moment)

    look("查看档案", at - timedelta(hours=1))
    look(f"{waiting.LOOK_AT_TRACING} {exam.number}", at + timedelta(minutes=1))
    assert waiting.awaits_second(scene.head, exam, at)
    look("查看档案", at + timedelta(minutes=2))
    assert not waiting.awaits_second(scene.head, exam, at)
    with pytest.raises(Refused) as refusal:
        actions.read_again(actor=scene.head, number=exam.number, statements=["SR"], conclusion="窦律", at=at + timedelta(minutes=3))
    assert refusal.value.code == "not_blind"

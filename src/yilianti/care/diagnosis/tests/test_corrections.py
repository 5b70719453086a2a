"""A critical value whose value changes is told anew, once, and says why; what did not change is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from yilianti.care.diagnosis import actions
from yilianti.care.diagnosis.models import CriticalValue, Exam
from yilianti.care.diagnosis.tests import factories
from yilianti.kernel import journal
from yilianti.kernel.finding import Refused

pytestmark = pytest.mark.django_db
SLOW = "bradycardia"


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at)


def issued(scene: factories.Scene, at: datetime, rate: float) -> Exam:
    exam = factories.concluded(scene, at, measurements={"HR": 33.0})
    return actions.issue(actor=scene.auditor, number=exam.number, at=at, **said(rate))


def said(rate: float) -> dict[str, Any]:
    return {"statements": ["SR"], "conclusion": "窦性心动过缓", "measurements": {"HR": rate}, "draw": lambda exam: factories.PDF}


def amended(scene: factories.Scene, exam: Exam, rate: float, at: datetime) -> None:
    actions.amend(actor=scene.head, number=exam.number, because="测量有误", at=at, **said(rate))


def lines(exam: Exam) -> list[tuple[str, str]]:
    return list(CriticalValue.objects.filter(exam=exam, code=SLOW).order_by("id").values_list("state", "key_value"))


def rung(exam: Exam) -> list[str]:
    return [entry.word for entry in journal.history(f"diagnosis:{exam.number}") if entry.word in ("diagnosis.critical_found", "diagnosis.critical_changed")]


def test_an_amendment_with_another_value_is_told_anew_and_the_old_one_ends(scene: factories.Scene, at: datetime) -> None:
    exam = issued(scene, at, 33)
    assert lines(exam) == [("notified", "平均心室率过缓 33 次/分")], "the audit found the same"
    amended(scene, exam, 28, at + timedelta(minutes=5))
    assert lines(exam) == [("corrected", "平均心室率过缓 33 次/分"), ("notified", "平均心室率过缓 28 次/分")]
    amended(scene, exam, 28, at + timedelta(minutes=6))
    assert rung(exam) == ["diagnosis.critical_found", "diagnosis.critical_changed"], "an unchanged one is not told twice"
    old, new = CriticalValue.objects.filter(exam=exam).order_by("id")
    assert new.corrects == old
    with pytest.raises(Refused) as refusal:
        actions.acknowledge(actor=scene.doctor, critical=old.pk, read_back="33", at=at)
    assert refusal.value.code == "wrong_state"
    with pytest.raises(Refused):
        actions.acknowledge(actor=scene.doctor, critical=new.pk, read_back="33", at=at)
    assert actions.acknowledge(actor=scene.doctor, critical=new.pk, read_back="28", at=at + timedelta(minutes=7)).state == "acknowledged"


def test_what_was_resolved_stays_resolved_and_the_new_value_is_told(scene: factories.Scene, at: datetime) -> None:
    exam = issued(scene, at, 33)
    first = CriticalValue.objects.get(exam=exam)
    actions.acknowledge(actor=scene.doctor, critical=first.pk, read_back="33", at=at)
    actions.resolve(actor=scene.doctor, critical=first.pk, outcome="阿托品，转县医院", at=at)
    amended(scene, exam, 30, at + timedelta(minutes=5))
    amended(scene, exam, 33, at + timedelta(minutes=9))
    assert [state for state, _ in lines(exam)] == ["resolved", "corrected", "notified"], "back to the first value: who was told 30 has to hear it"
    assert rung(exam)[1:] == ["diagnosis.critical_changed"] * 2


def test_the_audit_changes_the_value_too(scene: factories.Scene, at: datetime) -> None:
    assert [state for state, _ in lines(issued(scene, at, 30))] == ["corrected", "notified"]


def test_a_changed_urgency_leaves_what_was_written_when_it_was_written(scene: factories.Scene, at: datetime) -> None:
    exam = factories.concluded(scene, at)
    actions.refer_back(actor=scene.auditor, number=exam.number, because="请补充ST段", at=at + timedelta(minutes=3))
    revised = actions.revise(actor=scene.doctor, number=exam.number, urgency="emergency", at=at + timedelta(minutes=4))
    assert revised.written_at == at and revised.written_due_at == at + timedelta(minutes=10)
    actions.claim(actor=scene.reader, number=exam.number, at=at + timedelta(minutes=5))
    actions.reject(actor=scene.reader, number=exam.number, reason="artefact", at=at + timedelta(minutes=6))
    kept = factories.recordings.keep(actor=scene.doctor, institution_id=exam.institution_id, content=b"once more", format="csv", tracing=factories.tracing(3), at=at)
    actions.acquire(actor=scene.doctor, number=exam.number, recording=kept, quality=(), measured={}, suggested=[], at=at + timedelta(minutes=8))
    assert actions.send(actor=scene.doctor, number=exam.number, at=at + timedelta(minutes=9)).written_at is None, "of the new recording nothing has been written"

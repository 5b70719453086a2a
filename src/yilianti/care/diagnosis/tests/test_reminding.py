"""The ladder before a limit: each rung once, nothing after the step that was owed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from yilianti.care.diagnosis import actions, rules
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.tests import factories
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor

MINUTE, SYSTEM = timedelta(minutes=1), Actor.system()


@pytest.mark.parametrize(("minutes_left", "rung"), [(11, 0), (10, 1), (6, 1), (5, 2), (1, 2), (0, 3), (-30, 3)])
def test_rungs(at: datetime, minutes_left: int, rung: int) -> None:
    assert rules.rung(at + minutes_left * MINUTE, at, (10, 5, 0)) == rung


def rungs(exam: Exam) -> list[int]:
    return [entry.facts["rung"] for entry in journal.history(f"diagnosis:{exam.number}") if entry.word == "diagnosis.reminded"]


@pytest.mark.django_db
def test_each_rung_is_told_once_and_the_audit_has_its_own(at: datetime) -> None:
    scene = factories.scene(at)
    exam = factories.queued(scene, at)
    for minute in range(32):
        actions.remind(actor=SYSTEM, at=at + minute * MINUTE)
    assert rungs(exam) == [1, 2, 3]
    actions.claim(actor=scene.reader, number=exam.number, at=at + 32 * MINUTE)
    actions.conclude(actor=scene.reader, number=exam.number, statements=["SR"], conclusion="窦性心律", measurements={}, at=at + 33 * MINUTE)
    for minute in range(33, 42):
        actions.remind(actor=SYSTEM, at=at + minute * MINUTE)
    assert rungs(exam) == [1, 2, 3, 1, 2]
    actions.issue(actor=scene.auditor, number=exam.number, statements=["SR"], conclusion="窦性心律", measurements={}, draw=lambda exam: factories.PDF, at=at + 42 * MINUTE)
    assert actions.remind(actor=SYSTEM, at=at + 60 * MINUTE) == 0


@pytest.mark.django_db
def test_chest_pain_climbs_within_its_ten_minutes(at: datetime) -> None:
    scene = factories.scene(at)
    exam = factories.queued(scene, at, urgency="chest_pain")
    assert actions.remind(actor=SYSTEM, at=at + 4 * MINUTE) == 0
    actions.remind(actor=SYSTEM, at=at + 5 * MINUTE)
    actions.remind(actor=SYSTEM, at=at + 9 * MINUTE)
    assert rungs(exam) == [1, 3]


@pytest.mark.django_db
def test_many_that_cannot_climb_hold_nobody_back(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    from yilianti.care.diagnosis.actions import reminding

    monkeypatch.setattr(reminding, "_AT_MOST", 1)
    scene = factories.scene(at)
    for _ in range(3):
        factories.queued(scene, at)
    urgent = factories.queued(scene, at + 25 * MINUTE, urgency="chest_pain")  # due later than the others, near sooner
    Exam.objects.exclude(pk=urgent.pk).update(reminded=2)
    assert actions.remind(actor=SYSTEM, at=at + 29 * MINUTE) == 0
    assert actions.remind(actor=SYSTEM, at=at + 30 * MINUTE) == 1
    Exam.objects.exclude(pk=urgent.pk).update(written_due_at=at + 33 * MINUTE)
    assert actions.remind(actor=SYSTEM, at=at + 31 * MINUTE) == 1 and rungs(urgent) == [1], "the others were before it and had nothing to say"


@pytest.mark.parametrize(("told", "said", "holds"), [
    ("首次急性心肌梗死", "首次急性心肌梗死", True), ("首次急性心肌梗死", "收到：首次急性心肌梗死，马上处理", True), ("首次急性心肌梗死", "不是首次急性心肌梗死", False),
    ("平均心室率过缓 33 次/分", "心室率３３次", True), ("平均心室率过缓 33 次/分", "没有33", False), ("平均心室率过缓 33 次/分", "35", False),
])  # fmt: skip
def test_a_read_back_that_denies_is_none(told: str, said: str, holds: bool) -> None:
    assert rules.reads_back(told, said) is holds

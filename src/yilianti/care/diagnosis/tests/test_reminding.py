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

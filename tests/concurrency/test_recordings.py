"""A recording becomes that of one exam, however many are given it at the same instant."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest

from tests.concurrency.test_charging import HANDS, together
from yilianti.care.diagnosis import actions
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.tests import factories
from yilianti.record.recordings import api as recordings

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_recording_is_given_to_one_exam(at: datetime) -> None:
    scene = factories.scene(at)
    exams = [factories.ordered(scene, at) for _ in range(HANDS)]
    kept = recordings.keep(actor=scene.doctor, institution_id=exams[0].institution_id, content=b"one", format="csv", tracing=factories.tracing(), at=at)
    give = partial(actions.acquire, actor=scene.doctor, recording=kept, quality=(), measured={}, suggested=(), at=at)
    assert together([partial(give, number=exam.number) for exam in exams]) == ["done"] + ["recording_taken"] * (HANDS - 1)
    assert Exam.objects.filter(recording=kept).count() == 1

"""What a physician chooses is in the library of the day; what was chosen under an earlier edition stays readable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from yilianti.care.diagnosis import actions, library
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.pages import reading
from yilianti.care.diagnosis.tests import factories
from yilianti.kernel.finding import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at)


def refused(act: Callable[..., Any], **given: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        act(statements=["SR", "SINUSRYTHM"], conclusion="窦性心律", **given)
    assert refusal.value.code == "statement_unknown" and refusal.value.field == "statements" and "SINUSRYTHM" in refusal.value.zh and "SR、" not in refusal.value.zh
    return refusal.value


def test_a_code_that_the_library_does_not_hold_is_refused_by_its_name(scene: factories.Scene, at: datetime) -> None:
    exam = factories.queued(scene, at)
    actions.claim(actor=scene.reader, number=exam.number, at=at)
    refused(actions.conclude, actor=scene.reader, number=exam.number, measurements={}, at=at)
    assert not Exam.objects.get(pk=exam.pk).readings.exists()
    actions.conclude(actor=scene.reader, number=exam.number, statements=["SR"], conclusion="窦性心律", measurements={}, at=at)
    report = {"number": exam.number, "measurements": {}, "draw": lambda exam: factories.PDF, "at": at}
    refused(actions.issue, actor=scene.auditor, **report)
    actions.issue(actor=scene.auditor, statements=["SR"], conclusion="窦性心律", **report)
    refused(actions.amend, actor=scene.head, because="补充", **report)
    refused(actions.keep_template, actor=scene.reader, name="常用", at=at)


def test_what_an_earlier_edition_offered_may_stay_and_keeps_its_name(scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    exam = factories.issued(scene, at, statements=("SR", "STT"))
    before, now = library.rows("ecg", exam.centre_id, at), at.replace(year=at.year + 1)
    monkeypatch.setattr(library, "rows", lambda modality, centre, day: before if day < now else [row for row in before if row["code"] != "STT"])
    shown = reading.desk(exam, scene.head, now, "amend")
    gone = next(group for group in shown["groups"] if group["name"] == "已不在现行语句库")
    assert [(row["code"], row["chosen"], row["zh"] != "STT") for row in gone["rows"]] == [("STT", True, True)]
    given = {"number": exam.number, "conclusion": "窦性心律", "measurements": {}, "because": "措辞", "draw": lambda exam: factories.PDF, "at": now}
    assert actions.amend(actor=scene.head, statements=["SR", "STT"], **given).statements == ["SR", "STT"]
    actions.amend(actor=scene.head, statements=["SR"], **given)
    with pytest.raises(Refused):
        actions.amend(actor=scene.head, statements=["SR", "STT"], **given)

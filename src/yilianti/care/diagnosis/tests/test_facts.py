"""What is told of exams to those who count."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from yilianti.care.diagnosis import actions, waiting
from yilianti.care.diagnosis.facts import FACTS
from yilianti.care.diagnosis.facts.telling import coded
from yilianti.care.diagnosis.models import CriticalValue, Rejection
from yilianti.care.diagnosis.tests import factories
from yilianti.kernel.finding import Finding, Severity

pytestmark = pytest.mark.django_db
OFF = Finding("lead_off", "V2 导联脱落", severity=Severity.WARNING)


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at)


def told(name: str, *numbers: str) -> list[dict[str, Any]]:
    table = next(one for one in FACTS if one.name == name)
    return [dict(zip((column.name for column in table.columns), fact.values, strict=True)) for fact in table.rows(numbers)]


def recorded_again(scene: factories.Scene, exam: Any, at: datetime) -> Any:
    kept = factories.recordings.keep(actor=scene.doctor, institution_id=exam.institution_id, content=b"again", format="csv", tracing=factories.tracing(2), at=at)
    actions.acquire(actor=scene.doctor, number=exam.number, recording=kept, quality=(), measured={}, suggested=["SR"], at=at)
    return actions.send(actor=scene.doctor, number=exam.number, at=at)


def test_a_rejected_recording_is_counted_beside_the_one_that_took_its_place(scene: factories.Scene, at: datetime) -> None:
    exam = factories.acquired(scene, at, quality=(OFF,))
    actions.send(actor=scene.doctor, number=exam.number, because="只有这样", at=at)
    actions.claim(actor=scene.reader, number=exam.number, at=at)
    actions.reject(actor=scene.reader, number=exam.number, reason="lead_off", at=at + timedelta(minutes=3))
    assert [row["is_rejected"] for row in told("exam_recording", exam.number)] == [True], "nothing was sent again yet"
    recorded_again(scene, exam, at + timedelta(minutes=9))
    first, second = told("exam_recording", exam.number)
    assert (first["recording"], first["reason"], first["findings"], first["was_sent_anyway"], first["rejected_seconds"]) == (f"{exam.number}-1", "lead_off", "|lead_off|", True, 180)
    assert (second["recording"], second["is_rejected"], second["reason"], second["findings"]) == (f"{exam.number}-2", False, "", "")
    assert first["recorder"] == second["recorder"] != ""
    assert Rejection.objects.get().rejected_by_id == scene.reader.person


def test_times_run_from_the_last_sending_to_the_first_reading_and_report(scene: factories.Scene, at: datetime) -> None:
    exam = factories.queued(scene, at)
    actions.claim(actor=scene.reader, number=exam.number, at=at)
    said: dict[str, Any] = {"statements": ["SR"], "conclusion": "窦性心律", "measurements": {}}
    actions.conclude(actor=scene.reader, number=exam.number, at=at + timedelta(minutes=8), **said)
    actions.refer_back(actor=scene.auditor, number=exam.number, because="再看", at=at + timedelta(minutes=10))
    actions.claim(actor=scene.reader, number=exam.number, at=at + timedelta(minutes=20))
    actions.conclude(actor=scene.reader, number=exam.number, at=at + timedelta(minutes=40), **said)
    drawn = {**said, "draw": lambda exam: factories.PDF}
    actions.issue(actor=scene.auditor, number=exam.number, at=at + timedelta(minutes=44), **drawn)
    actions.amend(actor=scene.head, number=exam.number, because="漏写", at=at + timedelta(days=2), **{**drawn, "statements": ["SR", "STT"]})
    (row,) = told("exam", exam.number)
    assert (row["written_seconds"], row["issued_seconds"], row["versions"]) == (8 * 60, 44 * 60, 2)
    assert (row["suggested"], row["statements"]) == ("|SR|", "|SR||STT|")
    assert [(one["version"], one["is_amendment"]) for one in told("exam_report", exam.number)] == [(1, False), (2, True)]


def test_who_sends_in_the_evening_sends_off_hours(scene: factories.Scene, at: datetime) -> None:
    morning = factories.queued(scene, at)
    evening = factories.queued(scene, at.replace(hour=22) if at.hour < 22 else at)
    assert [told("exam", exam.number)[0]["is_off_hours"] for exam in (morning, evening)] == [False, True]


def test_second_reading_is_compared_with_the_first(scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "is_sampled", lambda exam, at: True)
    same, other = factories.issued(scene, at), factories.issued(scene, at)
    actions.read_again(actor=scene.head, number=same.number, statements=["SR"], conclusion="窦律", at=at)
    actions.read_again(actor=scene.head, number=other.number, statements=["SR", "STT"], conclusion="窦律，ST-T改变", at=at)
    rows = told("exam_reading", same.number, other.number)
    assert [(row["kind"], row["agrees"]) for row in rows] == [("first", None), ("audit", None), ("second", True)] + [("first", None), ("audit", None), ("second", False)]
    assert rows[-1]["first_statements"] == "|SR|"


def test_critical_value_tells_its_minutes(scene: factories.Scene, at: datetime) -> None:
    exam = factories.concluded(scene, at, statements=("VF",))
    one = CriticalValue.objects.get(exam=exam)
    assert told("exam_critical", exam.number)[0]["acknowledged_seconds"] is None
    actions.acknowledge(actor=scene.doctor, critical=one.id, read_back="心室扑动或颤动", at=at + timedelta(minutes=4))
    actions.resolve(actor=scene.doctor, critical=one.id, outcome="除颤", at=at + timedelta(minutes=9))
    (row,) = told("exam_critical", exam.number)
    assert (row["found_in_time"], row["acknowledged_seconds"], row["resolved_seconds"], row["state"]) == (True, 240, 540, "resolved")


@pytest.mark.parametrize("table", FACTS, ids=lambda table: table.name)
def test_rows_ask_the_same_however_many(scene: factories.Scene, at: datetime, table: Any, django_assert_max_num_queries: Any) -> None:
    numbers = [factories.issued(scene, at, statements=("VF",)).number for _ in range(4)]
    with django_assert_max_num_queries(2):
        assert len(list(table.rows(numbers))) >= 4
    assert [number for _, number in table.numbers(0, 10)] == numbers


def test_no_name_and_no_words_are_told(scene: factories.Scene, at: datetime) -> None:
    exam = factories.issued(scene, at)
    said = str([told(table.name, exam.number) for table in FACTS])
    assert all(word not in said for word in ("苏禾", "胸闷", "窦性心律"))


def test_equal_sets_are_equal_texts() -> None:
    assert coded(["STT", "SR", "SR"]) == coded(["SR", "STT"]) == "|SR||STT|"
    assert coded([]) == ""

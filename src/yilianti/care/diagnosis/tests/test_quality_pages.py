"""The figures of the centre: what is counted, who sees what of it, and how the pages tell it."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from yilianti.care.diagnosis import actions, agreeing, counting
from yilianti.care.diagnosis.counting import Scope
from yilianti.care.diagnosis.models import CriticalValue, Exam, Reading
from yilianti.care.diagnosis.tests import factories
from yilianti.care.diagnosis.tests.test_facts import OFF, recorded_again
from yilianti.care.diagnosis.tests.test_pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    """A working morning of a month that has passed."""
    day = timezone.localtime() - timedelta(days=40)
    day = day.replace(hour=9, minute=0, second=0, microsecond=0)
    return day - timedelta(days=max(0, day.isoweekday() - 5))


@pytest.fixture
def month(at: datetime) -> Scope:
    first = at.date().replace(day=1)
    return Scope(first, first)


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    """One report after 8 and 20 minutes, one late, one with a critical value, one recorded twice, one that only the member has."""
    made = factories.scene(at)
    for minutes in (8, 50):
        exam = factories.queued(made, at)
        actions.claim(actor=made.reader, number=exam.number, at=at)
        said: dict[str, Any] = {"statements": ["SR"], "conclusion": "窦性心律", "measurements": {}}
        actions.conclude(actor=made.reader, number=exam.number, at=at + timedelta(minutes=minutes), **said)
        actions.issue(actor=made.auditor, number=exam.number, draw=lambda exam: factories.PDF, at=at + timedelta(minutes=minutes + 12), **said)
    critical = factories.concluded(made, at, statements=("VF",), urgency="chest_pain")
    one = CriticalValue.objects.get(exam=critical)
    actions.acknowledge(actor=made.doctor, critical=one.id, read_back="心室扑动或颤动", at=at + timedelta(minutes=4))
    twice = factories.acquired(made, at, quality=(OFF,))
    actions.send(actor=made.doctor, number=twice.number, because="只有这样", at=at)
    actions.claim(actor=made.reader, number=twice.number, at=at)
    actions.reject(actor=made.reader, number=twice.number, reason="lead_off", at=at)
    recorded_again(made, twice, at + timedelta(minutes=9))
    factories.acquired(made, at)
    return made


def test_pace_is_told_by_kind(scene: factories.Scene, month: Scope, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        found = counting.paces(scene.head, month)
    routine, urgent = found["working"], found["urgent"]
    assert (routine.sent, routine.written, routine.written_on_time, routine.issued, routine.issued_on_time) == (3, 2, 1, 2, 1)
    assert [round(one or 0) for one in routine.written_seconds] == [29 * 60, round(45.8 * 60)]
    assert (urgent.sent, urgent.written_on_time, urgent.issued) == (1, 1, 0) and urgent.issued_seconds in (None, [None, None])
    assert found["all"].sent == 4
    assert counting.paces(scene.head, Scope(month.first, month.last, kind="urgent"))["all"].sent == 1
    assert counting.paces(scene.head, Scope(month.first, month.last, member=scene.county.clinic.id)) == {}


def test_who_sees_what(scene: factories.Scene, month: Scope, at: datetime) -> None:
    assert counting.paces(scene.doctor, month)["all"].sent == 4, "the member's own"
    assert counting.paces(scene.stranger, month) == {}
    assert counting.worked(scene.doctor, month) == [] and counting.queue(scene.doctor, at).to_read == 0, "the readers are the head's to see"
    elsewhere = factories.actor(scene.county.other_hospital, "centre_head", at)
    assert counting.recorded(elsewhere, month) == [] and counting.told(elsewhere, month, 10) == []


def test_a_rejected_recording_counts_for_its_recorder(scene: factories.Scene, month: Scope) -> None:
    whole, person = counting.recorded(scene.head, month)
    assert (whole.person, whole.recordings, whole.rejected, whole.sound, whole.anyway) == (None, 5, 1, 4, 1)
    assert person.person and person[2:] == whole[2:]
    assert counting.reasons(scene.head, month) == [("lead_off", 1)]


def test_readers_and_critical_values(scene: factories.Scene, month: Scope, at: datetime) -> None:
    assert [(row.first, row.first_on_time, row.audited) for row in counting.worked(scene.head, month)] == [(3, 2, 0), (0, 0, 2)]
    whole, member = counting.told(scene.head, month, 10)
    assert (whole.member, whole.found, whole.told_on_time, whole.acknowledged, whole.resolved) == (None, 1, 1, 1, 0) and whole.seconds[0] == 240
    assert member.member == scene.county.township.id
    assert counting.told(scene.head, month, 3)[0].acknowledged == 0
    queue = counting.queue(scene.head, at + timedelta(hours=5))
    assert (queue.to_read, queue.to_audit, queue.late) == (1, 1, 2)


def test_agreement_counts_each_statement(scene: factories.Scene, month: Scope, at: datetime) -> None:
    first, second = Exam.objects.filter(state="issued").order_by("id")
    Reading.objects.create(exam=first, kind="second", reader_id=scene.head.person, statements=["SR"], at=at)
    Reading.objects.create(exam=second, kind="second", reader_id=scene.head.person, statements=["STT"], at=at + timedelta(hours=2))
    found, cases = agreeing.readers(scene.head, month)
    assert cases == 2 - 1, "a second reading before the first has nothing to be compared with"
    assert {row.code: (row.both, row.first, row.second, row.neither) for row in found} == {"SR": (0, 1, 0, 0), "STT": (0, 0, 1, 0)}
    machine, reports = agreeing.machine(scene.head, month)
    assert reports == 2 and [(row.code, row.right, row.wrong, row.missed) for row in machine] == [("SR", 2, 0, 0)]
    assert agreeing.machine(scene.doctor, month) == ([], 0)


def test_the_page_tells_it_and_asks_no_more_than_it_must(scene: factories.Scene, month: Scope, django_assert_max_num_queries: Any) -> None:
    client, asked = signed_in(scene.head), {"month": f"{month.first:%Y-%m}"}
    client.get("/diagnosis/quality/", asked)
    with django_assert_max_num_queries(16):
        page = client.get("/diagnosis/quality/", asked).content.decode()
    assert all(word in page for word in ("现在的队列", "50.0%", "导联脱落 1", "医师工作量", "4.0 分", "20.0%"))
    assert "苏禾" not in page
    assert "这段时间没有发送的检查" in client.get("/diagnosis/quality/?month=2020-01").content.decode()
    for odd in ("month=x", "months=x&kind=x&member=x", "month=9999-12", "month=0001-01&months=12", "member=99999999"):
        assert client.get(f"/diagnosis/quality/?{odd}").status_code == 200, odd
    book = load_workbook(io.BytesIO(client.get("/diagnosis/quality/export.xlsx", asked).getvalue()), read_only=True)
    assert book.sheetnames == ["用时", "按钟点", "记录质量", "退回原因", "危急值", "医师", "说明"]
    assert [row[1] for row in book["用时"].iter_rows(values_only=True, min_row=2)] == [3, 1, 4]


def test_a_member_sees_its_own_without_the_readers(scene: factories.Scene, month: Scope) -> None:
    client, asked = signed_in(scene.doctor), {"month": f"{month.first:%Y-%m}"}
    page = client.get("/diagnosis/quality/", asked).content.decode()
    assert "记录质量" in page and "医师工作量" not in page and "现在的队列" not in page
    assert client.get("/diagnosis/agreement/").status_code == 403
    book = load_workbook(io.BytesIO(client.get("/diagnosis/quality/export.xlsx", asked).getvalue()), read_only=True)
    assert "医师" not in book.sheetnames


def test_agreement_page_says_what_few_cases_are_worth(scene: factories.Scene, month: Scope) -> None:
    client, asked = signed_in(scene.head), {"month": f"{month.first:%Y-%m}"}
    page = client.get("/diagnosis/agreement/", asked).content.decode()
    assert "无法计算" in page and "不是独立的测试集" in page and "窦性心律" in page
    assert "这段时间没有双盲复阅" in page
    book = load_workbook(io.BytesIO(client.get("/diagnosis/agreement/export.xlsx", asked).getvalue()), read_only=True)
    assert book.sheetnames == ["两位医师", "机器与报告"]

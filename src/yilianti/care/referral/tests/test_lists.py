"""The worklist: each filter against the same question asked of every row, each order page by page, and what is taken out."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from yilianti.care.referral import actions, queries
from yilianti.care.referral.models import Batch, Referral
from yilianti.care.referral.queries import Filters
from yilianti.care.referral.searching import NEVER
from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.registry.access.models import AccessLog
from yilianti.registry.inbox import actions as inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    """Six referrals that differ in what lists ask."""
    made = factories.scene(at)
    factories.submitted(made, at - timedelta(days=40), diagnosis_code="I63.900", diagnosis_name="脑梗死", channel="stroke", urgency="emergency")
    factories.submitted(made, at - timedelta(days=3), diagnosis_code="I10.x00", diagnosis_name="高血压病", urgency="elective", service="outpatient")
    factories.accepted(made, at - timedelta(days=2), diagnosis_code="E11.900", diagnosis_name="2型糖尿病")
    factories.discharged(made, at - timedelta(days=6), diagnosis_code="J44.900", diagnosis_name="慢性阻塞性肺疾病")
    batch = Batch.objects.create(number="P1", title="筛查日", held_on=at.date(), from_institution=made.county.township, to_institution=made.county.hospital, made_at=at)
    held = factories.submitted(made, at, diagnosis_code="N18.900", diagnosis_name="慢性肾脏病")
    Referral.objects.filter(pk=held.pk).update(batch=batch, overridden=["keep_local"], override_reason="家属要求")
    declined = factories.submitted(made, at, diagnosis_code="K29.500", diagnosis_name="慢性胃炎")
    actions.decline(actor=made.office, number=declined.number, reason="no_bed", note="", at=at)
    return made


def _late(referral: Referral, at: datetime) -> bool:
    return (referral.state == "submitted" and referral.answer_due_at < at) or (referral.state == "accepted" and referral.appointment_at + timedelta(hours=8) < at)


TABLE: list[tuple[str, dict[str, Any], Callable[[Referral, datetime, Any], bool]]] = [
    ("state", {"state": "declined"}, lambda r, at, s: r.state == "declined"),
    ("urgency", {"urgency": "elective"}, lambda r, at, s: r.urgency == "elective"),
    ("route", {"route": "township>county"}, lambda r, at, s: (r.from_level, r.to_level) == ("township", "county")),
    ("route back", {"route": "county>township"}, lambda r, at, s: (r.from_level, r.to_level) == ("county", "township")),
    ("service", {"service": "outpatient"}, lambda r, at, s: r.service == "outpatient"),
    ("green", {"channel": "green"}, lambda r, at, s: r.channel != "ordinary"),
    ("stroke", {"channel": "stroke"}, lambda r, at, s: r.channel == "stroke"),
    ("ordinary", {"channel": "ordinary"}, lambda r, at, s: r.channel == "ordinary"),
    ("disease", {"disease": "I"}, lambda r, at, s: r.diagnosis_code.startswith("I")),
    ("batch", {"batch": "P1"}, lambda r, at, s: r.batch is not None),
    ("no such batch", {"batch": "P9"}, lambda r, at, s: False),
    ("overridden", {"overridden": True}, lambda r, at, s: bool(r.overridden)),
    ("overdue", {"overdue_at": True}, lambda r, at, s: _late(r, at)),
    ("due within a day", {"soon_at": True}, lambda r, at, s: r.due_at is not None and at <= r.due_at < at + timedelta(hours=24)),
    ("overdue or soon", {"overdue_at": True, "soon_at": True}, lambda r, at, s: r.due_at is not None and r.due_at < at + timedelta(hours=24)),
    ("department", {"department": "cardiology"}, lambda r, at, s: r.to_department_id == s.cardiology.id),
    ("doctor", {"doctor": "township"}, lambda r, at, s: True),
    ("another doctor", {"doctor": 0}, lambda r, at, s: False),
    ("since", {"since": 10}, lambda r, at, s: r.submitted_at > at - timedelta(days=20)),
    ("until", {"until": 10}, lambda r, at, s: r.submitted_at < at - timedelta(days=20)),
    ("institution", {"institution": "township"}, lambda r, at, s: True),
    ("two", {"disease": "I", "channel": "green"}, lambda r, at, s: r.channel == "stroke"),
]


@pytest.mark.parametrize(("given", "told"), [pytest.param(given, told, id=name) for name, given, told in TABLE])
@pytest.mark.parametrize("sort", ["", "promise"])
def test_worklist_is_what_asking_every_row_gives(
    scene: factories.Scene, at: datetime, given: dict[str, Any], told: Callable[..., bool], sort: str, django_assert_num_queries: Any
) -> None:
    named = {"township": scene.county.township.id, "cardiology": scene.cardiology.id}
    filters = Filters(sort=sort, **{name: named.get(value, value) if isinstance(value, str) else value for name, value in given.items()})
    if "batch" in given:
        filters = replace(filters, batch=queries.batch_id(given["batch"]))
    if given.get("doctor") == "township":
        filters = replace(filters, doctor=scene.township.person)
    for name in ("since", "until"):
        if name in given:
            filters = replace(filters, **{name: timezone.localdate(at - timedelta(days=given[name]))})
    for name in ("overdue_at", "soon_at"):
        if name in given:
            filters = replace(filters, **{name: at})
    expected = {r.number for r in Referral.objects.all() if told(r, at, scene) and (not sort or r.state not in ("declined", "concluded"))}
    with django_assert_num_queries(1):
        found = queries.worklist(scene.office, filters)
    assert {line.number for line in found.rows} == expected


@pytest.mark.parametrize("sort", ["", "promise"])
@pytest.mark.parametrize("since", [False, True])
def test_worklist_pages_hold_every_row_once(scene: factories.Scene, at: datetime, sort: str, since: bool) -> None:
    filters = Filters(sort=sort, since=timezone.localdate(at - timedelta(days=90)) if since else None)
    whole = queries.worklist(scene.office, filters).rows
    read, after = [], ""
    while True:
        part = queries.worklist(scene.office, filters, after=after, size=2)
        read += part.rows
        after = part.next_key
        if not after:
            break
    assert [line.number for line in read] == [line.number for line in whole]
    if sort:
        promised = [line.placed_at for line in whole]
        assert promised == sorted(promised) and promised[-1] == NEVER, "what nobody has promised stands last"


@pytest.mark.parametrize(("text", "found"), [("苏禾", 6), ("sh", 6), ("脑梗", 1), ("ngs", 1), ("gxy", 1), ("没有此病", 0), ("i63", 1), ("张", 0)])
def test_text_means_a_resident_or_a_diagnosis(scene: factories.Scene, text: str, found: int) -> None:
    page = signed_in(scene.office).get("/referrals/", {"box": "all", "text": text}).content.decode()
    assert page.count("cell-title") == found


def test_text_means_a_number_whole_or_by_its_end(scene: factories.Scene) -> None:
    made = Referral.objects.latest("id")
    client = signed_in(scene.office)
    for text in (made.number, made.number.lower(), made.number[:12], made.number[-5:]):
        assert made.number in client.get("/referrals/", {"text": text}).content.decode()
    assert "cell-title" not in signed_in(scene.stranger).get("/referrals/", {"text": made.number}).content.decode()


def test_who_comes_without_asking_sees_the_own_work(scene: factories.Scene) -> None:
    assert 'href="?box=to_answer" aria-current="page"' in signed_in(scene.office).get("/referrals/").content.decode()
    assert 'href="?box=all" aria-current="page"' in signed_in(scene.stranger).get("/referrals/").content.decode(), "nothing waits for them"
    client = signed_in(scene.office)
    inbox.keep_view(actor=scene.office, page="/referrals/", name="急诊", query="box=all&urgency=emergency", opens_first=True, at=timezone.now())
    first = client.get("/referrals/").content.decode()
    assert first.count("cell-title") == 1 and 'aria-current="true">' in first
    assert client.get("/referrals/?box=all").content.decode().count("cell-title") == 6


def test_what_an_address_cannot_mean_is_left_out(scene: factories.Scene) -> None:
    odd = {"box": "x", "state": "x", "urgency": "'", "route": "a>b", "channel": "x", "institution": "x", "since": "2026-13-01", "doctor": "-1", "sort": "id", "after": "x~y"}
    page = signed_in(scene.office).get("/referrals/", odd)
    assert page.status_code == 200 and page.content.decode().count("cell-title") > 0


def test_more_conditions_come_when_asked_and_say_what_is_chosen(scene: factories.Scene) -> None:
    client = signed_in(scene.office)
    asked = {"box": "all", "channel": "stroke", "department": str(scene.cardiology.id), "since": "week", "overdue": "1"}
    panel = client.get("/referrals/filters", asked).content.decode()
    assert 'value="stroke" selected' in panel and "心内科" in panel and 'name="overdue" value="1" checked' in panel
    page = client.get("/referrals/", asked).content.decode()
    assert all(word in page for word in ("卒中绿色通道", "近 7 天", "已超时限", "去掉这个条件"))


def test_export_to_excel_is_the_filtered_list_and_explains_itself(scene: factories.Scene) -> None:
    client = signed_in(scene.office)
    sent = client.get("/referrals/export.xlsx", {"box": "all", "channel": "stroke", "text": "苏禾"})
    book = load_workbook(io.BytesIO(sent.getvalue()), read_only=True)
    lines = list(book["转诊单"].iter_rows(values_only=True))
    assert lines[0][0] == "转诊单号" and [line[9] for line in lines[1:]] == ["脑梗死"]
    about = dict(line[:2] for line in book["说明"].iter_rows(values_only=True))
    assert about["工作箱"] == "全部" and about["查找"] == "苏禾" and about["条件"] == "卒中绿色通道" and "仁和" not in str(lines)
    assert "苏禾" not in str(lines), "no names of residents leave"
    assert AccessLog.objects.filter(purpose="导出转诊清单", resident=scene.resident.id).count() == 1

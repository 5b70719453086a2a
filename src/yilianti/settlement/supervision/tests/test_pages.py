"""Pages of supervision: lists narrowed, evidence and both sides on one page, steps by those who may, files and prints."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.kernel.tables.layout import Row
from yilianti.registry.access.models import AccessLog
from yilianti.settlement.supervision import actions
from yilianti.settlement.supervision.models import DueMonth, KnowledgePoint, Suspicion
from yilianti.settlement.supervision.tables import KnowledgePoints
from yilianti.settlement.supervision.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    return timezone.now()


def test_the_list_is_empty_then_narrowed_and_taken_out(at: datetime) -> None:
    scene = factories.scene(at)
    bureau, office, other = signed_in(scene.bureau), signed_in(scene.office), signed_in(scene.township_office)
    assert "这里没有线索" in bureau.get("/supervision/").content.decode()
    one = factories.raised(scene, at)
    for client in (bureau, office):
        page = client.get("/supervision/").content.decode()
        assert one.number in page and "同一时刻重复收费" in page and "90.00" in page
    assert one.number not in other.get("/supervision/").content.decode()
    for narrowed, there in (("state=raised", True), ("state=cleared", False), ("family=repeated", True), ("family=split", False), ("month=2026-03", True), ("month=2026-04", False),
                            (f"text={one.claim[-6:]}", True), ("text=没有", False), ("state=nonsense&month=x&institution=y&before=z", True)):  # fmt: skip
        assert (f'href="/supervision/{one.number}/"' in bureau.get(f"/supervision/?{narrowed}").content.decode()) is there, narrowed
    book = load_workbook(io.BytesIO(b"".join(bureau.get("/supervision/export.xlsx?state=raised"))))
    assert [cell.value for cell in book.active[2]][:4] == [one.number, "待说明", "重复收费", "同一时刻重复收费"]
    assert (book.active[1][9].value, book.active[2][9].value) == ("涉及金额（元）", 90)
    assert AccessLog.objects.filter(resident=scene.resident).exists()


def test_a_bill_shows_what_was_asked_about_it(at: datetime) -> None:
    scene = factories.scene(at)
    one = factories.raised(scene, at)
    client, other = signed_in(scene.bureau), signed_in(scene.township_office)
    assert f"/supervision/of?claim={one.claim}" in client.get(f"/claims/{one.claim}/").content.decode()
    assert one.because in client.get(f"/supervision/of?claim={one.claim}").content.decode()
    for asked in (client.get("/supervision/of?claim=FY0"), other.get(f"/supervision/of?claim={one.claim}")):
        assert asked.status_code == 200 and not asked.content.strip()


def test_a_list_of_many_asks_as_little_as_a_list_of_one(at: datetime, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    scene = factories.scene(at)
    one = factories.raised(scene, at)
    client = signed_in(scene.bureau)
    client.get("/supervision/")
    for number in range(40):
        Suspicion.objects.create(**{field.attname: getattr(one, field.attname) for field in Suspicion._meta.concrete_fields if field.name not in ("id", "number", "key")}, number=f"X{number}", key=str(number))
    with django_assert_max_num_queries(12):
        page = client.get("/supervision/").content.decode()
    assert page.count("cell-title") == 30 and "before=" in page


def test_both_sides_speak_on_one_page(at: datetime) -> None:
    scene = factories.scene(at)
    one = factories.raised(scene, at)
    office, bureau = signed_in(scene.office), signed_in(scene.bureau)
    page = office.get(f"/supervision/{one.number}/").content.decode()
    assert 'data-dialog="dialog-explain"' in page and 'data-dialog="dialog-clear"' not in page and f"/claims/{one.claim}/" in page and "1 至 2 倍" in page
    told = office.post(f"/supervision/{one.number}/explain", {"text": "时间录错。", "file": SimpleUploadedFile("报告.pdf", b"%PDF-1.4 x")})
    assert told.status_code == 302
    page = bureau.get(f"/supervision/{one.number}/").content.decode()
    said = one.statements.get()
    assert "时间录错。" in page and f"/supervision/{one.number}/files/{said.pk}" in page and 'data-dialog="dialog-confirm"' in page
    assert bureau.get(f"/supervision/{one.number}/files/{said.pk}").content == b"%PDF-1.4 x"
    assert bureau.get(f"/supervision/{one.number}/files/{said.pk + 1}").status_code == 404
    assert "时间录错。" in bureau.get(f"/supervision/{one.number}/print").content.decode()
    assert bureau.post(f"/supervision/{one.number}/confirm", {"amount": "90.01", "text": "重复"}).status_code == 422
    assert bureau.post(f"/supervision/{one.number}/confirm", {"amount": "1.005", "text": "重复"}).status_code == 422
    assert bureau.post(f"/supervision/{one.number}/confirm", {"amount": "90", "text": "重复"}).status_code == 302
    late = bureau.post(f"/supervision/{one.number}/clear", {"text": "再看"})
    assert late.status_code == 409 and "已认定" in late.content.decode() and scene.bureau.name in late.content.decode()


def test_who_may_not_is_refused_and_who_is_elsewhere_finds_nothing(at: datetime) -> None:
    scene = factories.scene(at)
    one = factories.raised(scene, at)
    office, other = signed_in(scene.office), signed_in(scene.township_office)
    assert office.post(f"/supervision/{one.number}/clear", {"text": "好"}).status_code == 403
    assert office.post("/supervision/scan", {"month": "2026-03"}).status_code == 403
    for address in ("", "print", "explain"):
        asked = other.post if address == "explain" else other.get
        assert asked(f"/supervision/{one.number}/{address}", {"text": "好"}).status_code == 404


def test_a_month_is_scanned_on_request(at: datetime) -> None:
    scene = factories.scene(at)
    factories.repeated(scene, at)
    client = signed_in(scene.bureau)
    assert client.post("/supervision/scan", {"month": "2026-03"}).status_code == 302
    assert list(DueMonth.objects.values_list("month", flat=True)) == [date(2026, 3, 1)]
    assert client.post("/supervision/scan", {"month": f"{at.year + 1}-01"}).status_code == 422
    assert actions.scan_due(at=at) == 1


def _row(number: int = 2, **changes: str) -> Row:
    given = {"limit": "drug_sex", "code": "D5", "name": "妇科洗剂", "sex": "2", "document": "样例", "edition": "1", "effective_from": "2026-01-01"}
    return Row(number, given | changes)


def test_points_are_brought_once_ended_and_never_changed(at: datetime) -> None:
    scene, table = factories.scene(at), KnowledgePoints()
    rows = [_row(), _row(3, code="D6", sex="", age_from="0", age_until="18", limit="child_drug")]
    table.judge(scene.bureau, rows, at.date())
    assert [str(row.verdict) for row in rows] == ["new", "new"] and all(one.made for one in table.enter(scene.bureau, rows, at))
    again = [_row(), _row(3, name="别的"), _row(4, effective_until="2026-12-01")]
    table.judge(scene.bureau, again, at.date())
    assert [str(row.verdict) for row in again] == ["unchanged", "error", "changed"] and "不能改" in again[1].faults[0].sentence
    table.enter(scene.bureau, again[2:], at)
    assert KnowledgePoint.objects.get(code="D5").effective_until == date(2026, 12, 1)
    page = signed_in(scene.bureau).get("/supervision/points/?text=D").content.decode()
    assert "不满 18 岁" in page and "D6" in page and "导入知识点" in page
    assert "没有知识点" in signed_in(scene.bureau).get("/supervision/points/?limit=child_service").content.decode()


@pytest.mark.parametrize(("changes", "label"), [({"sex": ""}, "性别"), ({"age_from": "十"}, "年龄起"), ({"age_from": "9", "age_until": "9"}, "年龄止"), ({"effective_until": "2025-01-01"}, "失效日期"),
                                               ({"sex": "", "age_from": "1"}, "性别")])  # fmt: skip
def test_a_point_at_fault_says_which_cell(changes: dict[str, str], label: str, at: datetime) -> None:
    row = _row(**changes)
    KnowledgePoints().judge(factories.scene(at).bureau, [row], at.date())
    assert [fault.column for fault in row.faults] == [label]


def test_only_points_of_today_are_taken_back(at: datetime) -> None:
    scene, table = factories.scene(at), KnowledgePoints()
    rows = [_row()]
    table.judge(scene.bureau, rows, at.date())
    (made,) = table.enter(scene.bureau, rows, at - timedelta(days=2))
    with pytest.raises(Exception, match="失效日期"):
        table.withdraw(scene.bureau, [made.ref], at)
    KnowledgePoint.objects.update(entered_at=at)
    table.withdraw(scene.bureau, [made.ref], at)
    assert not KnowledgePoint.objects.exists()

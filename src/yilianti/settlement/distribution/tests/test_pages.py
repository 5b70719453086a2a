"""Pages of a year's settlement: every address, who may, what is asked of the database, refusals that lose nothing, English."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from yilianti.care.referral.tests import factories as referrals
from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.settlement.distribution import actions
from yilianti.settlement.distribution.models import Settlement, Statement
from yilianti.settlement.distribution.tests import factories
from yilianti.settlement.distribution.tests.factories import AT
from yilianti.settlement.distribution.tests.visiting import asked, more_members, scored, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> factories.Scene:
    return factories.scene()


@pytest.fixture
def next_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the pages stands where the year is over."""
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(hours=3))


def test_the_list_is_empty_then_narrowed(scene, next_year):
    finance, office = signed_in(scene.finance), signed_in(scene.office)
    page = shown(finance, "/settlements/")
    assert "可以清算的年度" in page and "还没有清算" in page and "可以清算的年度" not in shown(office, "/settlements/")
    number = factories.reckoned(scene).number
    for client in (finance, office):
        assert number in shown(client, "/settlements/")
    assert "可以清算的年度" not in shown(finance, "/settlements/")
    for narrowed, there in (("year=2026", True), ("year=2025", False), ("state=prepared", True), ("state=locked", False), ("fund=resident", True), ("fund=employee", False), (f"text={number[-6:]}", True), ("text=没有", False),
                            ("year=x&state=nonsense", False), ("before=2026-999999", True), ("before=2026-1", False), ("before=x-y", True), ("year=99999999999", False)):  # fmt: skip
        page = shown(finance, f"/settlements/?{narrowed}")
        assert (f'href="/settlements/{number}/"' in page) is there, narrowed
        assert "before" in narrowed or ("没有找到" in page) is not there


def test_a_settlement_at_a_glance(scene):
    scored(scene)
    settlement = factories.reckoned(scene)
    finance, office = signed_in(scene.finance), signed_in(scene.office)
    page = shown(finance, f"/settlements/{settlement.number}/")
    for words in ("这一年的钱", "fall-bar", "总额内支出", "谁还没有确认", "付款表", "第 1 次计算", "净付"):
        assert words in page, words
    assert "style=" not in page.split('<main', 1)[1]
    page = shown(office, f"/settlements/{settlement.number}/")
    assert "第 1 次计算" not in page and "提醒未确认的" not in page
    shown(office, f"/settlements/{settlement.number}/runs/1/", 404)
    page = shown(finance, f"/settlements/{settlement.number}/runs/1/")
    hospital = factories.statement_of(settlement, scene.budget.claims.hospital).institution
    assert "结余与超支" in page and hospital.short_name in page and f"{hospital.code}</dt>" not in page and "874,000.00" in page
    shown(finance, f"/settlements/{settlement.number}/runs/2/", 404)
    book = load_workbook(io.BytesIO(finance.get(f"/settlements/{settlement.number}/cash.xlsx").content)).active
    rows = [[cell.value for cell in row] for row in book]
    assert rows[-1][1] == "合计" and "不作付款依据" in rows[-1][7] and round(sum(row[5] or 0 for row in rows[1:-1]), 2) == round(float(rows[-1][5]), 2)
    assert load_workbook(io.BytesIO(finance.get(f"/settlements/{settlement.number}/export.xlsx").content)).active[1][0].value == "清算单"
    assert finance.get("/settlements/pile").status_code == 200


def test_a_second_run_says_what_changed(scene):
    scored(scene)
    settlement = factories.reckoned(scene)
    actions.tell(actor=scene.finance, consortium=scene.package.consortium, year=2026, institution=scene.budget.claims.hospital, name="paid", value="1000.00", document="拨款单", at=AT + timedelta(hours=1))
    actions.reckon(actor=scene.finance, package=scene.package, because="补登已付", at=AT + timedelta(hours=2))
    page = shown(signed_in(scene.finance), f"/settlements/{settlement.number}/runs/2/")
    assert "与第 1 次相比" in page and "已付" in page and "-1,000.00" in page


def test_dispute_answer_and_confirm_from_the_page(scene):
    one = factories.statement_of(factories.reckoned(scene), scene.budget.claims.hospital)
    office, finance, address = signed_in(scene.office), signed_in(scene.finance), f"/settlements/statements/{one.number}/"
    page = shown(office, address)
    assert 'data-dialog="dialog-confirm"' in page and 'data-dialog="dialog-answer"' not in page and "以前确认" in page
    for given, words in (({"text": "少了"}, "哪一行"), ({"line": "nothing", "text": "少了"}, "哪一行"), ({"line": "charged"}, "理由")):
        refused = office.post(f"{address}dispute", given, HTTP_HX_REQUEST="true")
        assert refused.status_code == 422 and words in refused.content.decode() and "<html" not in refused.content.decode(), "in the dialog, which keeps what was typed"
    sent = office.post(f"{address}dispute", {"line": "charged", "text": "算了两次", "file": SimpleUploadedFile("证据.pdf", b"%PDF-1.4 x")})
    assert sent.status_code == 302
    page = shown(finance, address)
    remark = one.remarks.get()
    assert "算了两次" in page and f"{address}files/{remark.pk}" in page and 'data-dialog="dialog-answer"' in page
    assert finance.get(f"{address}files/{remark.pk}").content == b"%PDF-1.4 x" and finance.get(f"{address}files/{remark.pk + 1}").status_code == 404
    assert finance.post(f"{address}confirm", {}).status_code == 403
    assert finance.post(f"{address}answer", {"text": ""}).status_code == 422
    assert finance.post(f"{address}answer", {"text": "各算一次"}).status_code == 302
    assert office.post(f"{address}confirm", {}).status_code == 302
    assert office.post(f"{address}confirm", {}).status_code == 409
    one.refresh_from_db()
    assert one.state == "confirmed"


def test_who_may_not_is_kept_out_before_the_form_is_read(scene):
    settlement = factories.reckoned(scene)
    one = factories.statement_of(settlement, scene.budget.claims.hospital)
    office, township, bureau, head = (signed_in(each) for each in (scene.office, scene.township_office, scene.bureau, scene.head))
    assert township.post(f"/settlements/statements/{one.number}/dispute", {}).status_code == 404
    for client, verb in ((office, "approve"), (bureau, "approve"), (office, "remind"), (head, "remind"), (head, "post"), (bureau, "lock"), (bureau, "reckon"), (office, "withdraw")):
        assert client.post(f"/settlements/{settlement.number}/{verb}", {}).status_code == 403, verb
    assert bureau.post("/settlements/told/yunxi/2026/fact", {}).status_code == 403
    for verb in ("approve", "remind", "post", "lock", "reckon", "withdraw", "send_back", "resume"):
        client = {"approve": head, "post": bureau, "send_back": bureau}.get(verb, signed_in(scene.finance))
        assert client.post(f"/settlements/QS0/{verb}", {}).status_code == 404, verb
    assert signed_in(scene.finance).post("/settlements/begin", {"package": "999999"}).status_code == 404
    nobody = signed_in(referrals.actor(scene.budget.claims.people.county.other_hospital, "insurance_office", AT))
    for address in (f"/settlements/{settlement.number}/", f"/settlements/{settlement.number}/cash.xlsx", "/settlements/told/yunxi/2026/"):
        shown(nobody, address, 404)


def test_a_year_from_the_page(scene, next_year):
    finance, head, bureau = (signed_in(one) for one in (scene.finance, scene.head, scene.bureau))
    assert finance.post("/settlements/begin", {}).status_code == 422
    assert finance.post("/settlements/begin", {"package": scene.package.pk}).status_code == 302
    settlement = Settlement.objects.get()
    base = f"/settlements/{settlement.number}/"
    assert finance.post(f"{base}reckon", {"because": ""}).status_code == 422
    assert finance.post(f"{base}reckon", {"because": "再看看"}).status_code == 422
    assert finance.post(f"{base}withdraw", {"because": "先补数据"}).status_code == 302
    assert finance.post("/settlements/begin", {"package": scene.package.pk}).status_code == 302
    settlement = Settlement.objects.get(state="prepared")
    base = f"/settlements/{settlement.number}/"
    assert head.post(f"{base}approve", {"resolution": "决"}).status_code == 422
    factories.confirmed(scene, settlement)
    assert head.post(f"{base}approve", {"resolution": ""}).status_code == 422
    assert head.post(f"{base}approve", {"resolution": "云医共体决〔2027〕2 号"}).status_code == 302
    assert bureau.post(f"{base}send_back", {"because": "凭证"}).status_code == 302
    assert head.post(f"{base}approve", {"resolution": "云医共体决〔2027〕3 号"}).status_code == 302
    assert bureau.post(f"{base}post", {"voucher": ""}).status_code == 422
    assert bureau.post(f"{base}post", {"voucher": "银付 8821"}).status_code == 302
    assert finance.post(f"{base}lock", {}).status_code == 302
    page = shown(finance, base)
    assert "已锁定" in page and "银付 8821" in page and "云医共体决〔2027〕3 号" in page and "谁还没有确认" not in page and "不作付款依据" not in page
    paper = finance.get(f"/settlements/statements/{settlement.statements.first().number}/v/1/pdf").content
    assert paper.startswith(b"%PDF")


def test_reminding_once_a_day(scene):
    settlement = factories.reckoned(scene)
    finance, address = signed_in(scene.finance), f"/settlements/{settlement.number}/remind"
    assert "提醒未确认的" in shown(finance, f"/settlements/{settlement.number}/")
    assert finance.post(address).status_code == 302
    assert "今天已提醒" in shown(finance, f"/settlements/{settlement.number}/")
    again = finance.post(address)
    assert again.status_code == 422 and "今天已经提醒过" in again.content.decode()
    factories.confirmed(scene, settlement)
    nobody = finance.post(address)
    assert nobody.status_code == 422 and "没有要提醒的机构" in nobody.content.decode()


def test_silence_past_the_day_is_shown_and_is_no_consent(scene):
    settlement = factories.reckoned(scene)
    one = factories.statement_of(settlement, scene.budget.claims.hospital)
    assert one.confirm_by == date(2027, 1, 30)
    Statement.objects.filter(pk=one.pk).update(confirm_by=date(2026, 1, 1))
    assert "已过" in shown(signed_in(scene.office), f"/settlements/statements/{one.number}/") and "不算同意" in shown(signed_in(scene.finance), f"/settlements/{settlement.number}/")
    with pytest.raises(Exception, match="没有确认"):
        actions.approve(actor=scene.head, number=settlement.number, resolution="决议", at=AT + timedelta(days=90))


def test_the_database_is_asked_the_same_however_many_members(scene):
    finance, office = signed_in(scene.finance), signed_in(scene.office)
    counts = []
    for many in (0, 12):
        new = more_members(many)
        scored(scene)
        if new:
            actions.reckon(actor=scene.finance, package=scene.package, because="成员加入", at=AT + timedelta(hours=1))
        settlement = Settlement.objects.first() or factories.reckoned(scene)
        one = factories.statement_of(settlement, scene.budget.claims.hospital)
        base, statement = f"/settlements/{settlement.number}/", f"/settlements/statements/{one.number}/"
        counts.append({
            "list": asked(finance, "/settlements/"), "one": asked(finance, base), "run": asked(finance, f"{base}runs/1/"), "statement": asked(office, f"{statement}v/1/"), "line": asked(office, f"{statement}v/1/lines/surplus_share/"),
            "bills": asked(office, f"{statement}v/1/lines/surplus_share/bills"), "told": asked(finance, "/settlements/told/yunxi/2026/"),
        })  # fmt: skip
    few, more = counts
    assert more == few
    assert max(few.values()) <= 12, few


def test_pages_in_english(scene):
    scored(scene)
    settlement = factories.reckoned(scene)
    one = factories.statement_of(settlement, scene.budget.claims.hospital)
    client = signed_in(scene.finance)
    client.post("/language/", {"language": "en"})
    client.cookies["language"] = "en"
    for address, words in (("/settlements/", "Yearly settlement"), (f"/settlements/{settlement.number}/", "Who has not confirmed"), (f"/settlements/statements/{one.number}/", "How it was worked out"), ("/settlements/told/yunxi/2026/", "settlement data")):
        page = shown(client, address)
        assert words in page, (address, words)


def test_nobody_confirms_figures_not_seen(scene):
    settlement = factories.reckoned(scene)
    place = scene.budget.claims.hospital
    one = factories.statement_of(settlement, place)
    office, address = signed_in(scene.office), f"/settlements/statements/{one.number}/"
    assert '<input type="hidden" name="version" value="1"' in shown(office, address)
    actions.tell(actor=scene.finance, consortium=scene.package.consortium, year=2026, institution=place, name="paid", value="100.00", document="拨款单", at=AT)
    actions.reckon(actor=scene.finance, package=scene.package, because="补登已付", at=AT)
    refused = office.post(f"{address}confirm", {"version": "1"}, HTTP_HX_REQUEST="true")
    assert refused.status_code in (409, 422) and "现在是第 2 版" in refused.content.decode()
    assert factories.statement_of(settlement, place).state == "prepared"
    assert office.post(f"{address}confirm", {"version": "2"}).status_code == 302

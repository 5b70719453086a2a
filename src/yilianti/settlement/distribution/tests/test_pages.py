"""Pages of a year's settlement: every address, who may, what is asked of the database, refusals that lose nothing, English."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from yilianti.care.referral.tests import factories as referrals
from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.institutions.models import Consortium, Membership
from yilianti.settlement.distribution import actions
from yilianti.settlement.distribution.models import MemberFact, Settlement, Statement, Work
from yilianti.settlement.distribution.tests import factories
from yilianti.settlement.distribution.tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> factories.Scene:
    return factories.scene()


def shown(client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code, answer.content.decode()[-400:])
    return answer.content.decode()


def asked(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def more_members(many: int) -> list[int]:
    """Townships that join the consortium; nothing was told of them yet."""
    union, found = Consortium.objects.get(code="yunxi"), []
    for number in range(many):
        one = staff.institution(f"第{number}卫生院")
        Membership.objects.create(consortium=union, institution=one, role="member", from_on=staff.LONG_AGO)
        found.append(one.pk)
    return found


def scored(scene: factories.Scene) -> None:
    """Every member has a score and heads."""
    from yilianti.settlement.distribution import gathering

    for one in gathering.members(scene.package.consortium, 2026):
        factories.score(scene, one.id, "90")


def test_the_list_is_empty_then_narrowed(scene):
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


def test_a_line_is_traced_down_to_bills_and_editions(scene):
    scored(scene)
    settlement = factories.reckoned(scene)
    one = factories.statement_of(settlement, scene.budget.claims.hospital)
    office, township, finance = signed_in(scene.office), signed_in(scene.township_office), signed_in(scene.finance)
    address = f"/settlements/statements/{one.number}/v/1/lines"
    page = shown(office, f"/settlements/statements/{one.number}/")
    assert f'hx-get="{address}/charged/"' in page and "各成员总额内费用" not in page, "the tree is asked for when somebody opens it"
    tree = shown(office, f"{address}/surplus_share/")
    for words in ("成员间分配", "总额内支出", "/policies/ref/?ref=settlement.distribution.sharing", "2026 年考核通报", f"{address}/surplus_share/bills"):
        assert words in tree, words
    bills = shown(office, f"{address}/charged/bills")
    lines = list(scene.package.charged.filter(institution=scene.budget.claims.hospital).select_related("claim"))
    assert lines and all(f'/claims/{line.claim.number}/"' in bills for line in lines) and "2026-03" in bills and "住院" in bills and "/policies/ref/?ref=settlement.benefit" in bills
    assert "请财务核对" not in bills
    assert f"/claims/{lines[0].claim.number}/" not in shown(finance, f"{address}/charged/bills") and lines[0].claim.number in shown(finance, f"{address}/charged/bills"), "finance may not open bills"
    march = shown(office, f"{address}/charged/bills?month=2026-03")
    assert lines[0].claim.number in march and lines[1].claim.number not in march
    for broken in ("month=x", "after=x", "after=99999999999999999999"):
        shown(office, f"{address}/charged/bills?{broken}")
    whole = shown(office, f"{address}/surplus_share/bills")
    other = scene.package.charged.get(institution=scene.budget.claims.township)
    assert "成员机构" in whole and other.claim.number not in whole, "the other member's bills are summed, never named"
    for missing in (f"{address}/nothing/", f"{address}/nothing/bills"):
        shown(office, missing, 404)
    for hidden in (f"{address}/charged/", f"{address}/charged/bills", f"/settlements/statements/{one.number}/", f"/settlements/statements/{one.number}/v/1/pdf"):
        shown(township, hidden, 404)


def test_bills_come_a_page_at_a_time(scene, monkeypatch):
    from yilianti.settlement.distribution import sources

    monkeypatch.setattr(sources, "PAGE", 1)
    one = factories.statement_of(factories.reckoned(scene), scene.budget.claims.hospital)
    office, address = signed_in(scene.office), f"/settlements/statements/{one.number}/v/1/lines/charged/bills"
    first, second = scene.package.charged.filter(institution=scene.budget.claims.hospital).order_by("id")
    page = shown(office, address)
    assert first.claim.number in page and second.claim.number not in page and f"after={first.pk}" in page
    page = shown(office, f"{address}?after={first.pk}")
    assert second.claim.number in page and "下一页" not in page


def test_work_behind_a_line(scene):
    township = scene.budget.claims.township
    row = actions.work(actor=scene.finance, consortium=scene.package.consortium, kind="expert", giver=scene.budget.claims.hospital, receiver=township, item="", count=1, amount=factories.Money.yuan("1000"), done_on=date(2026, 7, 3), document="手术台账", at=AT)
    assert row.pk
    one = factories.statement_of(factories.reckoned(scene), township)
    page = shown(signed_in(scene.township_office), f"/settlements/statements/{one.number}/v/1/lines/expert/")
    assert "本机构接受" in page and "1,000.00" in page and "云溪县医院" in page


def test_what_was_told_later_is_not_behind_an_earlier_run(scene):
    scored(scene)
    one = factories.statement_of(factories.reckoned(scene), scene.budget.claims.hospital)
    factories.score(scene, one.institution_id, "11.11", at=AT + timedelta(days=1))
    page = shown(signed_in(scene.office), f"/settlements/statements/{one.number}/v/1/lines/surplus_share/")
    assert "11.11" not in page and ">90<" in page


def test_versions_stand_side_by_side(scene):
    scored(scene)
    settlement = factories.reckoned(scene)
    one = factories.statement_of(settlement, scene.budget.claims.hospital)
    office = signed_in(scene.office)
    assert "各版对照" not in shown(office, f"/settlements/statements/{one.number}/")
    actions.tell(actor=scene.finance, consortium=scene.package.consortium, year=2026, institution=one.institution_id, name="paid", value="1000.00", document="拨款单", at=AT)
    actions.reckon(actor=scene.finance, package=scene.package, because="补登已付", at=AT + timedelta(hours=2))
    page = shown(office, f"/settlements/statements/{one.number}/")
    assert "各版对照" in page and "is-changed" in page and "原来没有这一行" in page and "-1,000.00" in page
    old = shown(office, f"/settlements/statements/{one.number}/v/1/")
    assert "这是旧版" in old and 'data-dialog="dialog-confirm"' not in old
    for file, kind in (("pdf", "application/pdf"), ("export.xlsx", "spreadsheetml"), ("signed.zip", "application/zip")):
        answer = office.get(f"/settlements/statements/{one.number}/v/2/{file}")
        assert answer.status_code == 200 and kind in answer["Content-Type"]
    shown(office, f"/settlements/statements/{one.number}/v/9/", 404)


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
    assert signed_in(scene.finance).post("/settlements/begin", {"package": "x"}).status_code == 404
    nobody = signed_in(referrals.actor(scene.budget.claims.people.county.other_hospital, "insurance_office", AT))
    for address in (f"/settlements/{settlement.number}/", f"/settlements/{settlement.number}/cash.xlsx", "/settlements/told/yunxi/2026/"):
        shown(nobody, address, 404)


def test_a_year_from_the_page(scene):
    finance, head, bureau = (signed_in(one) for one in (scene.finance, scene.head, scene.bureau))
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


def test_told_and_taken_back_from_the_page(scene):
    finance, address = signed_in(scene.finance), "/settlements/told/yunxi/2026/"
    hospital = scene.budget.claims.hospital
    for given, words in (({"institution": hospital, "name": "score", "value": "101", "document": "通报"}, "0 和 100"), ({"institution": hospital, "name": "score", "value": "90"}, "依据"), ({"name": "heads", "value": "9", "document": "年报"}, "选择机构")):
        refused = finance.post(f"{address}fact", given, HTTP_HX_REQUEST="true")
        assert refused.status_code == 422 and words in refused.content.decode(), words
    assert finance.post(f"{address}fact", {"institution": hospital, "name": "score", "value": "90", "document": "考核通报", "file": SimpleUploadedFile("通报.pdf", b"%PDF-1.4 y")}).status_code == 302
    assert finance.post(f"{address}fact", {"institution": hospital, "name": "score", "value": "95", "document": "复核通报"}).status_code == 302
    first, second = MemberFact.objects.order_by("id")
    assert ">95<" in shown(finance, address) and ">90<" not in shown(finance, address)
    member = shown(finance, f"{address}of/{hospital}/")
    assert "复核通报" in member and "通报.pdf" in member
    assert finance.get(f"/settlements/facts/{first.pk}/file").content == b"%PDF-1.4 y"
    assert finance.post(f"/settlements/facts/{second.pk}/take_back", {"because": ""}).status_code == 422
    assert finance.post(f"/settlements/facts/{second.pk}/take_back", {"because": "看错了"}).status_code == 302
    assert ">90<" in shown(finance, address)
    stale = finance.post(f"/settlements/facts/{second.pk}/take_back", {"because": "再来"})
    assert stale.status_code == 409
    assert signed_in(scene.bureau).post(f"/settlements/facts/{second.pk}/take_back", {"because": "x"}).status_code == 403
    work = {"kind": "expert", "giver": hospital, "receiver": scene.budget.claims.township, "count": "1", "amount": "1000", "done_on": "2026-05-01", "document": "台账"}
    assert finance.post(f"{address}work", {**work, "amount": ""}).status_code == 422
    assert finance.post(f"{address}work", work).status_code == 302
    row = Work.objects.get()
    assert finance.post(f"/settlements/work/{row.pk}/correct", {"because": "记错"}).status_code == 302
    for missing in (f"{address}of/999999/", "/settlements/told/nowhere/2026/"):
        shown(finance, missing, 404)

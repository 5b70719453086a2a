"""A line traced down to bills, facts and work; versions beside each other; facts told and taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.kernel.money import Money
from yilianti.settlement.distribution import actions, sources
from yilianti.settlement.distribution.models import MemberFact, Work
from yilianti.settlement.distribution.tests import factories
from yilianti.settlement.distribution.tests.factories import AT
from yilianti.settlement.distribution.tests.visiting import scored, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> factories.Scene:
    return factories.scene()


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
    row = actions.work(actor=scene.finance, consortium=scene.package.consortium, kind="expert", giver=scene.budget.claims.hospital, receiver=township, item="", count=1, amount=Money.yuan("1000"), done_on=date(2026, 7, 3), document="手术台账", at=AT)
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


def test_told_and_taken_back_from_the_page(scene):
    finance, address = signed_in(scene.finance), "/settlements/told/yunxi/2026/"
    hospital = scene.budget.claims.hospital
    for given, words in (({"institution": hospital, "name": "score", "value": "101", "document": "通报"}, "0 和 100"), ({"institution": hospital, "name": "score", "value": "90"}, "依据"), ({"name": "heads", "value": "9", "document": "年报"}, "选择机构")):
        refused = finance.post(f"{address}fact", given, HTTP_HX_REQUEST="true")
        assert refused.status_code == 422 and words in refused.content.decode(), words
    assert finance.post(f"{address}fact", {"institution": hospital, "name": "score", "value": "90", "document": "考核通报", "file": SimpleUploadedFile("通报.pdf", b"%PDF-1.4 y")}).status_code == 302
    assert finance.post(f"{address}fact", {"institution": hospital, "name": "score", "value": "95", "document": "复核通报"}).status_code == 302
    first, second = MemberFact.objects.order_by("id")
    assert ">95<" in shown(finance, f"{address}?text=云溪县医院")
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

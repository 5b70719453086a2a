"""Pages of the package: the list, one at a glance, months down to the bills, forms that lose nothing, steps by those who may, files and prints."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from yilianti.care.referral.tests import factories as referrals
from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.registry.access.models import AccessLog
from yilianti.registry.institutions.models import Consortium
from yilianti.settlement.budget import actions
from yilianti.settlement.budget.models import Instalment, Package, Payment, Reckoning, SetAside
from yilianti.settlement.budget.tests import factories
from yilianti.settlement.fund import api as fund

pytestmark = pytest.mark.django_db
TYPED = {"consortium": "yunxi", "year": "2026", "fund": "resident", "persons": "1,000", "funding": " 1,000,000.00 ", "risk": "50000", "catastrophic": "30000", "document": "云医保发〔2026〕3 号"}


@pytest.fixture
def at() -> datetime:
    return timezone.now().replace(year=2026, month=11, day=18)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def cells(answer: Any, sheet: int = 0) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(b"".join(answer))).worksheets[sheet].iter_rows()]


def test_the_list_is_empty_then_narrowed(at: datetime) -> None:
    scene = factories.scene(at)
    finance, bureau, other = signed_in(scene.finance), signed_in(scene.bureau), signed_in(scene.claims.people.stranger)
    assert "还没有包干总额" in text(finance.get("/budget/")) and "起草" in text(finance.get("/budget/")) and "/budget/new" not in text(bureau.get("/budget/"))
    package = factories.fixed(scene, at)
    factories.billed(scene, at, month=1)
    factories.reckoned(scene, package, at, 1)
    page = text(bureau.get("/budget/"))
    assert package.number in page and "874,000.00" in page and "2026-01" in page and "年末预计" in page
    for narrowed, there in (("state=fixed", True), ("state=drafted", False), ("year=2026", True), ("year=2025", False), ("fund=employee", False), ("state=x&year=y&fund=z", True)):
        assert (package.number in text(bureau.get(f"/budget/?{narrowed}"))) is there, narrowed
    assert other.get("/budget/").status_code == 403


def test_a_branch_sees_the_package_and_its_own_lines_only(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    mine = factories.billed(scene, at, "T1", scene.claims.township, 1, actor=scene.claims.township_office)
    theirs = factories.billed(scene, at, "S1", month=1, admitted_on=date(2026, 1, 20), discharged_on=date(2026, 1, 25))
    factories.reckoned(scene, package, at, 1)
    branch, whole = signed_in(scene.claims.township_office), signed_in(scene.finance)
    assert "874,000.00" in text(branch.get(f"/budget/{package.number}/"))
    page = text(branch.get(f"/budget/{package.number}/months/2026-01/"))
    assert mine.number in page and theirs.number not in page and "只列本机构及下级的费用" in page and "I20" in page
    page = text(whole.get(f"/budget/{package.number}/months/2026-01/"))
    assert mine.number in page and theirs.number in page and "I20" not in page, "没有费用权限的财务看不到病种"
    assert [row[1] for row in cells(branch.get(f"/budget/{package.number}/ledger.xlsx"))][1:] == [mine.number]


def test_a_year_at_a_glance(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    factories.billed(scene, at, month=1)
    factories.billed(scene, at, "C1", scene.city.pk, 2)
    factories.reckoned(scene, package, at, 1, 2)
    page = text(signed_in(scene.bureau).get(f"/budget/{package.number}/"))
    for said in ("筹资总额", "风险基金", "按比例留下和不纳入的", "包干总额", "县外就医", "剩余", "course-band", "在路径内", "人均筹资", "第 4 期", "另一种读法", "合计超过了可扣的部分", "核定依据：云医共体决〔2026〕1 号", "settlement.budget.base"):
        assert said in page, said
    assert "catastrophic" not in page and not re.search(r">[^<>]*\b\d{4,}\.\d\d\b", page), "facts and steps in words, money in thousands"
    assert "dialog-pay" in page and "dialog-set_aside" in page and "/revise" in page and "dialog-fix" not in page
    leakage = text(signed_in(scene.finance).get(f"/budget/{package.number}/leakage?month=2026-02"))
    assert "I20" in leakage and "柳河卫生院" in leakage and "100.00%" in leakage
    assert "没有记入县外就医" in text(signed_in(scene.finance).get(f"/budget/{package.number}/leakage?month=2026-01"))


def test_what_keeps_a_month_from_being_reckoned_is_said(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    client = signed_in(scene.finance)
    assert "不能核算" not in text(client.get(f"/budget/{package.number}/"))
    Consortium.objects.filter(pk=package.consortium_id).update(region="")
    assert "没有登记行政区划代码，不能核算" in text(client.get(f"/budget/{package.number}/"))
    assert actions.reckon_due(at=at) == 0 and client.post(f"/budget/{package.number}/reckon_month", {"month": "2026-01"}).status_code == 422


def test_statements_do_not_grow(at: datetime, django_assert_max_num_queries: Any) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    factories.billed(scene, at, month=1)
    factories.reckoned(scene, package, at, *range(1, 11))
    client = signed_in(scene.bureau)
    client.get("/budget/")
    for address, most in ((f"/budget/{package.number}/", 30), ("/budget/", 13), ("/budget/pile", 11), (f"/budget/{package.number}/leakage", 13), (f"/budget/{package.number}/months/2026-01/", 16)):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200


def test_a_draft_is_typed_and_nothing_is_lost_when_refused(at: datetime) -> None:
    scene = factories.scene(at)
    client = signed_in(scene.finance)
    form = text(client.get("/budget/new?year=2026"))
    assert "筹资总额（元）" in form and "参保人数（人）" in form and "两种读法" in form and "没有请填 0" in form and 'name="income"' not in form
    refused = client.post("/budget/new", {**TYPED, "risk": "990000", "catastrophic": ""})
    assert refused.status_code == 422 and "请填写大病保险筹资" in text(refused) and 'value="990000"' in text(refused)
    refused = client.post("/budget/new", {**TYPED, "risk": "990000"})
    assert refused.status_code == 422 and "请核对 风险基金（元）、大病保险筹资（元）" in text(refused) and 'value="1,000"' in text(refused) and "云医保发" in text(refused)
    assert not Package.objects.exists()
    assert client.post("/budget/new", TYPED).status_code == 302
    package = Package.objects.get()
    assert package.facts == {"persons": "1000", "funding": "1000000.00", "risk": "50000", "catastrophic": "30000"} and package.fen == factories.TOTAL
    assert "已有总额" in text(client.post("/budget/new", TYPED))
    assert "没有 settlement.budget.base" in text(client.get("/budget/new?year=2020")) and "应是四位数" in text(client.get("/budget/new?year=x"))
    health = text(client.get("/budget/new?year=2025&fund=public_health"))
    assert "人均补助标准 99.00 元" in health and 'name="funding"' not in health


def test_a_draft_is_amended_fixed_revised(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.drafted(scene, at)
    finance, bureau = signed_in(scene.finance), signed_in(scene.bureau)
    address = f"/budget/{package.number}"
    assert 'value="50000.00"' in text(finance.get(f"{address}/amend")) and bureau.get(f"{address}/amend").status_code == 403
    typed = {name: value for name, value in TYPED.items() if name not in ("consortium", "year", "fund")}
    assert finance.post(f"{address}/amend", {**typed, "risk": "60000", "version": "1"}).status_code == 302
    stale = finance.post(f"{address}/amend", {**typed, "version": "1"})
    assert stale.status_code == 422 and "您看到的是第 1 版" in text(stale)
    page = text(bureau.get(f"{address}/"))
    assert "dialog-fix" in page and "50000.00 → 60000" in page
    assert bureau.post(f"{address}/fix", {"resolution": "", "version": "2"}).status_code == 422
    assert finance.post(f"{address}/fix", {"resolution": "决议", "version": "2"}).status_code == 403
    assert bureau.post(f"{address}/fix", {"resolution": "决议", "version": "2"}).status_code == 302
    assert finance.get(f"{address}/amend").status_code == 409
    assert "现在 864,500.00 元" in text(bureau.get(f"{address}/revise"))
    refused = bureau.post(f"{address}/revise", {**typed, "version": "3", "resolution": "决议二"})
    assert refused.status_code == 422 and "请填写调整的原因" in text(refused)
    assert bureau.post(f"{address}/revise", {**typed, "version": "3", "resolution": "决议二", "because": "筹资到账数变了"}).status_code == 302
    assert Package.objects.get().fen == factories.TOTAL and "筹资到账数变了" in text(finance.get(f"{address}/"))


def test_the_advance_and_overspend_at_the_page(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    factories.billed(scene, at, month=1)
    bureau, finance = signed_in(scene.bureau), signed_in(scene.finance)
    address, due = f"/budget/{package.number}", Instalment.objects.get(number=1)
    paid = {"instalment": "1", "amount": f"{due.fen // 100}.{due.fen % 100:02d}", "voucher": "PZ1", "paid_on": "2026-01-09"}
    assert bureau.post(f"{address}/pay", {**paid, "amount": "0"}).status_code == 422 and bureau.post(f"{address}/pay", {**paid, "instalment": "7"}).status_code == 422
    assert finance.post(f"{address}/pay", paid).status_code == 403 and bureau.post(f"{address}/pay", paid).status_code == 302
    assert "已付清" in text(finance.get(f"{address}/"))
    assert bureau.post(f"{address}/correct_payment", {"payment": Payment.objects.get().pk, "because": "金额录错"}).status_code == 302
    assert "金额录错" in text(bureau.get(f"{address}/"))
    assert finance.post(f"{address}/reckon_month", {"month": "2026-02"}).status_code == 422 and finance.post(f"{address}/reckon_month", {"month": "二月"}).status_code == 422
    assert finance.post(f"{address}/reckon_month", {"month": "2026-01"}).status_code == 302 and Reckoning.objects.count() == 1
    assert bureau.post(f"{address}/set_aside", {"amount": "10.00", "because": "目录调整", "document": "云医保发〔2026〕7 号"}).status_code == 302
    assert bureau.post(f"{address}/withdraw_set_aside", {"row": SetAside.objects.get().pk, "because": "重复"}).status_code == 302
    assert SetAside.objects.count() == 2


def test_files_and_paper(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    claim = factories.billed(scene, at, month=1)
    factories.reckoned(scene, package, at, 1)
    client = signed_in(scene.bureau)
    rows = cells(client.get(f"/budget/{package.number}/months.xlsx"), 1)
    assert rows[1][0] == "2026-01" and float(rows[1][2]) * 100 == claim.basic and len(rows) == 2  # noqa: RUF069
    assert len(cells(client.get(f"/budget/{package.number}/months.xlsx"), 2)) == 5
    assert [row[1] for row in cells(client.get(f"/budget/{package.number}/ledger.xlsx"))] == ["费用编号", claim.number]
    assert AccessLog.objects.filter(resident=scene.claims.resident, purpose="导出总额记账明细").exists()
    assert "医保局签名" in text(client.get(f"/budget/{package.number}/print"))


def test_who_is_elsewhere_finds_nothing(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    other = signed_in(referrals.actor(scene.claims.people.county.other_hospital, "insurance_bureau", at))
    for address in ("", "print", "leakage", "months.xlsx", "ledger.xlsx", "months/2026-01/", "revise"):
        assert other.get(f"/budget/{package.number}/{address}").status_code == 404, address
    assert other.post(f"/budget/{package.number}/fix", {"resolution": "x", "version": "1"}).status_code == 404
    assert signed_in(scene.bureau).get(f"/budget/{package.number}/months/2026-01/").status_code == 404


def test_the_start_page_says_what_waits(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.drafted(scene, at)
    finance = signed_in(scene.finance)
    if timezone.localdate().year == package.year:
        assert "等医保局核定" in text(finance.get("/budget/pile"))
        actions.fix(actor=scene.bureau, number=package.number, resolution="决议", at=at)
        assert "可以核算" in text(finance.get("/budget/pile"))
    else:
        assert "还没有包干总额" in text(finance.get("/budget/pile"))


def test_a_formula_that_looks_back_asks_for_each_year(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = fund.BaseRule(fund.Base.MEAN, years=2, excluded=("疫苗款",), policy_ref="settlement.budget.base@2026-01-01#试验")
    monkeypatch.setattr("yilianti.settlement.fund.api.base_rule", lambda scope, day: rule)
    scene = factories.scene(at)
    client = signed_in(scene.finance)
    form = text(client.get("/budget/new?year=2026"))
    assert "前几年支出 2024 年（元）" in form and "前几年支出 2025 年（元）" in form and "不纳入：疫苗款" in form and "两种读法" not in form
    typed = {"consortium": "yunxi", "year": "2026", "fund": "resident", "persons": "100", "paid_0": "100", "paid_1": "1.005", "growth": "5.5", "excluded_3": "3", "document": "云医保发〔2026〕3 号"}
    refused = client.post("/budget/new", typed)
    assert refused.status_code == 422 and "前几年支出 2025 年（元） 为“1.005”" in text(refused) and "paid[1]" not in text(refused)
    assert client.post("/budget/new", {**typed, "paid_1": "300", "excluded_3": "99999"}).status_code == 422
    assert client.post("/budget/new", {**typed, "paid_1": "300"}).status_code == 302
    package = Package.objects.get()
    assert package.facts == {"persons": "100", "paid": ["100", "300"], "growth": "5.5%", "excluded": {"疫苗款": "3"}} and package.fen == 20_800
    page = text(client.get(f"/budget/{package.number}/amend"))
    assert 'value="300"' in page and 'value="5.5%"' in page and 'value="3"' in page
    assert "前几年支出（2）" in text(client.get(f"/budget/{package.number}/"))

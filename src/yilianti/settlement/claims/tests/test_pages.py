"""The pages of claims: who sees what, the list and its sums, the bill, two bills beside each other, corrections and their refusals."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from yilianti.care.referral.tests import factories as referrals
from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.registry.access.models import AccessLog
from yilianti.settlement.claims import actions, pricing_kept, queries
from yilianti.settlement.claims.models import Claim, ClaimPrice
from yilianti.settlement.claims.pricing.terms import Way
from yilianti.settlement.claims.searching import Filters
from yilianti.settlement.claims.terms import Billed
from yilianti.settlement.claims.tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at)


@pytest.fixture
def claim(scene: factories.Scene, at: datetime) -> Claim:
    return factories.filed(scene, at, factories.told(scene))[0]


def lines(claim: Claim, *yuan: str, category: str = "drug") -> list[Billed]:
    moment = timezone.make_aware(datetime(2026, 3, 2, 9))  # noqa: DTZ001 - made aware here
    return [Billed(claim.pk, f"{n}", f"X{n}", f"项目{n}", category, Decimal(1), Decimal(one), int(Decimal(one) * 100), moment) for n, one in enumerate(yuan, 1)]


def form(claim: Claim, **changes: str) -> dict[str, str]:
    given = {"version": str(claim.version), "total": "10000", "fully_own": "0", "over_limit": "0", "first_self": "500", "hospital": "0", "admitted_on": "2026-03-01", "discharged_on": "2026-03-11",
             "way": "", "department": "", "diagnoses": "I20.000", "operations": "", "because": "漏记一项检查费"}  # fmt: skip
    return given | changes


def text(response: Any) -> str:
    return str(response.content.decode())


# The list


def test_the_list_shows_masked_names_amounts_and_sums(scene: factories.Scene, claim: Claim) -> None:
    page = text(signed_in(scene.office).get("/claims/"))
    assert claim.number in page and "苏*" in page and "苏禾" not in page
    assert "10,000.00" in page and "6,300.00" in page and "3,700.00" in page
    assert queries.sums(scene.office, Filters()) == queries.Sums(1, 1_000_000, 630_000, 370_000, 0, 0)


def test_each_pile_holds_its_own(scene: factories.Scene, at: datetime) -> None:
    told = [factories.told(scene, f"S{n}", admitted_on=DAY + timedelta(days=20 * n), discharged_on=DAY + timedelta(days=20 * n + 5)) for n in range(5)]
    fine, other, off, gone, unpriced = factories.filed(scene, at, *told[:4], factories.told(scene, "S4", admitted_on=date(2026, 7, 1), discharged_on=date(2026, 7, 5), insurance="employee"))
    settled = {"fund": fine.fund - 100, "person": 1_000_000 - fine.fund + 100}
    factories.filed(scene, at, factories.told(scene, "S1", admitted_on=told[1].admitted_on, discharged_on=told[1].discharged_on, settled=settled))
    actions.charge(actor=scene.office, lines=lines(off, "9999"), at=at)
    actions.withdraw(actor=scene.office, number=gone.number, because="重新结算", at=at)
    actions.open_claim(actor=scene.office, resident=scene.resident, institution=scene.hospital, visit_number="V9", encounter="JZ9", kind="inpatient", admitted_on=DAY, discharged_on=DAY, at=at)
    in_box = {box: [row.number for row in queries.worklist(scene.office, Filters(box=box)).rows] for box in ("unpriced", "mismatch", "lines", "withdrawn")}
    assert in_box == {"unpriced": [unpriced.number], "mismatch": [other.number], "lines": [off.number], "withdrawn": [gone.number]}
    assert queries.counts(scene.office) == {"awaiting": 1, "unpriced": 1, "mismatch": 1, "lines": 1}
    assert queries.sums(scene.office, Filters()).total == 4_000_000, "what was taken back or is awaited adds nothing"
    page = text(signed_in(scene.office).get("/claims/?box=unpriced"))
    assert unpriced.number in page and fine.number not in page


def test_every_filter_narrows(scene: factories.Scene, at: datetime) -> None:
    stay, visit = factories.filed(scene, at, factories.told(scene, department="心内科", way="emergency"),
                                  factories.told(scene, "S2", kind="outpatient", admitted_on=date(2026, 5, 2), discharged_on=date(2026, 5, 2), total=20_000, first_self=0))  # fmt: skip
    for address, found in (("kind=outpatient", visit), ("kind=inpatient", stay), ("month=2026-05", visit), ("since=2026-03-11&until=2026-03-11", stay), ("way=emergency", stay), ("department=心内科", stay),
                           ("text=S2", visit), (f"text={stay.number}", stay), ("group=-", stay), (f"institution={scene.township}", None), ("text=没有这个人", None), ("group=ZZ", None)):  # fmt: skip
        page = text(signed_in(scene.office).get(f"/claims/?{address}"))
        assert {one.number for one in (stay, visit) if one.number in page} == ({found.number} if found else set()), address
    both = text(signed_in(scene.office).get("/claims/?text=苏禾&month=nonsense&since=2026-99-99&institution=x&box=nothing"))
    assert stay.number in both and visit.number in both, "what means nothing narrows nothing"


def test_pages_follow_one_another_without_gap(scene: factories.Scene, at: datetime) -> None:
    visits = [factories.told(scene, f"S{n}", kind="outpatient", admitted_on=DAY + timedelta(days=n // 3), discharged_on=DAY + timedelta(days=n // 3), total=1000, first_self=0) for n in range(10)]
    factories.filed(scene, at, *visits)
    seen, after = [], ""
    while True:
        part = queries.worklist(scene.office, Filters(), after, size=3)
        seen += [row.pk for row in part.rows]
        if not (after := part.next_key):
            break
    assert seen == list(Claim.objects.order_by("-discharged_on", "-id").values_list("pk", flat=True))
    assert [row.pk for row in queries.worklist(scene.office, Filters(), "nonsense~x").rows][:3] == seen[:3]


def test_a_longer_list_costs_no_more_statements(scene: factories.Scene, at: datetime, claim: Claim, django_assert_max_num_queries: Any) -> None:
    client = signed_in(scene.office)
    client.get("/claims/")
    with django_assert_max_num_queries(16) as first:
        client.get("/claims/")
    told = [factories.told(scene, f"T{n}", kind="outpatient", admitted_on=DAY, discharged_on=DAY, total=1000, first_self=0) for n in range(12)]
    factories.filed(scene, at, *told)
    with django_assert_max_num_queries(len(first.captured_queries)):
        client.get("/claims/")


def test_the_file_has_no_names_and_says_who_took_it(scene: factories.Scene, claim: Claim) -> None:
    sent = signed_in(scene.office).get("/claims/export.xlsx", {"kind": "inpatient"})
    book = load_workbook(io.BytesIO(b"".join(sent.streaming_content)))  # type: ignore[attr-defined]
    rows = list(book["费用"].iter_rows(values_only=True))
    head, row = rows[0], dict(zip(rows[0], rows[1], strict=True))
    assert len(rows) == 2 and head[0] == "费用编号" and row["费用编号"] == claim.number
    assert (row["总费用（元）"], row["基金（元）"], row["个人（元）"], row["没有算出的原因"]) == (10000, 6300, 3700, None)
    assert not any("苏禾" in str(cell) for one in rows for cell in one)
    about = dict(book["说明"].iter_rows(values_only=True))
    assert about["类别"] == "住院" and scene.office.name in about["导出人"]
    assert AccessLog.objects.filter(resident=scene.resident, purpose__contains="导出费用清单").count() == 1


# One bill


def test_the_bill_adds_up_and_says_every_step(scene: factories.Scene, claim: Claim) -> None:
    page = text(signed_in(scene.office).get(f"/claims/{claim.number}/"))
    for said in ("基金支付", "6,300.00", "个人负担", "3,700.00", "政策范围内费用", "总费用 10000.00", "起付线", "70%", "/policies/ref/?ref=settlement.benefit.inpatient"):
        assert said in page, said
    widths = [int(width) for width in re.findall(r'width="(\d+)" height="10"', page)]
    assert widths == [6300, 3700]
    assert AccessLog.objects.filter(resident=scene.resident, purpose__contains=claim.number).exists()


def test_the_bill_says_why_there_is_no_price_and_what_to_do(scene: factories.Scene, at: datetime) -> None:
    (claim,) = factories.filed(scene, at, factories.told(scene, insurance="employee"))
    page = text(signed_in(scene.office).get(f"/claims/{claim.number}/"))
    assert "平台现有的待遇政策只管城乡居民医保" in page and "以医保已结的为准" in page and "怎样算出来的" not in page


def test_the_bill_lays_the_insurers_settlement_beside_ours(scene: factories.Scene, at: datetime) -> None:
    (claim,) = factories.filed(scene, at, factories.told(scene, settled={"basic": 600_000, "fund": 600_000, "person": 400_000}))
    page = text(signed_in(scene.office).get(f"/claims/{claim.number}/"))
    assert "与医保结算对照" in page and "不一致" in page
    assert re.search(r"少</span> 300\.00", page) and re.search(r"多</span> 300\.00", page)


def test_foreign_and_missing_claims_are_not_found_alike(scene: factories.Scene, claim: Claim, at: datetime) -> None:
    stranger = signed_in(referrals.actor(scene.people.county.other_hospital, "insurance_office", at))
    township = signed_in(scene.township_office)
    for path in ("", "print", "charges", "group", "beside", "unreferred"):
        for client in (stranger, township):
            assert client.get(f"/claims/{claim.number}/{path}").status_code == 404, path
        assert signed_in(scene.bureau).get(f"/claims/{claim.number}/{path}").status_code == 200, path
    for verb in ("correct", "withdraw"):
        assert stranger.post(f"/claims/{claim.number}/{verb}", form(claim)).status_code == 404
        assert signed_in(scene.bureau).post(f"/claims/{claim.number}/{verb}", form(claim)).status_code == 403
    assert signed_in(scene.people.township).get("/claims/").status_code == 403


def test_the_bureau_puts_bills_of_outside_hospitals_right(scene: factories.Scene, at: datetime) -> None:
    outside = scene.people.county.other_hospital
    outside.connected = False
    outside.save()
    (claim,) = factories.filed(scene, at, factories.told(scene, institution=outside.id), actor=scene.bureau)
    assert claim.region == scene.bureau.scope.region
    client = signed_in(scene.bureau)
    assert "dialog-correct" in text(client.get(f"/claims/{claim.number}/")) and "dialog-withdraw" in text(client.get(f"/claims/{claim.number}/"))
    assert client.post(f"/claims/{claim.number}/correct", form(claim, total="10001")).status_code == 302
    assert client.post(f"/claims/{claim.number}/withdraw", {"because": "外院退费"}).status_code == 302
    assert [one.change for one in claim.versions.order_by("version")][1:] == ["corrected", "withdrawn"]
    assert signed_in(scene.office).post(f"/claims/{claim.number}/correct", form(claim)).status_code == 404


def test_buttons_are_those_of_the_post(scene: factories.Scene, claim: Claim) -> None:
    assert "dialog-correct" in text(signed_in(scene.office).get(f"/claims/{claim.number}/"))
    assert "dialog-correct" not in text(signed_in(scene.bureau).get(f"/claims/{claim.number}/"))


def test_charge_lines_come_by_category_and_in_pages(scene: factories.Scene, claim: Claim, at: datetime) -> None:
    actions.charge(actor=scene.office, lines=[*lines(claim, *["1.25"] * 60)], at=at)
    client = signed_in(scene.office)
    first = text(client.get(f"/claims/{claim.number}/charges"))
    assert "项目50" in first and "项目51" not in first and "后面的明细" in first
    after = re.search(r"after=(\d+)", first)
    assert after and "项目51" in text(client.get(f"/claims/{claim.number}/charges?after={after[1]}"))
    assert "项目1<" not in text(client.get(f"/claims/{claim.number}/charges?category=service"))
    assert "明细合计与总费用不符" in text(client.get(f"/claims/{claim.number}/"))


def test_paper_speaks_plainly(scene: factories.Scene, claim: Claim, at: datetime) -> None:
    actions.charge(actor=scene.office, lines=lines(claim, "8000", "2000"), at=at)
    page = text(signed_in(scene.office).get(f"/claims/{claim.number}/print"))
    assert "您这次住院一共花了 10,000.00 元，其中医保等基金付 6,300.00 元（约 63%），您自己付 3,700.00 元。" in page
    assert "项目1" in page and "项目2" in page


# Corrections


def test_a_correction_makes_a_version_and_a_new_price(scene: factories.Scene, claim: Claim) -> None:
    client = signed_in(scene.office)
    sent = client.post(f"/claims/{claim.number}/correct", form(claim, total="12000.50"), headers={"HX-Request": "true"})
    assert (sent.status_code, sent.headers["HX-Redirect"]) == (204, f"/claims/{claim.number}/")
    claim.refresh_from_db()
    assert (claim.version, claim.total) == (2, 1_200_050) and claim.fund + claim.person == claim.total
    page = text(client.get(f"/claims/{claim.number}/"))
    assert "漏记一项检查费" in page and "总费用：10,000.00 → 12,000.50" in page and scene.office.name in page


@pytest.mark.parametrize(("changes", "said"), [
    ({"because": ""}, "请写明更正的原因"), ({"total": "1.234"}, "总费用最多两位小数"), ({"total": "-1"}, "总费用不能小于 0"), ({"total": "很多"}, "总费用要写成数字"), ({"total": ""}, "请填写总费用"),
    ({"discharged_on": "2026-02-01"}, "早于入院日期"), ({"first_self": "20000"}, "小于全自费"), ({}, "没有更正"), ({"admitted_on": "昨天"}, "入院（就诊）日期的写法应为"), ({"discharged_on": "2999-01-01"}, "还没有到"),
    ({"diagnoses": "I20.000 " + "A" * 40}, "不像诊断编码"), ({"operations": "支架"}, "不像手术操作编码"), ({"total": "900000000.00"}, "过大"),
])  # fmt: skip
def test_a_wrong_correction_is_refused_with_a_sentence(scene: factories.Scene, claim: Claim, changes: dict[str, str], said: str) -> None:
    sent = signed_in(scene.office).post(f"/claims/{claim.number}/correct", form(claim, **changes), headers={"HX-Request": "true"})
    assert sent.status_code == 422 and said in text(sent)
    claim.refresh_from_db()
    assert claim.version == 1


def test_who_comes_second_is_told(scene: factories.Scene, claim: Claim) -> None:
    client = signed_in(scene.office)
    client.post(f"/claims/{claim.number}/correct", form(claim, total="11000"))
    sent = client.post(f"/claims/{claim.number}/correct", form(claim, total="12000"), headers={"HX-Request": "true"})
    assert sent.status_code == 409 and "刚被别人更正" in text(sent)
    claim.refresh_from_db()
    assert claim.total == 1_100_000


def test_a_changed_bill_drops_what_was_settled_of_the_old_one(scene: factories.Scene, at: datetime) -> None:
    (claim,) = factories.filed(scene, at, factories.told(scene, settled={"fund": 630_000, "person": 370_000}))
    client = signed_in(scene.office)
    client.post(f"/claims/{claim.number}/correct", form(claim, department="心内科"))
    claim.refresh_from_db()
    assert claim.insured_fund == 630_000, "nothing about money has changed"
    client.post(f"/claims/{claim.number}/correct", form(claim, department="心内科", total="11000"))
    claim.refresh_from_db()
    assert (claim.version, claim.insured_fund) == (3, None)


def test_a_withdrawn_claim_stays_to_be_read(scene: factories.Scene, claim: Claim) -> None:
    client = signed_in(scene.office)
    assert client.post(f"/claims/{claim.number}/withdraw", {"because": ""}, headers={"HX-Request": "true"}).status_code == 422
    assert client.post(f"/claims/{claim.number}/withdraw", {"because": "退费重结"}).status_code == 302
    page = text(client.get(f"/claims/{claim.number}/"))
    assert "已作废" in page and "退费重结" in page and "dialog-correct" not in page
    assert client.post(f"/claims/{claim.number}/withdraw", {"because": "再来"}, headers={"HX-Request": "true"}).status_code == 409


# Beside each other


def pair(scene: factories.Scene, at: datetime) -> tuple[Claim, Claim]:
    """The same bill twice in a year, once referred, once not."""
    return tuple(factories.filed(scene, at, factories.told(scene, way="referred"), factories.told(scene, "S2", admitted_on=date(2026, 5, 1), discharged_on=date(2026, 5, 11), way="direct")))  # type: ignore[return-value]


def test_two_bills_stand_beside_each_other(scene: factories.Scene, at: datetime) -> None:
    referred, direct = pair(scene, at)
    client = signed_in(scene.bureau)
    page = text(client.get(f"/claims/side-by-side/?left={referred.number}&right={direct.number}"))
    more = f"{(direct.person - referred.person) / 100:,.2f}"
    assert f"个人多付 {more} 元。" in page and "经转诊" in page and "未转诊未备案" in page and "is-differing" in page
    assert client.get(f"/claims/side-by-side/?left={referred.number}&right=FY0").status_code == 404
    assert client.get("/claims/side-by-side/").status_code == 404
    assert signed_in(scene.township_office).get(f"/claims/side-by-side/?left={referred.number}&right={direct.number}").status_code == 404


def test_bills_to_lay_beside_are_of_the_same_person_or_illness(scene: factories.Scene, at: datetime) -> None:
    referred, direct = pair(scene, at)
    page = text(signed_in(scene.bureau).get(f"/claims/{referred.number}/beside"))
    assert direct.number in page and "同一人的" in page


def test_without_a_referral_is_reckoned_and_nothing_is_written(scene: factories.Scene, at: datetime) -> None:
    referred, direct = pair(scene, at)
    before = ClaimPrice.objects.count()
    found = pricing_kept.otherwise(referred, Way.DIRECT, at)
    assert (found["person"], found["fund"]) == (direct.person, direct.fund), "the second stay of the year has the same line here"
    page = text(signed_in(scene.bureau).get(f"/claims/{referred.number}/unreferred"))
    assert "个人要多付" in page and ClaimPrice.objects.count() == before
    referred.refresh_from_db()
    assert referred.way == "referred"


def test_a_client_without_sign_in_is_sent_to_sign_in(claim: Claim) -> None:
    assert Client().get(f"/claims/{claim.number}/").status_code == 302

"""Pages of the simulator: empty, a form that names every value, a scenario kept, beside others, taken out, put away; one year beside another."""

from __future__ import annotations

import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.settlement.distribution import actions
from yilianti.settlement.distribution.models import Scenario, Settlement
from yilianti.settlement.distribution.tests import factories
from yilianti.settlement.distribution.tests.factories import AT

pytestmark = pytest.mark.django_db
LIST = "/settlements/scenarios/"


@pytest.fixture
def scene() -> factories.Scene:
    return factories.scene()


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def kept(scene: factories.Scene, settlement: Settlement, name: str = "人均加 10 元", **changes: str) -> Scenario:
    return actions.keep(actor=scene.finance, number=settlement.number, name=name, changes=changes or {"funding_per_head": "1010"}, assumed={}, at=AT)


def test_empty_then_listed_searched_and_put_away(scene: factories.Scene) -> None:
    finance, office = signed_in(scene.finance), signed_in(scene.office)
    assert "还没有可以模拟的年度" in page(finance, LIST)
    settlement = factories.reckoned(scene)
    assert "还没有方案" in page(finance, LIST) and f"settlement={settlement.number}" in page(finance, LIST)
    one = kept(scene, settlement)
    assert one.name in page(finance, LIST) and one.name in page(finance, f"{LIST}?text=10 元") and "没有找到" in page(finance, f"{LIST}?text=别的")
    assert office.get(LIST).status_code == 403 and office.get(f"{LIST}{one.number}/").status_code == 403
    assert finance.post(f"{LIST}{one.number}/archive").status_code == 302
    assert one.name not in page(finance, LIST) and one.name in page(finance, f"{LIST}?archived=1") and "已归档" in page(finance, f"{LIST}{one.number}/")
    assert finance.post(f"{LIST}{one.number}/archive").status_code == 409


def test_the_form_names_values_with_what_they_are_now(scene: factories.Scene) -> None:
    settlement = factories.reckoned(scene)
    form = page(signed_in(scene.bureau), f"{LIST}new?settlement={settlement.number}")
    for said in ("内部分配比例（云溪县）", "各方的份额 · 县级", "现在：6", "二级和县级：起付线（元）", "现在：500", "县外就医占比增减", "人均筹资", "行为假设", "不填就没有这个假设", "转诊前后的起付线", 'name="c:distribution.inner.weights.县级"', "/policies/settlement.benefit.inpatient/"):
        assert said in form, said
    assert signed_in(scene.bureau).get(f"{LIST}new?settlement=QS-NONE").status_code == 404


def test_a_scenario_from_the_form_to_its_page(scene: factories.Scene) -> None:
    settlement, finance = factories.reckoned(scene), signed_in(scene.finance)
    given = {"name": "六三一改五三二", "c:distribution.inner.weights.县级": "5", "c:distribution.inner.weights.村级": "2", "c:spending.outside": "+3%", "c:distribution.expert.weights.基层机构": ""}
    answer = finance.post(f"{LIST}of/{settlement.number}/keep", given, HTTP_HX_REQUEST="true")
    one = Scenario.objects.get()
    assert answer["HX-Redirect"] == f"{LIST}{one.number}/" and one.changes == [["spending.outside", "+3%"], ["distribution.inner.weights.县级", "5"], ["distribution.inner.weights.村级", "2"]]
    shown = page(finance, f"{LIST}{one.number}/")
    for said in ("六三一改五三二", "内部分配比例（云溪县） · 各方的份额 · 县级", "为什么变", "平台定义", "结构", "bars-svg", "云溪县医院", "哪些步骤变了"):
        assert said in shown, said
    again = page(finance, f"{LIST}new?settlement={settlement.number}&like={one.number}")
    assert 'value="六三一改五三二（改）"' in again and 'value="5"' in again and "改了 2 项" in again


def test_a_fault_is_said_where_it_is_and_nothing_is_kept(scene: factories.Scene) -> None:
    settlement, finance = factories.reckoned(scene), signed_in(scene.finance)
    answer = finance.post(f"{LIST}of/{settlement.number}/keep", {"name": "甲", "c:budget.base.share": "90"}, HTTP_HX_REQUEST="true")
    assert answer.status_code == 422 and "带百分号" in answer.content.decode()
    said = finance.post(f"{LIST}of/{settlement.number}/keep", {"name": "甲", "c:outside_share": "abc"}, HTTP_HX_REQUEST="true").content.decode()
    assert "县外就医占比增减（百分点）”为“abc”" in said and "outside_share 为" not in said
    assert finance.post(f"{LIST}of/{settlement.number}/keep", {"name": "", "c:score": "90"}, HTTP_HX_REQUEST="true").status_code == 422
    assert finance.post(f"{LIST}of/{settlement.number}/keep", {"name": "甲", "a:returned_cost": "80%", "c:funding_per_head": "1010"}, HTTP_HX_REQUEST="true").status_code == 422
    assert not Scenario.objects.exists()


def test_an_assumption_is_marked_wherever_the_scenario_is_shown(scene: factories.Scene) -> None:
    settlement, finance = factories.reckoned(scene), signed_in(scene.finance)
    one = actions.keep(actor=scene.finance, number=settlement.number, name="省两成", changes={"distribution.inner.weights.县级": "5"}, assumed={"saving": "20%"}, at=AT)
    for url in (f"{LIST}{one.number}/", f"{LIST}compare?s={one.number}", LIST):
        assert "假设" in page(finance, url)


def test_up_to_three_beside_the_year_as_it_was(scene: factories.Scene) -> None:
    settlement, finance = factories.reckoned(scene), signed_in(scene.finance)
    numbers = [kept(scene, settlement, f"方案{each}", funding_per_head=str(1000 + each)).number for each in range(4)]
    shown = page(finance, f"{LIST}compare?" + "&".join(f"s={one}" for one in numbers))
    assert "方案2" in shown and "方案3" not in shown and "只比较前三个" in shown and "bar-3" in shown
    assert "还没有选方案" in page(finance, f"{LIST}compare")
    again = actions.reckon(actor=scene.finance, package=scene.package, at=AT, because="得分更正") if _scored(scene) else settlement
    other = kept(scene, again, "另一次计算")
    assert "不能并排" in page(finance, f"{LIST}compare?s={numbers[0]}&s={other.number}")
    assert finance.get(f"{LIST}compare?s=MN-NONE").status_code == 404


def _scored(scene: factories.Scene) -> bool:
    factories.score(scene, scene.budget.claims.hospital, "90")
    return True


def test_taken_out_as_a_sheet(scene: factories.Scene) -> None:
    settlement, finance = factories.reckoned(scene), signed_in(scene.finance)
    one = kept(scene, settlement)
    book = load_workbook(io.BytesIO(b"".join(finance.get(f"{LIST}{one.number}/export.xlsx"))))
    rows = [[cell.value for cell in row] for row in book.active.rows]
    assert rows[0][0] == "内容" and ["合计", "总额", None, 874000, 883500, 9500, None] in rows and any(row[0] == "三因素" for row in rows)


def test_a_year_beside_itself_is_no_difference(scene: factories.Scene) -> None:
    settlement, finance = factories.reckoned(scene), signed_in(scene.finance)
    shown = page(finance, f"{LIST}years?first={settlement.number}&second={settlement.number}")
    assert "为什么变" in shown and "哪些步骤变了" not in shown
    assert "前一年" in page(finance, f"{LIST}years") and finance.get(f"{LIST}years?first=QS-NONE&second={settlement.number}").status_code == 404


def test_how_often_the_pages_ask(scene: factories.Scene) -> None:
    settlement, finance = factories.reckoned(scene), signed_in(scene.finance)
    one = kept(scene, settlement)
    for url, most in ((LIST, 24), (f"{LIST}{one.number}/", 24), (f"{LIST}new?settlement={settlement.number}", 24), (f"{LIST}compare?s={one.number}", 24)):
        with CaptureQueriesContext(connection) as asked:
            page(finance, url)
        assert len(asked) <= most, (url, len(asked))

"""政策模拟: a settled year with something changed, beside the year as it was; two scenarios compared; an assumption marked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import visitor

pytestmark = pytest.mark.browser


def test_a_scenario_is_compared_with_the_year_as_it_was(county_running: County, browser: Any) -> None:
    with visitor(browser, county_running.url, "finance") as finance:
        with step("财务打开政策模拟，从已清算的一年新建方案"):
            finance.go("/settlements/scenarios/")
            finance.sees("从哪一年开始")
            finance.press("新建方案")
            finance.sees("如果……")
        with step("县外占比降 2 个百分点，内部分配改为 5:3:2"):
            finance.page.locator("[name=name]").fill("县外降 2 个点，5:3:2")
            fill(finance, "outside_share", "-2")
            fill(finance, "distribution.inner.weights.县级", "5")
            fill(finance, "distribution.inner.weights.村级", "2")
            finance.page.evaluate("scrollTo(0, 0)")
            finance.look("scenario-new", phone=True)
            finance.press("计算并保存")
            finance.sees("为什么变")
            finance.sees("不再花在县外")
            finance.look("scenario", phone=True)
        with step("结果把相差分成结构、价格、管理，合计分毫不差"):
            rows = finance.page.locator("section[aria-label='为什么变'] tbody tr").all()
            assert rows
            for row in rows:
                *parts, whole = [fen(cell) for cell in row.locator("td.number").all_inner_texts()]
                assert sum(parts) == whole, row.inner_text()
        with step("同一方案加上假设：回流病例的费用是县外的八成"):
            finance.press("再改一改")
            finance.sees("已按")
            finance.page.locator("[name=name]").fill("同上，回流费用八成")
            finance.page.locator("[name='a:returned_cost']").fill("80%")
            finance.press("计算并保存")
            finance.sees("不是政策写的，是模拟的人给的")
        with step("转诊起付线降 100 元：全年费用重新计算"):
            finance.go("/settlements/scenarios/")
            finance.press("新建方案")
            finance.page.locator("[name=name]").fill("县级起付线降 100 元")
            fill(finance, "settlement.benefit.inpatient.rows.3.deductible", "400")
            finance.press("计算并保存")
            finance.sees("重新计算")
        with step("三个方案和实际的一年并排"):
            finance.go("/settlements/scenarios/")
            finance.look("scenarios", phone=True)
            for box in finance.page.locator("input[name=s]").all()[:3]:
                box.check()
            finance.press("比较选中的方案")
            finance.sees("各方案改了什么")
            finance.look("scenarios-compared", phone=True)
        with step("写错的名称和值，当场说明，什么也不保存"):
            finance.go("/settlements/scenarios/")
            finance.press("新建方案")
            finance.page.locator("[name=name]").fill("错的")
            fill(finance, "outside_share", "-90")
            finance.press("计算并保存")
            finance.sees("移不走")


def fill(person: Any, path: str, value: str) -> None:
    """A value of the form, its section opened first."""
    field = person.page.locator(f"[name='c:{path}']")
    if not field.is_visible():
        person.page.locator("details", has=field).locator("summary").click()
    field.fill(value)


def fen(text: str) -> int:
    """元 on the page, in fen."""
    whole, _, cents = text.strip().replace(",", "").lstrip("-").partition(".")
    return (-1 if text.strip().startswith("-") else 1) * (int(whole) * 100 + int(cents))

"""What a stay cost and who pays: a referred patient and another who came by himself with the same bill, a correction with its reason, and paper for the patient."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import visitor

pytestmark = pytest.mark.browser
ILLNESS = "心力衰竭"


def test_a_referred_and_an_unreferred_bill_side_by_side(county_running: County, browser: Any) -> None:
    with visitor(browser, county_running.url, "bureau") as bureau:
        page = bureau.page
        with step("医保局打开费用，看得到全县的合计"):
            bureau.go("/claims/?kind=inpatient")
            bureau.sees("总费用")
            bureau.look("claims-list")
        with step("打开一位经转诊患者的费用：每一步怎样算都写明"):
            bureau.go("/claims/?kind=inpatient&way=referred&text=FY")
            page.locator("#worklist tr", has_text="9,863.20").locator("a[data-row]").click()
            bureau.settle()
            bureau.sees("连续计算，视为一次住院")
            bureau.sees(ILLNESS)
            bureau.look("claims-bill")
        with step("问一句：如果没有转诊会怎样"):
            bureau.press("按未转诊算一遍")
            bureau.sees("个人要多付")
        with step("与同一种病、自己去的患者并排"):
            bureau.press("选一张单")
            page.locator(".choices li", has_text="9,863.20").locator("a", has_text="未转诊未备案").first.click()
            bureau.settle()
            bureau.sees("个人多付")
            assert page.locator(".is-differing").count() >= 4, "what differs is marked"
            bureau.look("claims-beside")


def test_a_correction_with_its_reason_and_paper(county_running: County, browser: Any) -> None:
    with visitor(browser, county_running.url, "medins") as office:
        page = office.page
        with step("医保办找到明细与总额不符的一笔"):
            office.go("/claims/?box=lines")
            page.locator("#worklist a[data-row]").last.click()
            office.settle()
            office.sees("明细合计与总费用不符")
        with step("不写原因不能更正，写明原因就成为新的一版"):
            office.press("更正")
            dialog = office.dialog()
            total = dialog.locator("[name=total]")
            before = total.input_value()
            total.fill(f"{float(before) + 22:.2f}")
            dialog.locator("[name=because]").fill("漏记一项血细胞分析")
            office.look("claims-correct")
            dialog.get_by_role("button", name="更正", exact=True).click()
            office.settle()
            office.sees("已更正，并重新计算")
            office.sees("漏记一项血细胞分析")
        with step("打印给患者的费用清单：平常话写明自己付多少"):
            office.press("打印费用清单")
            office.sees("您自己付")
            office.look("claims-print")

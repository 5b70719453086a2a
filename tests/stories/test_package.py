"""总额: the finance office drafts a package, the bureau fixes it and pays, no month is reckoned before it is over; a year in force is read down to its bills."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import visitor

pytestmark = pytest.mark.browser


def test_a_package_from_the_draft_to_its_months(county_running: County, browser: Any) -> None:
    url, year = county_running.url, date.today().year + 1  # noqa: DTZ011 - the calendar of the county that runs
    with visitor(browser, url, "finance") as finance, visitor(browser, url, "bureau") as bureau:
        with step("财务起草职工医保基金的总额；填错一格，别的不丢"):
            finance.go(f"/budget/new?year={year}&fund=employee")
            finance.sees("两种读法")
            fill(finance, {"persons": "2,000", "funding": "1,000,000.00", "risk": "990000", "catastrophic": "30000", "document": "（示例）云医保发〔2026〕8 号"})
            finance.press("保存草稿")
            finance.sees("超过了可扣的部分")
            finance.look("budget-form")
            fill(finance, {"risk": "20000"})
            finance.press("保存草稿")
            finance.sees("等医保局凭文件或决议核定")
            address = finance.page.url.removeprefix(url)
        with step("医保局核定，预付随之排出"):
            bureau.go(address)
            bureau.press("核定")
            bureau.dialog().locator("[name=resolution]").fill("（示例）云医共体决〔2026〕9 号")
            bureau.dialog().get_by_role("button", name="核定", exact=True).click()
            bureau.sees("第 4 期")
        with step("医保局登记第一期到账"):
            bureau.press("登记拨付")
            bureau.dialog().locator("[name=voucher]").fill("PZ-0109")
            bureau.dialog().get_by_role("button", name="登记拨付", exact=True).click()
            bureau.sees("已付清")
        with step("财务想核算还没有到的月份，被拒绝"):
            finance.go(address)
            finance.press("月度核算")
            finance.dialog().locator("[name=month]").fill(f"{year}-01")
            finance.dialog().get_by_role("button", name="月度核算", exact=True).click()
            finance.sees("还没有结束")
        with step("居民医保基金：看这一年的钱、路径和县外就医，再看一个月怎样算出来的"):
            finance.go(f"/budget/?year={year - 1}&fund=resident")
            finance.page.locator("a[data-row]").first.click()
            finance.sees("按参保人所在乡镇")
            finance.look("budget-package")
            finance.page.locator("table a[data-row]").first.click()
            finance.sees("怎样算出来的")
            finance.look("budget-month")


def fill(who: Any, typed: dict[str, str]) -> None:
    for name, text in typed.items():
        who.page.locator(f"form [name={name}]").last.fill(text)

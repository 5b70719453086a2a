"""家庭医生签约: signed on the screen, served, looked at as it was on a past day; teams and coverage."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import visitor

pytestmark = pytest.mark.browser


def test_signed_served_and_seen_on_a_past_day(county_running: County, browser: Any) -> None:
    url = county_running.url
    with visitor(browser, url, "village") as village, visitor(browser, url, "township") as township:
        with step("村医看签约居民：谁过期没做，谁快到期"):
            village.go("/contracts/?state=signed")
            village.sees("该做")
            village.look("contract-list", phone=True)
            told = village.page.locator("a[data-row]").last.get_attribute("href")  # the one signed longest ago
        with step("找一位没有签约的居民"):
            village.press("签约")
            village.sees("选择要签约的居民")
            number = _unsigned(village)
        with step("登记人群：高血压，写明依据；服务包重新推荐"):
            village.go(f"/contracts/new?resident={number}")
            village.press("登记人群")
            village.dialog().get_by_label("人群").select_option("hypertension")
            village.dialog().get_by_label("依据").fill("2024 年县医院出院诊断")
            village.dialog().get_by_role("button", name="登记", exact=True).click()
            village.sees("高血压患者服务包")
            village.look("contract-propose")
        with step("请居民确认：空的签名框不算"):
            village.press("请居民确认")
            village.sees("在框里签名")
            village.page.get_by_label("居民已听过或读过协议").check()
            village.press("确认签约")
            village.sees("签名框里还没有字")
        with step("居民在屏幕上签名"):
            village.page.get_by_label("居民已听过或读过协议").check()
            _sign(village)
            village.look("contract-confirm", phone=True)
            _sign(village)
            village.press("确认签约")
            village.sees("已签约，")
            village.sees("屏幕签名")
        with step("登记第一项：建立健康档案"):
            village.press("登记", within=village.page.locator("tr", has_text="建立或更新健康档案"))
            village.dialog().locator("textarea").fill("已核对身份、住址、用药，更新健康档案。")
            village.dialog().get_by_role("button", name="登记", exact=True).click()
            village.sees("已登记：建立或更新健康档案")
            village.look("contract-ledger")
        with step("看另一份签约在一个月前的样子"):
            village.go(f"{told}?on={date.today() - timedelta(days=30)}")  # noqa: DTZ011
            village.sees("当天结束时看到的履约账")
            village.look("contract-past")
        with step("转诊单上看得到签约团队"):
            village.go(f"/referrals/new?resident={number}")
            village.sees("已签约", seconds=40)
        with step("乡镇医生看团队名额与签约覆盖"):
            township.go("/contracts/teams/")
            township.sees("家庭医生团队")
            township.look("contract-teams")
            township.go("/contracts/coverage/")
            township.sees("65 岁及以上老年人")
            township.look("contract-coverage")


def _unsigned(who: Any) -> str:
    """The number of somebody in the list of those lately in care here who has no contract."""
    for link in [one.get_attribute("href") for one in who.page.locator("#found td.cell-title a").all()]:
        who.go(link)
        if not who.page.get_by_text("这位居民已有一份").count():
            return str(link).partition("resident=")[2]
    raise AssertionError("everybody here is signed already")


def _sign(who: Any) -> None:
    """Two strokes on the pad."""
    pad = who.page.locator("canvas[data-pad]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    for left, right in ((0.15, 0.45), (0.5, 0.85)):
        who.page.mouse.move(box["x"] + box["width"] * left, box["y"] + box["height"] * 0.3)
        who.page.mouse.down()
        who.page.mouse.move(box["x"] + box["width"] * (left + right) / 2, box["y"] + box["height"] * 0.75, steps=8)
        who.page.mouse.move(box["x"] + box["width"] * right, box["y"] + box["height"] * 0.35, steps=8)
        who.page.mouse.up()

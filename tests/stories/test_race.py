"""Two people of one office decide the same referral: one wins, the other is told who decided what, and when."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import Visitor, visitor

pytestmark = pytest.mark.browser


def test_the_second_is_told_who_decided(county_running: County, browser: Any) -> None:
    url = county_running.url
    with visitor(browser, url, "office") as first, visitor(browser, url, "office2") as second:
        with step("两位转诊专员打开同一张待答复的转诊单"):
            number = newest_waiting(first)
            for person in (first, second):
                person.go(f"/referrals/{number}/")
        with step("第一位接收"):
            first.press("接收")
            appointment = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=2)
            first.dialog().get_by_label("预约到院时间").fill(f"{appointment:%Y-%m-%d}T10:00")
            first.dialog().get_by_role("button", name="接收", exact=True).click()
            first.sees_state("已接收")
        with step("第二位谢绝时被告知：谁、何时、办理为什么"):
            second.press("谢绝")
            form = second.dialog()
            form.get_by_label("谢绝原因").select_option(label="暂无床位")
            form.get_by_role("button", name="谢绝", exact=True).click()
            second.settle()
            told = second.page.get_by_text(re.compile(r"云静秋已于 \d\d月\d\d日 \d\d:\d\d:\d\d 办理为“已接收”")).first
            told.wait_for()
            second.look("race-told")
        with step("刷新后两人看到同一个结果"):
            second.go(f"/referrals/{number}/")
            second.sees_state("已接收")
            assert second.page.get_by_role("button", name="谢绝", exact=True).count() == 0


def newest_waiting(office: Visitor) -> str:
    """The number at the head of the pile that waits for an answer."""
    office.go("/referrals/?box=to_answer")
    office.look("office-list")
    link = office.page.locator("main a[href*='/referrals/ZZ']").first.get_attribute("href")
    return link.rstrip("/").rsplit("/", 1)[-1]

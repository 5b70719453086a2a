"""A manager watches a figure move when the office answers, opens it down to its rows, and takes them along."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import Visitor, visitor

pytestmark = pytest.mark.browser
CHINA = ZoneInfo("Asia/Shanghai")
CARD = "platform.referral_answer_time"
#: the promise of the tile: an event is on it within five seconds
FRESH = 5.0


def test_a_manager_sees_the_figure_move_and_opens_its_rows(county_running: County, browser: Any) -> None:
    with visitor(browser, county_running.url, "manager") as manager, visitor(browser, county_running.url, "office") as office:
        with step("管理者打开工作台：每个指标有数、有分子分母、有截至时刻"):
            manager.go("/")
            answered, asked = parts(manager)
            assert asked > answered >= 0
            manager.sees("截至")
            manager.look("manager-desk", phone=True)
        with step("县医院转诊办接收一张待答复的转诊单"):
            number = accept_first(office)
        with step("管理者的指标在五秒内变了，不用刷新"):
            began = time.monotonic()
            while parts(manager)[0] <= answered:
                assert time.monotonic() - began < FRESH, f"{parts(manager)} after {FRESH} s"
                manager.page.wait_for_timeout(100)
            assert parts(manager) == (answered + 1, asked)
        with step("打开指标卡：定义、依据、各月、各机构"):
            manager.page.get_by_role("link", name="转诊答复时间", exact=True).click()
            manager.settle()
            manager.sees("没有公开文件规定算法，由本平台定义")
            manager.look("manager-indicator")
        with step("看明细：行数就是分母，刚接收的那张在里面"):
            manager.press("看明细")
            manager.sees(f"共 {asked} 行")
            manager.sees(number)
            manager.look("manager-rows")
            manager.page.get_by_label("哪些").select_option(label="未计入分子")
            manager.press("查找")
            manager.sees(f"共 {asked - answered - 1} 行")
        with step("导出 Excel"):
            with manager.page.expect_download() as taken:
                manager.page.get_by_role("link", name="导出 Excel").click()
            assert taken.value.suggested_filename.endswith(".xlsx")
        with step("转诊办看到本院自己的数"):
            office.go("/")
            office.page.locator("#figures [data-card]").first.wait_for()
            assert parts(office)[0] >= 1
            office.look("office-desk")


def parts(person: Visitor) -> tuple[int, int]:
    """(answered, to be answered) on the tile as it stands."""
    tile = person.page.locator(f'#figures [data-card="{CARD}"]')
    tile.wait_for()
    said = re.search(r"已答复 (\d+) / 应答复 (\d+)", tile.inner_text())
    assert said, tile.inner_text()
    return int(said[1]), int(said[2])


def accept_first(office: Visitor) -> str:
    """Open the most urgent referral of the desk and accept it; returns its number."""
    office.go("/")
    office.page.locator("main a[href*='/referrals/ZZ']").first.click()
    office.sees("转诊申请")
    number = office.page.url.rstrip("/").rsplit("/", 1)[-1]
    office.press("接收")
    form = office.dialog()
    form.get_by_label("预约到院时间").fill(f"{datetime.now(CHINA) + timedelta(days=1):%Y-%m-%d}T09:00")
    form.get_by_role("button", name="接收", exact=True).click()
    office.sees_state("已接收")
    return number

"""Who signs in: a second factor set up and used, another session ended, and a second administrator's role refused."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import code_of, sign_in, visitor

pytestmark = pytest.mark.browser


def test_a_second_factor_from_setting_up_to_giving_up(county_running: County, browser: Any) -> None:
    with visitor(browser, county_running.url, "township2") as doctor:
        with step("在个人菜单里打开“动态口令”，扫描二维码，输入手机上的口令"):
            doctor.go("/second-factor/")
            doctor.sees("没有启用")
            doctor.press("开始设置")
            doctor.look("second-factor-scan", phone=True)
            doctor.go("/second-factor/")
            secret = "".join(doctor.page.locator("#typed").inner_text().split())
            used = code_of(secret, -1)
            confirm(doctor, used)
        with step("收好备用码：只显示这一次"):
            codes = doctor.page.locator("#recovery li").all_inner_texts()
            assert len(set(codes)) == 10
            doctor.look("second-factor-recovery")
            doctor.go("/second-factor/")
            doctor.sees("还有 10 个备用码没有用过")
            doctor.look("second-factor-in-use")
        with step("在另一台电脑登录：密码之后要口令，用过的口令不再有效"), visitor(browser, county_running.url) as elsewhere:
            sign_in(elsewhere, "township2")
            elsewhere.look("second-factor-asked", phone=True)
            give(elsewhere, used)
            elsewhere.sees("已用过")
            give(elsewhere, code_of(secret))
            elsewhere.sees("乡镇医生工作台")
            with step("看见两处登录，结束另一处"):
                elsewhere.go("/sessions/")
                elsewhere.look("logins", phone=True)
                ends = elsewhere.page.get_by_role("region", name="正在登录").get_by_role("button", name=re.compile("^结束 "))
                ends.first.click()
                elsewhere.sees("已结束")
                doctor.go("/")
                doctor.sees("演示账号")
            with step("停用，恢复只用密码"):
                elsewhere.go("/second-factor/")
                elsewhere.press("停用")
                elsewhere.dialog().get_by_label("动态口令").fill(codes[0])
                elsewhere.dialog().get_by_role("button", name="停用", exact=True).click()
                elsewhere.sees("没有启用")


def test_nobody_holds_two_of_the_three_administrators(county_running: County, browser: Any) -> None:
    with visitor(browser, county_running.url, "security") as security:
        with step("安全管理员打开审计员的账号"):
            security.go("/access/?text=auditor")
            security.page.get_by_role("link", name=re.compile("auditor|秋立衡")).first.click()
            security.settle()
        with step("再授予“系统管理员”，被拒绝并说明出路"):
            grant = security.page.locator("#grant")
            grant.get_by_label("岗位权限").select_option(label="系统管理员")
            grant.get_by_label("作用于机构").select_option(label="县人民医院")
            security.press("授予", within=grant)
            security.sees("两者须由不同的人担任")
            security.page.locator("#grant").scroll_into_view_if_needed()
            security.look("security-refused")


def confirm(person: Any, code: str) -> None:
    person.page.get_by_role("textbox", name="动态口令").fill(code)
    person.press("确认启用")


def give(person: Any, code: str) -> None:
    person.page.get_by_role("textbox", name="动态口令").fill(code)
    person.press("登录")

"""Somebody in a county bed goes home: found on the morning's list, sent with one click, still the county's until the first visit."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import Visitor, visitor

pytestmark = pytest.mark.browser


def test_from_the_list_to_the_account(county_running: County, browser: Any) -> None:
    with visitor(browser, county_running.url, "department") as doctor:
        with step("科室医生打开可回乡名单"):
            doctor.go("/referrals/ready/")
            doctor.sees("可以回乡")
            doctor.look("department-ready")
        with step("勾上核对过的条件，这位患者就可以回乡了"):
            doctor.go("/referrals/ready/?shown=nearly&department=呼吸内科")
            line = doctor.page.locator("tr[id^=stay-]").first
            key = line.get_attribute("id")
            line.get_by_label("诊断明确、不需特殊治疗").check()
            doctor.press("核对", within=line)
            line = doctor.page.locator(f"tr#{key}")
            line.locator(".pill-ok", has_text="可以回乡").wait_for()
        with step("一点“发起下转”，单子已经填好"):
            doctor.press("发起下转", within=line)
            doctor.page.wait_for_url("**/bring_home?to=*")
            doctor.settle()
            assert doctor.page.locator("[name=to_institution]").input_value() and "慢性阻塞性肺病" in doctor.page.locator("[name=summary]").input_value()
            assert doctor.page.locator("[name=contact_phone]").input_value(), "who answers questions is named"
            doctor.look("department-bring-home")
            number = sent(doctor)
        with step("发出后仍在我方账上"):
            doctor.go("/referrals/account/")
            doctor.sees(number)
            assert doctor.page.locator("a[href^='tel:']").count()
            doctor.look("department-account")
    with visitor(browser, county_running.url, "township") as township, step("卫生院看得到县里的联系医生，手机上点号码就拨"):
        township.go(f"/referrals/{number}/")
        township.sees("有疑问找")
        assert township.page.locator("#referral a[href^='tel:']").count() == 1
        township.look()


def sent(doctor: Visitor) -> str:
    page = doctor.page
    page.locator("[name=rehabilitation]").fill("继续吸入支气管扩张剂，家庭氧疗；两周后复查血气，气促加重随时来院。")
    if page.locator("select[name=consent_basis]").count():
        page.locator("select[name=consent_basis]").select_option("signed")
    doctor.press("发出下转单")
    page.wait_for_url(re.compile(r"/referrals/ZZ[0-9-]+/$"))
    return str(page.url.rstrip("/").rsplit("/", 1)[1])

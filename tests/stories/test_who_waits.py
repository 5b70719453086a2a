"""Who waits for whom: every page says it, the inbox asks for it, and it is gone when it is done."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.test_referral_ways import begin, consent, diagnose, find_service, number_of, patients, people

pytestmark = pytest.mark.browser


def test_a_question_and_an_answer_have_their_clocks(county_running: County, browser: Any) -> None:
    with ExitStack() as windows:
        township, office = people(county_running, browser, windows, "township", "office")
        page = township.page
        with step("乡镇医生发出一张择期的意见咨询"):
            begin(township, patients(township)[-1])
            find_service(township, "胸痛", "胸痛与冠心病")
            page.get_by_label("申请服务").select_option(label="意见咨询")
            page.get_by_label("转诊指征").select_option(label="需进一步检查以明确诊断")
            diagnose(township, "gxy", "高血压")
            page.get_by_label("病情描述").fill("三种降压药足量仍 186/100 mmHg，无胸痛；想请教如何调药。")
            if page.locator("#id_override_reason").is_visible():
                page.locator("#id_override_reason").fill("只咨询，不转病人。")
            consent(township)
            township.press("提交转诊")
            township.sees_state("已提交")
            township.sees("答复，应在")
            number = number_of(township)
        with step("县医院追问一句：乡镇的待办里有它"):
            office.go(f"/referrals/{number}/")
            office.page.locator("form[action$='/say'] textarea").fill("血钾多少？")
            office.press("发送")
            office.sees("回复追问，应在")
            for _ in range(30):
                township.go("/inbox/")
                if page.get_by_text(f"转诊单 {number} 有追问，请回复").count():
                    break
                page.wait_for_timeout(1000)
            township.sees(f"转诊单 {number} 有追问，请回复")
        with step("单上写着谁在等谁，各剩多久"):
            township.go(f"/referrals/{number}/")
            township.sees("回复追问剩")
            township.look("ways-owed", phone=True)
        with step("乡镇回话，追问的时限就停了"):
            township.go(f"/referrals/{number}/")  # what looked for faults has left its marks on the page
            page.get_by_text("回复", exact=True).first.click()
            page.locator("form[action$='/say'] textarea").fill("4.1 mmol/L。")
            township.press("发送")
            township.sees("4.1 mmol/L")
            assert page.get_by_text("回复追问，应在").count() == 0
            township.sees("答复，应在")
        with step("转诊办按 24 小时内到期来看"):
            office.go("/referrals/?box=all&soon=1&sort=promise")
            office.sees("24 小时内到期")
            office.look("ways-due-soon")

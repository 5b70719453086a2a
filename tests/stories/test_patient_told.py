"""The patient is told at each step: a message that arrives, a gateway that breaks, and somebody who wants no messages."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.test_inbox import register_gateway
from tests.stories.test_referral_ways import (
    begin,
    consent,
    diagnose,
    find_service,
    in_dialog,
    moment,
    number_of,
    patients,
    people,
)
from tests.stories.visiting import Visitor
from yilianti.gateways.messaging.tests.gateways import Gateway, listening

pytestmark = pytest.mark.browser


def test_a_patient_knows_at_each_step(county_running: County, browser: Any) -> None:
    with listening() as gateway, ExitStack() as windows:
        admin, township, office = people(county_running, browser, windows, "admin", "township", "office")
        register_gateway(admin, gateway.port)
        resident = patients(township)[5]
        with step("提交后，患者收到短信：转往哪里，问谁；不写病情"):
            number = sent(township, resident)
            heard(gateway, number, "已为您申请转往")
            shows(township, "短信已发出")
        with step("接收后，患者知道几点、去哪里、带什么"):
            office.go(f"/referrals/{number}/")
            in_dialog(office, "接收", 预约到院时间=moment(days=1))
            said = heard(gateway, number, "已同意接收您")
            assert "带好身份证" in said and "咨询" not in said and not any(word in said for word in ("高血压", "I10"))
            shows(office, "短信已发出")
            office.look()
        with step("短信网关坏了：页面和通知都说没有告知到，医生打电话后登记"):
            gateway.status = 403
            in_dialog(township, "撤回", 原因="患者改在外地就医")
            shows(township, "短信未发出")
            looks(township, "ways-told-failed")
            township.page.locator("#told").get_by_role("button", name="当面已告知").first.click()
            shows(township, "于")
            shows(township, "已当面告知")
        with step("另一位不想收短信：登记下来，以后当面告知"):
            gateway.status = 200
            township.go(f"/residents/{patients(township)[6]}/")
            township.press("登记不收短信")
            township.sees("起不收短信")
            township.look()
            other = sent(township, patients(township)[6])
            shows(township, "患者不收短信")
            looks(township, "ways-told-person")
            assert not any(other in message["text"] for message in gateway.taken)


def sent(doctor: Visitor, resident: str) -> str:
    """An urgent one, so that the story may be told at night."""
    begin(doctor, resident)
    find_service(doctor, "胸痛", "胸痛与冠心病")
    doctor.page.get_by_role("radio", name="急诊", exact=True).check()
    doctor.page.get_by_label("转诊指征").select_option(label="需进一步检查以明确诊断")
    diagnose(doctor, "gxy", "高血压")
    doctor.page.get_by_label("病情描述").fill("血压 186/110 mmHg，头痛，请急诊评估。")
    consent(doctor)
    doctor.press("提交转诊")
    doctor.sees_state("已提交")
    return number_of(doctor)


def heard(gateway: Gateway, number: str, words: str, seconds: float = 30) -> str:
    """What came to the patient's telephone about this referral."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for message in gateway.taken:
            if number in message["text"] and words in message["text"]:
                return str(message["text"])
        time.sleep(0.2)
    pytest.fail(f"no message about {number} said “{words}”: {gateway.taken}")


def shows(person: Visitor, state: str) -> None:
    """The section says so, by itself."""
    person.page.locator("#told", has_text=state).first.wait_for(timeout=30_000)
    person.settle()


def looks(person: Visitor, name: str) -> None:
    """The section in sight."""
    person.page.evaluate("document.querySelector('#told').scrollIntoView()")
    person.look(name)

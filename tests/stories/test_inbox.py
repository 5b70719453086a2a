"""A task that nobody answers: the deputy gets a message, the gateway breaks and is mended, and at last the manager has it."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.stories.conftest import ROOT, County
from tests.stories.steps import step
from tests.stories.visiting import Visitor, visitor
from yilianti.gateways.messaging.tests.gateways import Gateway, listening

pytestmark = pytest.mark.browser
DEPUTY, PHONE = "林远帆", "13800000001"
#: Asked sixteen minutes ago, so that the rungs of five, ten and fifteen minutes are reached; the manager's comes with the limit.
ASK = """
import sys; from datetime import datetime; import django; django.setup()
from yilianti.registry.inbox import api as inbox; from yilianti.registry.people import api as people
office = people.Person.objects.get(name='云静秋'); place = office.posts.first().institution_id
sent, due = (datetime.fromisoformat(text) for text in sys.argv[1:])
inbox.ask(key='story:' + sys.argv[2], institution_id=place, person_id=office.pk, title='危急事项待处理，请立即查看', urgency='critical', at=sent, due_at=due)
"""


def test_an_unanswered_task_climbs_and_a_broken_gateway_is_mended(county_running: County, browser: Any) -> None:
    with listening() as gateway, visitor(browser, county_running.url, "office2") as deputy, visitor(browser, county_running.url, "admin") as admin:
        with step("管理员登记短信网关"):
            register_gateway(admin, gateway.port)
        with step("代办人确认手机号，选择危急事项用短信提醒"):
            confirm_phone(deputy, gateway)
        with step("转诊专员登记离岗"), visitor(browser, county_running.url, "office") as office:
            go_away(office)
        with step("短信网关坏了，这时来了一件危急事项"):
            gateway.status = 403
            item_comes(county_running)
        with step("代办人的每一页都有横幅；条目上看得到短信没有送到"):
            deputy.go("/referrals/")
            deputy.sees("危急事项待处理")
            deputy.press("去处理")
            reload_until(deputy, "提醒未送达")
            deputy.look("inbox-unreached", phone=True)
            item = deputy.page.url
        with step("网关修好，管理员重发，短信到了"):
            gateway.status = 200
            replay(admin)
            reload_until(deputy, "提醒已送出")
            assert any(message["to"] == PHONE and "危急待办" in message["text"] for message in gateway.taken)
            assert not any(name in message["text"] for message in gateway.taken for name in ("云静秋", DEPUTY, "云溪"))
        with step("仍无人处理，过了时限报到医共体管理者"), visitor(browser, county_running.url, "manager") as manager:
            reload_until(manager, "危急事项待处理", "/inbox/")
            manager.page.goto(item)
            manager.sees("第 4 级")
            manager.look("inbox-climbed")
        with step("代办人接手办结，横幅消失"):
            deputy.page.goto(item)
            deputy.press("我来办")
            deputy.press("标为已办")
            deputy.go("/inbox/?tab=done")
            deputy.sees("危急事项待处理")
            deputy.page.locator("#critical .alert-bar").wait_for(state="detached", timeout=10_000)


def register_gateway(admin: Visitor, port: int) -> None:
    admin.go("/outbound/destinations")
    admin.press("新增目的地")
    fields = admin.page.get_by_role("main")
    choose(fields.locator("select[name=institution]"), "县人民医院")
    fields.get_by_label("通道").select_option("sms")
    fields.get_by_label("名称").fill(f"短信网关{port}")
    fields.get_by_label("主机").fill("127.0.0.1")
    fields.get_by_label("端口").fill(str(port))
    fields.get_by_label("待办与通知").check()
    admin.look()
    admin.press("保存")
    admin.go("/outbound/destinations")
    admin.sees(f"短信网关{port}")


def choose(control: Any, words: str) -> None:
    """The first option that says so."""
    control.select_option(control.locator("option", has_text=words).first.get_attribute("value"))


def confirm_phone(deputy: Visitor, gateway: Gateway) -> None:
    deputy.go("/inbox/settings/")
    deputy.page.get_by_label("手机号").fill(PHONE)
    deputy.page.get_by_role("button", name=re.compile("发送验证码")).click()
    deputy.settle()
    until = time.monotonic() + 20
    while not gateway.taken and time.monotonic() < until:
        time.sleep(0.2)
    code = re.search(r"\d{6}", gateway.taken[-1]["text"])
    assert code, gateway.taken
    deputy.page.get_by_label("验证码").fill(code.group())
    deputy.press("确认手机号")
    deputy.page.get_by_role("group", name="危急").get_by_label("短信").check()
    deputy.press("保存")
    deputy.sees("通知设置已保存")
    deputy.look("inbox-settings")


def go_away(office: Visitor) -> None:
    now = timezone.localtime()
    office.go("/inbox/absences/")
    office.page.get_by_label("开始").fill(now.strftime("%Y-%m-%dT%H:%M"))
    office.page.get_by_label("结束").fill((now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    office.page.get_by_label("事由").fill("年休假")
    choose(office.page.locator("select[name=deputy]"), DEPUTY)
    office.press("登记离岗")
    office.sees(f"由 {DEPUTY} 代办")
    office.look("inbox-absence")


def item_comes(county: County) -> None:
    now = timezone.now()
    sent, due = (now - timedelta(minutes=16)).isoformat(), (now + timedelta(seconds=25)).isoformat()
    environ = county.environ | {"DJANGO_SETTINGS_MODULE": "yilianti.config.settings"}
    subprocess.run([sys.executable, "-c", ASK, sent, due], cwd=ROOT, env=environ, check=True, timeout=60)


def reload_until(person: Visitor, text: str, path: str = "", seconds: float = 45) -> None:
    """Look again until it is there: what the clock causes takes its seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        person.go(path) if path else person.page.reload()
        person.settle()
        if person.page.get_by_role("main").get_by_text(text).count():
            return
        person.page.wait_for_timeout(1000)
    pytest.fail(f"{text} never came on {person.page.url}")


def replay(admin: Visitor) -> None:
    admin.go("/outbound/?state=parked")
    admin.sees("全部重发")
    admin.look("inbox-parked")
    admin.page.get_by_role("button", name="全部重发").first.click()
    admin.settle()

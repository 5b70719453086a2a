"""An ECG from a village to a signed report in minutes, with a critical value that rings until it is read back."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import pytest

from demo import tracings
from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.test_referral_ways import people
from tests.stories.visiting import Visitor

pytestmark = pytest.mark.browser
#: An anterior infarction, as the reader will see it.
HEART = tracings.Picture(92, st=(("V2", 0.4), ("V3", 0.45), ("V4", 0.3), ("I", 0.15)))


def test_chest_pain_in_a_village(county_running: County, browser: Any) -> None:
    with ExitStack() as windows:
        village, reader, auditor = people(county_running, browser, windows, "village", "reader", "auditing")
        with step("村医登记心电检查，上传心电图，当场看到质量检查"):
            number = ordered(village)
            village.page.get_by_label("心电图文件").set_input_files({"name": "cart.csv", "mimeType": "text/csv", "buffer": recording()})
            village.press("上传并检查质量")
            village.sees("质量检查通过")
            drawn(village)
            village.look("ecg-acquired", phone=True)
        with step("胸痛：一键提醒，十分钟内要给出意见"):
            village.press("胸痛，一键提醒")
            village.page.locator("#exam .pill", has_text="待诊断").first.wait_for()
            village.look()
        with step("县里的诊断医师从队列里看到它排在最前，打开就能看图、测量"):
            reader.go("/diagnosis/?box=to_read")
            reader.sees(number)
            reader.look("ecg-worklist", phone=True)
            reader.go(f"/diagnosis/{number}/")
            reader.press("开始诊断")
            reader.sees("找语句")
            drawn(reader, ".reading")
            measured(reader)
            reader.look("ecg-reading")
        with step("选语句、提交诊断：危急值立刻通知村医"):
            reader.page.get_by_label("心室率").fill("92")
            chosen(reader, "窦性心律", "窦性心律")
            chosen(reader, "jxst", "急性ST段抬高型心肌梗死")
            reader.press("提交诊断")
            reader.sees("危急值：首次急性心肌梗死")
            reader.look()
        with step("村医复述：说错了不算，说对了才算确认，再登记处置"):
            village.go(f"/diagnosis/{number}/")
            village.page.get_by_label("复述危急值").fill("房颤")
            village.press("复述确认")
            village.sees("复述与通知的危急值不符")
            village.page.get_by_label("复述危急值").fill("首次急性心肌梗死")
            village.look("ecg-critical", phone=True)
            village.press("复述确认")
            village.page.get_by_label("处置与去向").fill("嚼服阿司匹林，救护车送县医院胸痛中心")
            village.press("登记处置")
            village.sees("已处置")
        with step("审核医师核对后签发，村医打印报告"):
            auditor.go(f"/diagnosis/{number}/")
            auditor.press("审核签发")
            auditor.page.locator("#exam .pill", has_text="已报告").first.wait_for(timeout=20_000)
            drawn(auditor)
            auditor.look("ecg-issued")
            village.go(f"/diagnosis/{number}/")
            village.sees("急性ST段抬高型心肌梗死")
            report = village.page.request.get(f"{village.url}/diagnosis/{number}/report-1.pdf")
            assert report.ok and report.body().startswith(b"%PDF-")
        with step("危急值台账：几分钟确认，做了什么"):
            reader.go("/diagnosis/critical/")
            reader.sees("嚼服阿司匹林")
            reader.look("ecg-ledger", phone=True)


def ordered(doctor: Visitor) -> str:
    """Register an ECG for a resident of the village; returns its number."""
    doctor.go("/residents/?q=云&then=ecg")
    doctor.page.locator("main a[href*='/diagnosis/new?resident=']").first.click()
    doctor.settle()
    doctor.page.get_by_label("主诉与检查目的").fill("胸痛一小时，出汗")
    doctor.look("ecg-order", phone=True)
    doctor.press("登记，下一步采集")
    doctor.sees("采集与发送")
    return str(doctor.page.url).rstrip("/").rsplit("/", 1)[-1]


def recording() -> bytes:
    """What a cart wrote, without a name; another one every time, because one recording belongs to one exam."""
    return tracings.as_csv(HEART, seed=time.time_ns() % 2**32, name="", started_at=datetime(2026, 11, 18, 9, 30))  # noqa: DTZ001


def drawn(person: Visitor, where: str = "#exam") -> None:
    """The tracing is painted; `where` tells the page that is to come from the one that goes."""
    person.page.locator(f"{where} [data-island=ecg-viewer][data-ready]").wait_for(timeout=10_000)


def measured(person: Visitor) -> None:
    """Drag the caliper over one second: 25 mm at 96 dpi."""
    box = person.page.locator(".ecg-paper canvas").bounding_box()
    assert box is not None
    person.page.mouse.move(box["x"] + 40, box["y"] + 60)
    person.page.mouse.down()
    person.page.mouse.move(box["x"] + 40 + 25 * 96 / 25.4, box["y"] + 60)
    person.page.mouse.up()
    person.sees("1000 ms · 60 bpm")


def chosen(reader: Visitor, typed: str, statement: str) -> None:
    """Find a statement by initials or words, tick it with Enter."""
    field = reader.page.get_by_label("找语句")
    field.fill(typed)
    field.press("Enter")
    assert statement in reader.page.get_by_label("诊断意见").input_value()

"""A reader away from the desk: the worklist, the tracing and the conclusion on a telephone; and the member's pages that few people open."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.test_ecg_centre import chosen, drawn, ordered, recording
from tests.stories.test_referral_ways import people
from tests.stories.visiting import DESKTOP, PHONE, Visitor

pytestmark = pytest.mark.browser


def test_reading_on_a_telephone(county_running: County, browser: Any) -> None:
    with ExitStack() as windows:
        village, reader = people(county_running, browser, windows, "village", "reader")
        number = ordered(village)
        village.page.get_by_label("心电图文件").set_input_files({"name": "phone.csv", "mimeType": "text/csv", "buffer": recording()})
        village.press("上传并检查质量")
        village.sees("质量检查通过")
        reader.page.set_viewport_size(PHONE)
        with step("提示出现时不遮住表单的提交按钮"):
            village.page.set_viewport_size(PHONE)
            village.press("胸痛，一键提醒")
            village.page.locator("#exam .pill", has_text="待诊断").first.wait_for()
            village.go("/residents/?q=云&then=ecg")
            village.page.locator("main a[href*='/diagnosis/new?resident=']").first.click()
            village.settle()
            for size in (PHONE, DESKTOP):
                village.page.set_viewport_size(size)
                assert uncovered(village, "登记，下一步采集"), size
        with step("在手机上打开列表，取最急的一份"):
            reader.go("/diagnosis/?box=to_read")
            reader.sees(number)
            fits(reader)
            reader.go(f"/diagnosis/{number}/")
            reader.press("开始诊断")
            reader.sees("找语句")
            drawn(reader, ".reading")
            fits(reader)
            reader.page.locator(".reading").evaluate("one => window.scrollTo(0, one.getBoundingClientRect().top + window.scrollY - 70)")
            reader.picture("ecg-reading-phone")
        with step("选语句、提交诊断"):
            reader.page.get_by_label("心室率").fill("92")
            chosen(reader, "窦性心律", "窦性心律")
            reader.press("提交诊断")
            reader.page.locator("#exam .pill", has_text="待审核").first.wait_for()
            fits(reader)


def test_pages_of_the_member_that_few_people_open(county_running: County, browser: Any) -> None:
    with ExitStack() as windows:
        township, head = people(county_running, browser, windows, "township", "head")
        with step("收费日结"):
            township.go("/diagnosis/charges/")
            township.look("ecg-charges", phone=True)
        with step("中心质量"):
            head.go("/diagnosis/quality/")
            head.look("ecg-quality", phone=True)


def fits(visitor: Visitor) -> None:
    """Nothing sticks out at the side."""
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), visitor.page.url


def uncovered(visitor: Visitor, button: str) -> bool:
    """Whether a button can be pressed at the end of the page while a notice is shown."""
    visitor.page.evaluate("""() => { document.getElementById("toasts").innerHTML = '<div class="toast toast-warn"><span class="toast-text">请注意：这份记录已由同事处理，请刷新页面后再办理。</span></div>';
                                     window.scrollTo(0, document.body.scrollHeight); }""")
    return bool(visitor.page.get_by_role("button", name=button, exact=True).first.evaluate("""(one) => { const at = one.getBoundingClientRect();
        return [[at.left + 4, at.top + 4], [at.right - 4, at.top + 4], [at.left + at.width / 2, at.top + at.height / 2]].every(([x, y]) => !document.elementFromPoint(x, y)?.closest(".toasts")); }"""))

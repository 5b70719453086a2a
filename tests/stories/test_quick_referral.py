"""A known patient is referred with the keyboard alone: counted are clicks, key strokes and seconds."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import Visitor, visitor

pytestmark = pytest.mark.browser
FIRST, SECOND = "霍桂峰", "温松岩"
WORDS = "反复头晕一周，血压 178/104，规律服药两周未降，请专科评估。"
#: Card, Moran & Newell's keystroke-level model: a key of an average typist, and thinking before a new field.
KEY_SECONDS, THINK_SECONDS = 0.28, 1.35


class Keyboard:
    """Presses and counts; there is no mouse."""

    def __init__(self, page: Any) -> None:
        self.page, self.strokes, self.fields = page, 0, 0

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
            self.strokes += 1

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.strokes += len(text)
        self.fields += 1

    def at(self, selector: str) -> bool:
        return bool(self.page.evaluate("selector => document.activeElement?.matches(selector) || false", selector))

    def tab_to(self, selector: str, most: int = 25) -> None:
        for _ in range(most):
            if self.at(selector):
                return
            self.press("Tab")
        assert self.at(selector), f"{selector} is not reached by {most} tabs"


def test_a_known_patient_is_referred_without_a_mouse(county_running: County, browser: Any) -> None:
    with visitor(browser, county_running.url, "township") as doctor:
        page = doctor.page
        with step("第一次，医生用过的去向被记住"):
            first = written(doctor, Keyboard(page), FIRST, chooses=True)
        with step("同样的诊断再来一位：去向已经填好，全程不用鼠标"):
            page.add_init_script("window.clicks = Number(sessionStorage.getItem('clicks') || 0); addEventListener('pointerdown', () => sessionStorage.setItem('clicks', ++window.clicks), true)")
            keys, began = Keyboard(page), time.monotonic()
            number = written(doctor, keys, SECOND, chooses=False)
            took = time.monotonic() - began
            assert number != first
            assert page.evaluate("Number(sessionStorage.getItem('clicks') || 0)") == 0
        person = keys.strokes * KEY_SECONDS + keys.fields * THINK_SECONDS
        print(f"\nquick referral: 0 clicks, {keys.strokes} key strokes, {keys.fields} fields; browser {took:.1f} s, by the keystroke-level model {person:.0f} s")


def written(doctor: Visitor, keys: Keyboard, patient: str, *, chooses: bool) -> str:
    """From the search for the patient to the number of the sent referral."""
    page = doctor.page
    doctor.go("/residents/?then=referral")
    assert keys.at("#resident-search"), "the page starts in the search"
    keys.write(patient)
    page.locator("caption", has_text=f"“{patient}”").wait_for()
    doctor.settle()
    keys.tab_to("main a[href*='/referrals/new']")
    keys.press("Enter")
    page.wait_for_url("**/referrals/new**")
    doctor.settle()
    assert keys.at("#diagnosis_code-search"), "the form starts at the diagnosis"
    keys.write("I10")
    page.locator("#diagnosis_code-list [data-code]").first.wait_for()
    with page.expect_response(lambda answer: "by=diagnosis" in answer.url):
        keys.press("Enter")
    doctor.settle()
    assert page.locator("[name=to_institution]").input_value(), "where this doctor sent the last patient is filled in"
    if chooses:
        keys.press("Alt+z")
        keys.press("ArrowDown")
    else:
        assert page.locator("[name=reason]").input_value(), "so is the reason of the last patient with this diagnosis"
    keys.press("Alt+b")
    assert keys.at("[name=summary]")
    keys.write(WORDS)
    if page.locator("select[name=consent_basis]").count():
        keys.press("Alt+y")
        keys.press("ArrowDown")
    keys.press("Control+Enter")
    page.wait_for_url(re.compile(r"/referrals/ZZ[0-9-]+/$"))
    return str(page.url.rstrip("/").rsplit("/", 1)[1])

"""A person at a workstation: signs in, opens pages, and every page is looked at for faults."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyotp
import pytest

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs/manual/pictures"
#: Pictures are made on request only, so that a test run leaves the tree as it was.
MAKING_PICTURES = os.environ.get("YILIANTI_PICTURES") == "1"
PASSWORD = "Yunxi-2026-demo"
DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 360, "height": 740}
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


class Visitor:
    """One browser window of one person."""

    def __init__(self, page: Any, url: str) -> None:
        self.page, self.url = page, url
        self.foreign: list[str] = []
        self.errors: list[str] = []
        page.on("request", self._note_request)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))

    def _note_request(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:", "about:")):
            self.foreign.append(request.url)

    def _note_console(self, message: Any) -> None:
        # Answers of 409 and 422 are refusals that the page shows; the browser counts every such answer as an error.
        if message.type == "error" and not re.search(r"status of (409|422)", message.text):
            self.errors.append(f"{self.page.url}: {message.text}")

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")
        self.settle()

    def settle(self) -> None:
        """Until fragments are there."""
        self.page.wait_for_load_state("networkidle")

    def press(self, name: str, *, within: Any = None) -> None:
        """A button or link by its words."""
        place = within or self.page
        target = place.get_by_role("button", name=name, exact=True).or_(place.get_by_role("link", name=name, exact=True))
        from playwright.sync_api import TimeoutError as NeverStill

        target = target.locator("visible=true").first
        with suppress(NeverStill):  # a headless window may stop drawing after its size was changed; brought forward, it draws again
            target.click(trial=True, timeout=5000)
        self.page.bring_to_front()
        target.click()
        self.settle()

    def sees(self, text: str, seconds: float = 10) -> None:
        """The text is on the page (after fragments had their time)."""
        self.page.get_by_text(text).locator("visible=true").first.wait_for(timeout=seconds * 1000)

    def sees_state(self, state: str, seconds: float = 10) -> None:
        """The open referral stands at `state`: its label, not the line of steps, which names every state."""
        self.page.locator("#referral .pill", has_text=state).first.wait_for(timeout=seconds * 1000)
        self.settle()

    def dialog(self) -> Any:
        return self.page.locator("dialog[open]")

    def look(self, name: str = "", *, phone: bool = False) -> None:
        """This page as it is now: no WCAG violation, no overflow on a phone; a picture where a name is given."""
        self.settle()
        self.page.mouse.move(0, 0)
        if MAKING_PICTURES and name:
            self._picture(name)
        self._has_no_violation()
        self.page.set_viewport_size(PHONE)
        self.page.wait_for_timeout(150)
        width = self.page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
        wide = self.page.evaluate(_WIDE) if width > PHONE["width"] else []
        if MAKING_PICTURES and name and phone:
            self._picture(f"{name}-phone")
        self.page.set_viewport_size(DESKTOP)
        assert width <= PHONE["width"], f"{self.page.url} is {width} px wide on a phone: {wide}"

    def picture(self, name: str) -> None:
        """What the window shows now, for the manual."""
        self.settle()
        if MAKING_PICTURES:
            self._picture(name)

    def _picture(self, name: str) -> None:
        """Keep the window as a picture of the manual, with 256 colours where Pillow is at hand: a third of the bytes."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{name}.png"
        # The caret stays: hiding it leaves style="" on the fields, which htmx would copy and the policy of the page refuse.
        self.page.screenshot(path=path, animations="disabled", caret="initial")
        with suppress(ImportError):
            from PIL import Image

            Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)

    def _has_no_violation(self) -> None:
        """Checked with every fold of the page open: what is folded away is measured wrongly, and would not be looked at."""
        axe = pytest.importorskip("axe_core_python.sync_playwright", reason="axe-core-python is not installed").Axe()
        opened = [self.page.evaluate_handle(_UNFOLD)]
        while opened[-1].evaluate("folds => folds.length") and len(opened) < 5:  # what a fold fetches when it is opened may have folds of its own
            self.page.wait_for_timeout(60)
            self.page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")
            opened.append(self.page.evaluate_handle(_UNFOLD))
        found = axe.run(self.page, options=WCAG)["violations"]
        for folded in reversed(opened):
            folded.evaluate("folds => folds.forEach(fold => { fold.open = false; })")
        said = [f"{v['id']} ({v['impact']}): {n['target']} {n['html'][:160]} {n.get('failureSummary', '')[:200]}" for v in found for n in v["nodes"]]
        assert not said, f"{self.page.url}\n" + "\n".join(said)

    def behaved(self) -> None:
        """Nothing was asked of another host, nothing went wrong in the browser."""
        assert not self.foreign, f"requests left the platform: {self.foreign}"
        assert not self.errors, f"errors in the browser: {self.errors}"


_UNFOLD = """() => { const folds = [...document.querySelectorAll('main details:not([open])')];
    folds.forEach(fold => { fold.open = true; }); return folds; }"""
#: The elements that stick out of a phone's screen, for the message of a failure.
_WIDE = """() => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 5).map(e => e.tagName + '.' + e.className)"""


@contextmanager
def visitor(browser: Any, url: str, username: str = "") -> Iterator[Visitor]:
    """A window of its own, signed in unless no name is given; its behaviour is checked at the end."""
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(15_000)
    person = Visitor(context.new_page(), url)
    try:
        if username:
            sign_in(person, username)
        yield person
        person.behaved()
    finally:
        context.close()


def sign_in(person: Visitor, username: str) -> None:
    person.go("/login/")
    person.page.get_by_label("账号", exact=True).fill(username)
    person.page.get_by_label("密码", exact=True).fill(PASSWORD)
    person.press("登录")


def set_up_factor(person: Visitor) -> str:
    """On the page of the second factor: begin, type the secret into a telephone, confirm; returns the secret."""
    person.press("开始设置")
    secret = "".join(person.page.locator("#typed").inner_text().split())
    person.page.get_by_role("textbox", name="动态口令").fill(code_of(secret))
    person.press("确认启用")
    return secret


def code_of(secret: str, steps_later: int = 0) -> str:
    """What a telephone shows: computed by Debian's oathtool where it is installed, which knows nothing of our library."""
    now = int(time.time()) + 30 * steps_later
    if tool := shutil.which("oathtool"):
        told = subprocess.run([tool, "--totp", "--base32", f"--now=@{now}", "-"], input=secret, capture_output=True, text=True, check=True)
        return told.stdout.strip()
    return pyotp.TOTP(secret).at(now)

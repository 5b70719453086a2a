"""A person keeps the filters of every day: named once, one tap afterwards, tidied up in one place, seen by nobody else."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import Visitor, visitor

pytestmark = pytest.mark.browser
LATE, URGENT = "超时的紧急单", "心内科紧急"


def chosen(person: Visitor, **filters: str) -> None:
    """Set drop-downs by their label, then look."""
    for label, value in filters.items():
        person.page.get_by_label(label, exact=True).select_option(label=value)
    person.press("查找")


def keep(person: Visitor, name: str, *, opens_first: bool = False) -> None:
    person.press("存为常用")
    form = person.dialog()
    form.get_by_label("名称").fill(name)
    if opens_first:
        form.get_by_label("以后打开这张列表先看它").check()
    person.press("保存", within=form)
    chips(person).get_by_text(name).wait_for()


def chips(person: Visitor) -> Any:
    return person.page.locator("[aria-label='常用筛选'] a.chip")


def test_filters_are_named_once_and_found_every_day(county_running: County, browser: Any) -> None:
    with ExitStack() as windows:
        office, colleague = [windows.enter_context(visitor(browser, county_running.url, name)) for name in ("office", "office2")]
        with step("转诊专员选好条件：紧急、已超时限"):
            office.go("/referrals/?box=all")
            office.press("更多条件")
            office.page.get_by_label("已超时限").check()
            chosen(office, 紧急程度="紧急")
            assert "urgency=urgent" in office.page.url and "overdue" in office.page.url
            office.page.get_by_label("已用条件").wait_for()
            office.press("存为常用")
            office.dialog().get_by_label("名称").fill(LATE)
            office.look("filters-keep", phone=True)
            office.press("保存", within=office.dialog())
            chips(office).get_by_text(LATE).wait_for()
        with step("以后点一下就到"):
            office.go("/referrals/?box=all")
            chips(office).get_by_text(LATE).click()
            office.settle()
            assert "urgency=urgent" in office.page.url and "overdue" in office.page.url
            assert office.page.locator("a.chip[aria-current]").inner_text() == LATE
            office.look("filters-chips", phone=True)
        with step("每天先看的，设成打开列表时的第一眼"):
            office.go("/referrals/?box=to_answer")
            chosen(office, 紧急程度="紧急")
            keep(office, URGENT, opens_first=True)
            office.go("/referrals/")
            assert office.page.locator("a.chip[aria-current]").inner_text() == URGENT
            assert office.page.get_by_label("紧急程度", exact=True).input_value() == "urgent"
        with step("搜过的姓名不保存"):
            office.go("/referrals/?box=all&text=云")
            keep(office, "云姓")
            chips(office).get_by_text("云姓").click()
            office.settle()
            assert "text=" not in office.page.url
        with step("同事的列表上没有这些"):
            colleague.go("/referrals/")
            assert chips(colleague).count() == 0
            assert colleague.page.get_by_label("紧急程度", exact=True).input_value() == ""
        with step("在“整理”里改名、删除"):
            office.press("整理")
            office.page.locator(f"input[value='{LATE}']").wait_for()
            office.look("filters-tidy", phone=True)
            row = kept(office, URGENT)
            row.get_by_label("名称").fill("每天先看")
            office.press("保存", within=row)
            for name in (LATE, "每天先看", "云姓"):
                drop(office, name)
            office.sees("还没有常用筛选")


def kept(person: Visitor, name: str) -> Any:
    """The line of this name on the page where they are tidied up."""
    return person.page.locator(".row-apart").filter(has=person.page.locator(f"input[value='{name}']"))


def drop(person: Visitor, name: str) -> None:
    person.press("删除", within=kept(person, name))

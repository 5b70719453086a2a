"""基金监管: a suspicion explained by the hospital and cleared by the bureau; another confirmed, its money noted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import visitor

pytestmark = pytest.mark.browser


def test_a_finding_is_explained_and_cleared_another_confirmed(county_running: County, browser: Any) -> None:
    url = county_running.url
    with visitor(browser, url, "medins") as office, visitor(browser, url, "bureau") as bureau:
        with step("医保办打开基金监管，看待说明的线索"):
            office.go("/supervision/?state=raised&family=repeated")
            office.sees("同一时刻重复收费")
            office.look("supervision-list", phone=True)
            numbers = [link.inner_text() for link in office.page.locator("a[data-row]").all()]
            assert len(numbers) >= 2
        with step("第一条：看依据，写明理由"):
            explain(office, numbers[0], "上午、下午各做一次，下午那次的时间录错。")
            office.look("supervision-explained")
        with step("医保局从待办打开，核对后核销"):
            bureau.go(f"/supervision/{numbers[0]}/")
            bureau.sees("下午那次的时间录错")
            bureau.look("supervision-decide")
            bureau.press("核销")
            say(bureau, "核对两份报告，时间不同，属录入有误。")
            bureau.dialog().get_by_role("button", name="核销", exact=True).click()
            bureau.sees("已核销")
        with step("第二条：医院还没有说明，不能认定"):
            bureau.go(f"/supervision/{numbers[1]}/")
            bureau.press("认定")
            say(bureau, "只有一份报告。")
            bureau.dialog().get_by_role("button", name="认定", exact=True).click()
            bureau.sees("医院还没有说明")
            bureau.look("supervision-unheard")
        with step("医院说明后，医保局认定并登记退回"):
            explain(office, numbers[1], "收费时重复点击，同意退回。")
            bureau.go(f"/supervision/{numbers[1]}/")
            bureau.press("认定")
            say(bureau, "只有一份报告，多收一次。")
            bureau.dialog().get_by_role("button", name="认定", exact=True).click()
            bureau.sees("已认定")
            bureau.press("登记退回")
            say(bureau, "凭证 TJ-0101。")
            bureau.dialog().get_by_role("button", name="登记退回", exact=True).click()
            bureau.sees("已退回")
            bureau.look("supervision-recovered")
        with step("医院看到结果"):
            office.go(f"/supervision/{numbers[1]}/")
            office.sees("凭证 TJ-0101。")
        with step("医保局看知识点"):
            bureau.go("/supervision/points/")
            bureau.sees("宫颈细胞学检查（样例）")
            bureau.look("supervision-points")


def explain(office: Any, number: str, text: str) -> None:
    office.go(f"/supervision/{number}/")
    office.press("说明")
    say(office, text)
    office.dialog().get_by_role("button", name="说明", exact=True).click()
    office.sees("待判断")


def say(who: Any, text: str) -> None:
    who.dialog().locator("textarea").fill(text)

"""年度清算: a fund year from its package to signed statements, with one line disputed, corrected and reckoned anew."""

from __future__ import annotations

import datetime
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import ROOT, Visitor, visitor

pytestmark = pytest.mark.browser

#: The employees' fund of last year: the demo county has its bills, scores and services, and no package of it yet.
YEAR = datetime.datetime.now(ZoneInfo("Asia/Shanghai")).year - 1
DISPUTED, UNTOUCHED = "稻香镇卫生院", "县人民医院"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def test_a_year_from_its_package_to_signed_statements(county_running: County, browser: Any, tmp_path: Path) -> None:
    url = county_running.url
    with visitor(browser, url, "finance") as finance, visitor(browser, url, "bureau") as bureau:
        with step("财务起草职工医保基金的总额"):
            finance.go(f"/budget/new?year={YEAR}&fund=employee")
            for label, value in (("参保人数", "18"), ("筹资总额", "160,000.00"), ("风险基金", "12000"), ("大病保险筹资", "8000")):
                finance.page.get_by_label(label).fill(value)
            finance.page.get_by_label("数据来源文件").fill(f"（示例）{YEAR} 年职工医保基金收支预算")
            finance.look("settled-year-draft")
            finance.press("保存草稿")
            finance.sees("已起草")
            package = finance.page.url.rstrip("/").rpartition("/")[2]
        with step("医保局凭决议核定"):
            bureau.go(f"/budget/{package}/")
            bureau.press("核定")
            bureau.dialog().get_by_label("核定依据").fill(f"（示例）云溪县医共体管委会决议〔{YEAR}〕2 号")
            send(bureau, "核定")
            bureau.sees("已核定")
        with step("财务逐月核算十二个月"):
            finance.go(f"/budget/{package}/")
            for number in range(1, 13):
                finance.press("月度核算")
                finance.dialog().get_by_label("月份").fill(f"{YEAR}-{number:02d}")
                send(finance, "月度核算")
            finance.sees(f"{YEAR}-12")
            finance.look("settled-year-months")
        with step("医保局登记第一期预付款"):
            bureau.go(f"/budget/{package}/")
            bureau.press("登记拨付")
            bureau.dialog().locator("#pay_instalment").select_option("1")
            bureau.dialog().get_by_label("金额").fill("25000")
            bureau.dialog().get_by_label("凭证号").fill(f"ZG-{YEAR}-01")
            bureau.dialog().get_by_label("到账日期").fill(f"{YEAR}-01-14")
            bureau.look("settled-year-pay")
            send(bureau, "登记拨付")
            bureau.sees(f"ZG-{YEAR}-01")
        with step("财务登记考核得分"):
            tell(finance, "80", f"（示例）{YEAR} 年度考核通报")
            finance.sees(f"（示例）{YEAR} 年度考核通报")
            finance.look("settled-year-told")
        with step("财务清算，每家一份清算单"):
            finance.go("/settlements/")
            finance.look()
            row = finance.page.locator("form", has_text="职工医保基金").filter(has_text=str(YEAR))
            row.get_by_role("button", name="清算").click()
            finance.page.wait_for_url(re.compile(r"/settlements/QS[^/]+/$"))
            settlement = finance.page.url.rstrip("/").rpartition("/")[2]
            assert finance.page.locator("tbody a[data-row]").count() == 16
            finance.look("settled-year-statements")
        numbers = dict(zip(*(finance.page.locator("tbody a[data-row]").evaluate_all(f"all => all.map(one => {what})") for what in ("one.innerText.trim()", "one.getAttribute('href').split('/').at(-2)")), strict=True))
        said_of_lines(browser, url, numbers)
        with step("财务认可异议，更正得分，重算"):
            finance.go(f"/settlements/statements/{numbers[DISPUTED]}/")
            finance.sees("考核复核表.pdf")
            finance.look("settled-year-answer")
            finance.press("答复：异议成立")
            finance.dialog().locator("textarea").fill("核对履约台账，三季度漏计，得分更正为 88 分。")
            send(finance, "答复：异议成立")
            finance.sees("异议成立，待重算")
            tell(finance, "88", f"（示例）{YEAR} 年度考核复核意见")
            finance.go(f"/settlements/{settlement}/")
            finance.press("重算")
            finance.dialog().get_by_label("原因").fill("更正稻香镇卫生院考核得分，依据复核意见。")
            send(finance, "重算")
            finance.sees("第 2 次计算")
            finance.look()
        with step("新版在旧版旁边，只有变化的行有标记；没有变化的确认还在"):
            finance.go(f"/settlements/statements/{numbers[DISPUTED]}/")
            finance.sees("第 2 版")
            assert marked(finance) == {"surplus_share", "withheld"}
            finance.look("settled-year-versions")
            finance.go(f"/settlements/statements/{numbers[DISPUTED]}/v/1/")
            finance.sees("这是旧版")
            finance.go(f"/settlements/statements/{numbers[UNTOUCHED]}/")
            finance.sees("已确认")
            assert not marked(finance) and finance.page.get_by_text("第 1 版").count()
        with step("其余各家确认新版"):
            for account in ("medins", "medins3"):
                confirm_all(browser, url, account, settlement)
        with step("医共体管理者凭会议决议批准"), visitor(browser, url, "manager") as head:
            head.go(f"/settlements/{settlement}/")
            head.press("批准")
            head.dialog().get_by_label("会议决议").fill(f"（示例）云溪县医共体管委会决议〔{YEAR + 1}〕4 号")
            head.look("settled-year-approve")
            send(head, "批准")
            head.sees("已批准")
        with step("医保局登记拨付，财务锁定"):
            bureau.go(f"/settlements/{settlement}/")
            bureau.press("登记拨付")
            bureau.dialog().get_by_label("拨付凭证号").fill(f"QS-{YEAR}-01")
            send(bureau, "登记拨付")
            bureau.sees("已拨付")
            finance.go(f"/settlements/{settlement}/")
            finance.press("锁定")
            send(finance, "锁定")
            finance.sees("已锁定")
            finance.look("settled-year-locked")
        with step("签名件只用 OpenSSL 核对；重放一个字节也不差"):
            finance.go(f"/settlements/statements/{numbers[DISPUTED]}/")
            finance.look("settled-year-signed")
            with finance.page.expect_download() as taken:
                finance.page.get_by_role("link", name="签名件").click()
            verified(taken.value.path(), tmp_path, f"{numbers[DISPUTED]}-2")
            again = county_running.command("settle", "replay", str(YEAR), "--consortium", "yunxi", "--fund", "employee")
            assert again.returncode == 0 and "逐字节相同" in again.stdout, again.stdout + again.stderr


def said_of_lines(browser: Any, url: str, numbers: dict[str, str]) -> None:
    """One member confirms, another objects to a line with a file."""
    with step("县人民医院看怎样算出来的，确认"), visitor(browser, url, "medins") as office:
        office.go(f"/settlements/statements/{numbers[UNTOUCHED]}/")
        office.look()
        office.page.locator("#line-surplus_share summary").first.click()
        office.picture("settled-year-explained")
        office.press("确认")
        send(office, "确认")
        office.sees("已确认")
    with step("稻香镇卫生院对结余分配提出异议，附复核表"), visitor(browser, url, "medins2") as township:
        township.go(f"/settlements/statements/{numbers[DISPUTED]}/")
        township.press("提出异议")
        township.dialog().get_by_label("有异议的一行").select_option("surplus_share")
        township.dialog().get_by_label("理由").fill("三季度的家庭医生履约没有计入考核，得分应为 88 分，附复核表。")
        township.dialog().get_by_label("附件").set_input_files({"name": "考核复核表.pdf", "mimeType": "application/pdf", "buffer": PDF})
        township.look("settled-year-dispute")
        send(township, "提出异议")
        township.sees("有异议")


def confirm_all(browser: Any, url: str, account: str, settlement: str) -> None:
    """Everything that waits for this account, one after the other."""
    with visitor(browser, url, account) as office:
        office.go(f"/settlements/{settlement}/")
        waiting = office.page.locator("tr", has_text="待确认").locator("a[data-row]").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        assert waiting, f"nothing waits for {account}"
        for address in waiting:
            office.go(address)
            office.press("确认")
            send(office, "确认")
            office.sees("已确认")


def tell(finance: Visitor, score: str, document: str) -> None:
    """The disputed member's score, as a further line with its document."""
    finance.go(f"/settlements/told/yunxi/{YEAR}/")
    finance.press("登记数据")
    finance.dialog().get_by_label("机构").select_option(label="稻香镇卫生院")
    finance.dialog().get_by_label("内容").select_option("score")
    finance.dialog().get_by_label("数值").fill(score)
    finance.dialog().get_by_label("依据").fill(document)
    send(finance, "登记数据")
    finance.sees("已登记。")


def send(who: Visitor, name: str) -> None:
    """The dialog's own button, and its answer."""
    who.dialog().get_by_role("button", name=name, exact=True).click()
    who.page.locator("dialog[open]").wait_for(state="detached", timeout=20_000)
    who.settle()


def marked(who: Visitor) -> set[str]:
    """Lines with the mark of a change."""
    return set(who.page.locator("[id^=line-]", has_text="有变化").evaluate_all("all => all.map(one => one.id.slice(5))"))


def verified(bundle: Path, folder: Path, name: str) -> None:
    """The line of the manual with this statement's number, and the OpenSSL of this machine."""
    with zipfile.ZipFile(bundle) as packed:
        packed.extractall(folder)
    line = next(one for one in (ROOT / "docs/manual/settlements.md").read_text(encoding="utf-8").splitlines() if one.startswith("openssl "))
    line = re.sub(r"QD\d{8}-\d{6}-1", name, line)
    if shutil.which("openssl") is None:
        pytest.skip("no openssl binary on this machine")
    told = subprocess.run(line.split(), cwd=folder, capture_output=True, text=True)
    assert told.returncode == 0 and "Signature Verified Successfully" in told.stdout, told.stderr
    content = folder / f"{name}.json"
    content.write_bytes(content.read_bytes().replace("稻香镇".encode(), "稻花镇".encode()))
    assert subprocess.run(line.split(), cwd=folder, capture_output=True).returncode != 0, "one changed word fails"

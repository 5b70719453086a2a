"""理事会改一个本地参数: the council meets, votes, and the new value holds on the page of policies and for the next referral."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import Visitor, visitor

pytestmark = pytest.mark.browser
CHINA = ZoneInfo("Asia/Shanghai")
MEETING = "管理委员会临时会议"
LIMIT = "clinical.referral.answer_limit"


def test_a_council_votes_a_local_parameter(county_running: County, browser: Any, tmp_path: Path) -> None:
    url = county_running.url
    with visitor(browser, url, "manager") as manager:
        with step("管理办公室打开治理，进入下次会议，提出议案"):
            manager.go("/governance/yunxi/")
            manager.sees("云溪县医共体管理委员会")
            manager.look("governance-consortium")
            resolution = propose(manager)
        with step("先开会、登记到会，再付诸表决"):
            manager.press(MEETING)
            manager.press("开会")
            manager.dialog().get_by_role("button", name="开会", exact=True).click()
            manager.sees("开会中")
            manager.look()
            manager.go(resolution)
            manager.press("付诸表决")
            manager.sees("表决已开放")
        with step("村医和乡镇医生各自投票"):
            for who, choice in (("village", "赞成"), ("township", "赞成"), ("township2", "反对")):
                with visitor(browser, url, who) as member:
                    member.go("/governance/")
                    member.press("关于调整择期转诊答复时限的决议")
                    if who == "village":
                        member.look("governance-vote", phone=True)
                    member.press(choice)
                    member.sees("您已表决")
        with step("其余举手，由办公室记票，计票"):
            manager.go(resolution)
            for name in ("江文泉", "石明川", "叶兰芬", "谷小溪"):
                raised = manager.page.get_by_role("button", name=f"记 {name} 赞成")
                raised.click()
                raised.wait_for(state="detached")
                manager.settle()
            manager.press("计票")
            manager.dialog().get_by_role("button", name="计票", exact=True).click()
            manager.sees("已通过")
            manager.sees(f"云医共体决〔{date.today().year}〕1号")  # noqa: DTZ011
        with step("几秒内写入现行政策：新值和授权决议"):
            wait_for_edition(manager, resolution)
            manager.look("governance-resolution")
            for _ in range(10):  # a running process looks at its policies every two seconds
                manager.go(f"/policies/{LIMIT}/")
                if manager.page.get_by_text("择期 360 分钟").count():
                    break
                manager.page.wait_for_timeout(500)
            manager.sees("择期 360 分钟")
            manager.sees("关于调整择期转诊答复时限的决议")
            manager.look("governance-policy")
        with step("签发 PDF：验签通过，改一个字节即失败"):
            manager.go(resolution)
            manager.press("签发 PDF")
            manager.sees("下载 PDF")
            check_paper(manager, tmp_path)
        with step("三项定性标准的佐证"):
            manager.go(f"/governance/yunxi/evidence/{date.today().year}/")  # noqa: DTZ011
            manager.sees("基层代表")
            manager.look("governance-evidence")
            manager.go("/institutions/consortia/yunxi/")
            manager.sees("云溪县医共体管理委员会")
            manager.look("governance-members")
    with step("新提交的转诊按新时限答复"), visitor(browser, url, "township") as doctor:
        assert 355 <= minutes_promised(doctor) <= 361


def propose(manager: Visitor) -> str:
    """A meeting today, and the motion with the changed value; answers its address."""
    manager.press("云溪县医共体管理委员会")
    manager.look()
    manager.press("召集会议")
    form = manager.dialog()
    form.get_by_label("会议名称").fill(MEETING)
    form.get_by_label("开会时间").fill(f"{datetime.now(CHINA):%Y-%m-%dT%H:%M}")
    form.get_by_label("地点").fill("县人民医院三楼会议室")
    form.get_by_label("议程").fill("择期转诊答复时限是否调整")
    form.get_by_role("button", name="召集", exact=True).click()
    manager.sees("已召集，委员会收到通知")
    manager.press("提出议案")
    manager.page.get_by_label("同时调整本地参数").select_option(LIMIT)
    manager.page.get_by_label("新版本生效日期").fill(date.today().isoformat())  # noqa: DTZ011
    manager.press("取现行值")
    manager.page.get_by_label("标题").fill("关于调整择期转诊答复时限的决议")
    manager.page.get_by_label("正文").fill("试行一年，各接收机构均能在 6 小时内答复；择期转诊的答复时限由 8 小时调整为 6 小时。")
    field = manager.page.get_by_label("答复时限 · 择期")
    field.fill("3")
    manager.press("提出")
    manager.sees("不能小于 5 分钟")
    field.fill("360")
    manager.look("governance-propose")
    manager.press("提出")
    manager.sees("议案已提出")
    return "/governance/resolutions/" + manager.page.url.rstrip("/").rpartition("/")[2] + "/"


def wait_for_edition(manager: Visitor, resolution: str) -> None:
    for _ in range(20):
        manager.go(resolution)
        if manager.page.get_by_text("新版本已入册").count():
            return
        manager.page.wait_for_timeout(500)
    pytest.fail("the edition was not written")


def check_paper(manager: Visitor, tmp_path: Path) -> None:
    """As another program sees it."""
    with manager.page.expect_download() as download:
        manager.page.get_by_role("link", name="下载 PDF").first.click()
    whole, broken = tmp_path / "whole.pdf", tmp_path / "broken.pdf"
    download.value.save_as(whole)
    if not shutil.which("pdfsig"):
        return
    assert "Signature is Valid" in signatures(whole)
    content = bytearray(whole.read_bytes())
    content[len(content) // 4] ^= 1
    broken.write_bytes(content)
    assert "Signature is Valid" not in signatures(broken)
    assert "择期" in subprocess.run(["pdftotext", whole, "-"], capture_output=True, text=True, timeout=30).stdout


def signatures(path: Path) -> str:
    return subprocess.run(["pdfsig", path], capture_output=True, text=True, timeout=30).stdout


def minutes_promised(doctor: Visitor) -> int:
    """An elective referral sent now: how many minutes from now its page promises the answer."""
    page = doctor.page
    doctor.go("/residents/?q=m")
    page.locator("main tbody").get_by_role("link", name="健康全景").first.click()
    doctor.settle()
    doctor.press("发起转诊")
    page.get_by_label("转入机构").select_option(label="云溪县人民医院")
    doctor.settle()
    page.get_by_label("建议科室").select_option(label="心内科")
    page.get_by_label("转诊指征").select_option(label="需进一步检查以明确诊断")
    page.get_by_label("申请服务").select_option(label="住院")
    page.get_by_role("combobox", name="转诊诊断").press_sequentially("gxb", delay=60)
    page.get_by_role("option", name="冠状动脉粥样硬化性心脏病").first.click()
    page.get_by_label("病情描述").fill("活动后胸闷两周，休息可缓解，心电图示 ST 段压低，拟进一步检查。")
    page.get_by_role("combobox", name="知情同意").select_option(label="本人签字")
    doctor.press("提交转诊")
    doctor.sees_state("已提交")
    doctor.look()
    due = page.locator("#referral [title^='时限']").first.get_attribute("title") or ""
    promised = datetime.strptime(due.removeprefix("时限 "), "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)
    return round((promised - datetime.now(CHINA)).total_seconds() / 60)

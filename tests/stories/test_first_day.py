"""A county's first day: an empty installation, seven tables, and in the afternoon the first referral."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import Visitor, set_up_factor, visitor
from yilianti.registry.residents.rules import check_digit

pytestmark = pytest.mark.browser
OWN_PASSWORD = "Daoxiang-9-xiang"
CHARTER = ("--code", "yunxi", "--name", "云溪县紧密型县域医共体", "--region", "349921", "--hospital-code", "YX0001", "--hospital", "云溪县人民医院",
           "--administrator", "柳志桥", "--security-administrator", "安可信", "--auditor", "秋立衡")  # fmt: skip
INSTITUTIONS = [("YX0101", "稻香镇卫生院", "稻香卫生院", "乡镇卫生院", "", "YX0001", "成员单位"), ("YX0111", "稻香镇青禾村卫生室", "青禾卫生室", "村卫生室", "", "YX0101", "")]
DEPARTMENTS = [("YX0101", "GENE", "全科门诊"), ("YX0001", "CARD", "心内科"), ("YX0001", "REFO", "转诊办公室")]
STAFF = [("YX0001", "麦晓禾", "主治医师"), ("YX0002", "云静秋", "行政人员"), ("YX0003", "石明川", "主任大夫")]
POSTS = [("YX0001", "YX0101", "GENE", "全科医生", "2026-01-01"), ("YX0002", "YX0001", "REFO", "转诊专员", "2026/1/1"), ("YX0003", "YX0001", "CARD", "副主任医师", "2026年1月1日")]
GRANTS = [("YX0001", "YX0101", "乡镇医生", "", "", "", "maixiaohe"), ("YX0002", "YX0001", "转诊办公室", "", "", "", "yunjingqiu"),
          ("YX0003", "YX0001", "县级科室", "", "", "", "shimingchuan")]  # fmt: skip


def id_card(number: int) -> str:
    first = f"34992119590314{number:03d}"
    return first + check_digit(first)


RESIDENTS = [("苏映荷", id_card(2), "", "", "13800000002", "青禾村 3 组", "YX0111"), ("阿依古丽·买买提", id_card(4), "", "", "", "青禾村 5 组", "YX0111"),
             ("𠮷田生", id_card(5), "", "", "", "青禾村 6 组", "YX0111")]  # fmt: skip
INSURED = [(id_card(2), "苏映荷", "城乡居民基本医疗保险", "YB0002", "349921", "2026-01-01", "")]


def test_from_an_empty_installation_to_the_first_referral(empty_county: County, browser: Any, tmp_path: Path) -> None:
    with ExitStack() as windows:
        with step("信息科建县，得到三个一次性密码"):
            passwords = found(empty_county)
            assert empty_county.command("found", *CHARTER).returncode == 1

        def come(username: str, once: str) -> Visitor:
            person = windows.enter_context(visitor(browser, empty_county.url))
            first_sign_in(person, username, once)
            return person

        with step("系统管理员首次登录，看见第一天的清单"):
            admin = come("admin", passwords["admin"])
            admin.sees("第一天")
            admin.look("first-day-empty")
        with step("系统管理员导入机构、科室"):
            bring(admin, "机构", INSTITUTIONS, tmp_path)
            admin.look("first-day-preview")
            write(admin, "写入 2 行")
            bring(admin, "科室", DEPARTMENTS, tmp_path)
            write(admin, "写入 3 行")
        with step("人员表有一行职称写错：先写入无误的，改好再传一次"):
            bring(admin, "人员", STAFF, tmp_path)
            admin.sees("不在可选范围；请从下拉列表中选择")
            admin.look("first-day-error")
            write(admin, "写入无误的 2 行")
            bring(admin, "人员", [*STAFF[:2], (*STAFF[2][:2], "副主任医师")], tmp_path)
            write(admin, "写入 1 行")
            bring(admin, "岗位", POSTS, tmp_path)
            write(admin, "写入 3 行")
        with step("安全管理员授权、开通账号，印发一次性密码"):
            security = come("security", passwords["security"])
            bring(security, "权限与账号", GRANTS, tmp_path)
            write(security, "写入 3 行")
            issued = handed_out(security)
        with step("转诊办公室导入居民和参保名单"):
            office = come("yunjingqiu", issued["yunjingqiu"])
            bring(office, "居民", RESIDENTS, tmp_path)
            write(office, "写入 3 行")
            bring(office, "参保名单", INSURED, tmp_path)
            write(office, "写入 1 行")
        with step("乡镇医生发出第一次转诊"):
            doctor = come("maixiaohe", issued["maixiaohe"])
            refer(doctor)
        with step("清单功成身退"):
            admin.go("/")
            assert admin.page.get_by_text("第一天").count() == 0


def found(county: County) -> dict[str, str]:
    told = county.command("found", *CHARTER)
    assert told.returncode == 0, told.stderr
    return dict(re.findall(r"账号 (\w+)　密码 (\S+)", told.stdout))


def first_sign_in(person: Visitor, username: str, once: str) -> None:
    person.go("/login/")
    person.page.get_by_label("账号", exact=True).fill(username)
    person.page.get_by_label("密码", exact=True).fill(once)
    person.press("登录")
    person.page.get_by_label("当前密码").fill(once)
    person.page.get_by_label("新密码", exact=False).first.fill(OWN_PASSWORD)
    person.page.get_by_label("再输一次新密码").fill(OWN_PASSWORD)
    person.press("保存新密码")
    if "/second-factor/" in person.page.url:  # the three administrators
        set_up_factor(person)
        person.press("已收好，继续")


def bring(person: Visitor, title: str, rows: Iterable[Sequence[str]], folder: Path) -> None:
    """From the list of the first day (or of imports): the template downloaded, filled in, brought."""
    person.go("/imports/")
    person.press(title, within=person.page.locator("main"))
    with person.page.expect_download() as waiting:
        person.page.get_by_role("link", name="下载模板").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    book = load_workbook(path)
    for number, row in enumerate(rows, 3):
        for place, value in enumerate(row, 1):
            book.worksheets[0].cell(number, place, value)
    filled = folder / f"{title}.xlsx"
    book.save(filled)
    person.page.get_by_label("填好的文件").set_input_files(filled)
    person.press("上传并预览")
    person.sees("待确认")


def write(person: Visitor, label: str) -> None:
    person.press(label)
    person.sees("已写入")


def handed_out(security: Visitor) -> dict[str, str]:
    with security.page.expect_download() as waiting:
        security.page.get_by_role("button", name="印发一次性密码").click()
    sheet = load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes())).active
    return {str(row[0]): str(row[1]) for row in sheet.iter_rows(min_row=2, values_only=True)}


def refer(doctor: Visitor) -> None:
    page = doctor.page
    doctor.go("/residents/?then=referral&q=aygl")
    doctor.sees("阿依古丽·买买提")
    page.locator("#resident-search").fill("")
    page.locator("#resident-search").press_sequentially(id_card(2) + "\n", delay=5)  # 读卡器
    page.wait_for_url("**/referrals/new?resident=*")
    page.get_by_label("转入机构").select_option(label="云溪县人民医院")
    doctor.settle()
    page.get_by_label("转诊指征").select_option(label="需进一步检查以明确诊断")
    page.get_by_label("申请服务").select_option(label="住院")
    page.get_by_role("combobox", name="转诊诊断").press_sequentially("gxb", delay=60)
    page.get_by_role("option", name="冠状动脉粥样硬化性心脏病").first.click()
    page.get_by_label("病情描述").fill("活动后胸闷两周，每次约五分钟，休息可缓解。血压 152/90 mmHg，心率 78 次/分；心电图 ST 段压低。")
    page.get_by_label("治疗经过").fill("阿司匹林、阿托伐他汀已用一周，症状缓解不明显。")
    page.get_by_role("combobox", name="知情同意").select_option(label="本人签字")
    doctor.press("提交转诊")
    doctor.sees_state("已提交")
    doctor.look("first-day-referral")

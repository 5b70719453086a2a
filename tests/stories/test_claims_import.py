"""The insurance office brings a month's settlements: the hospital's own headings named once, faults mended, then the lines."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from demo import names
from demo.messages import Patient
from tests.stories import hospital
from tests.stories.conftest import County
from tests.stories.hospital import Hospital
from tests.stories.steps import step
from tests.stories.visiting import Visitor, visitor

pytestmark = pytest.mark.browser
CHINA = ZoneInfo("Asia/Shanghai")
BORN = date(1961, 8, 3)
WHO = names.Particulars("柏竹韵", "2", BORN, names.id_card(BORN, 379, "2"))
PATIENT = Patient(WHO, "daoxiang", 0, "", "YB34992199990379", "13800009379", "云溪县稻香镇青禾村5组9号", 90379)


def test_a_month_is_brought_and_mended(county_running: County, browser: Any, tmp_path: Path) -> None:
    now = datetime.now(CHINA).replace(microsecond=0)
    system = Hospital(county_running.mllp, "YXRMYY")
    came, left = now - timedelta(days=9), now - timedelta(days=1)
    visit = replace(hospital.stay(came), number=f"ZY{came:%y%m%d}7379")
    with ExitStack() as windows:
        with step("县医院系统发来入院和出院，这次住院在等费用"):
            system.send(system.writer.adt("A01", PATIENT, visit, came))
            system.send(system.writer.adt("A03", PATIENT, visit, left))
            office = windows.enter_context(visitor(browser, county_running.url, "medins"))
        with step("医保办上传医院自己导出的表：有两列平台认不出，告诉它一次"):
            heads = ("结算编号", "住院号", "患者身份证", "患者姓名", "医疗类别", "入院日期", "出院日期", "费用总计", "先行自付", "主要诊断编码")
            good = ("JS-379-1", visit.number, WHO.id_card, WHO.name, "住院", f"{came:%Y-%m-%d}", f"{left:%Y-%m-%d}", "12800.50", "640.00", "I20.000")
            wrong = ("JS-379-2", "", WHO.id_card, "石明川", "住院", f"{left:%Y-%m-%d}", f"{came:%Y-%m-%d}", "-18.255", "", "胸闷")
            bring(office, "费用结算", tmp_path / "本院结算.csv", heads, good, wrong)
            office.page.get_by_label("身份证号").select_option(label="患者身份证")
            office.page.get_by_label("总费用").select_option(label="费用总计")
            office.look("claims-columns")
            office.press("对应好了，继续")
            office.sees("待确认")
        with step("预览：一行可以写入，一行写明哪一格错、怎样改；什么也还没有写入"):
            office.sees("姓名不同")
            office.sees("请填零或正数")
            office.look("claims-preview", phone=True)
            office.press("写入无误的 1 行")
            office.sees("已写入")
        with step("改好的表再传一次：列名已记住，写过的不再写"):
            mended = ("JS-379-2", "", WHO.id_card, WHO.name, "普通门诊", f"{left:%Y-%m-%d}", f"{left:%Y-%m-%d}", "18.25", "", "I20.900")
            bring(office, "费用结算", tmp_path / "本院结算改.csv", heads, good, mended)
            office.sees("待确认")
            office.press("写入 1 行")
            office.sees("已写入")
        with step("再传费用明细"):
            lines = ("结算编号", "明细序号", "项目编码", "项目名称", "类别", "数量", "单价", "金额", "费用发生时间")
            rows = [("JS-379-1", str(n), f"YP{n:04d}", "阿司匹林肠溶片", "药品", "2", "12.5", "25.00", f"{came + timedelta(days=n):%Y-%m-%d %H:%M}") for n in range(1, 5)]
            bring(office, "费用明细", tmp_path / "明细.csv", lines, *rows)
            office.sees("待确认")
            office.press("写入 4 行")
            office.sees("已写入")
            office.look("claims-imported")


def bring(person: Visitor, title: str, path: Path, heads: Sequence[str], *rows: Sequence[str]) -> None:
    """A CSV of the hospital's own, uploaded from the list of imports."""
    with path.open("w", newline="", encoding="gb18030") as file:
        csv.writer(file).writerows([heads, *rows])
    person.go("/imports/")
    person.press(title, within=person.page.locator("main"))
    person.page.get_by_label("填好的文件").set_input_files(path)
    person.press("上传并预览")

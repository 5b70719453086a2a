"""One patient goes up to the county hospital and comes home: six people, two hospital systems, one browser each."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from demo import illnesses
from tests.stories import hospital
from tests.stories.conftest import County
from tests.stories.hospital import PATIENT, Hospital
from tests.stories.steps import step
from tests.stories.visiting import Visitor, visitor

pytestmark = pytest.mark.browser
CHINA = ZoneInfo("Asia/Shanghai")
#: A journal entry is handed over within a second; the rest is the page's own time on a busy machine.
SOON = 5.0


def test_a_patient_goes_up_and_comes_home(county_running: County, browser: Any) -> None:
    now = datetime.now(CHINA).replace(microsecond=0)
    township_system = Hospital(county_running.mllp, "YXDXWSY")
    county_system = Hospital(county_running.mllp, "YXRMYY")
    with ExitStack() as windows:
        people = {name: windows.enter_context(visitor(browser, county_running.url, name)) for name in ("township", "office", "department")}
        with step("卫生院系统发来门诊登记和检验、心电报告"):
            tell_of_the_clinic(township_system, now)
        with step("乡镇医生找到居民，打开健康全景"):
            open_record(people["township"])
        with step("乡镇医生填写转诊申请：拼音首字母查诊断、勾选检查、登记同意，提交"):
            number = apply_for(people["township"])
        with step("县医院转诊办接收，安排科室和日期"):
            accept(people["office"], number, now)
        with step("县医院系统发来入院消息，转诊单自动显示已到院"):
            visit = hospital.stay(datetime.now(CHINA).replace(microsecond=0))
            county_system.send(county_system.writer.adt("A01", PATIENT, visit, visit.opened_at))
            soon_sees(people["township"], number, "已到院")
            people["township"].look("township-arrived")
        with step("县医院系统发来检验、出院和出院小结"):
            leave_hospital(county_system, visit)
            soon_sees(people["department"], number, "已出院")
            read_summary(people["department"], number)
        with step("县级科室发起下转"):
            home = offer_home(people["department"], number)
        with step("卫生院接回，确认首次随访"):
            take_home(people["township"], home, now)
        with step("两张转诊单都已办结"):
            for person, which in (("office", number), ("township", home)):
                people[person].go(f"/referrals/{which}/")
                people[person].sees_state("已办结")
            people["office"].look("office-concluded")
    with step("日志链完整"):
        journal_verifies(county_running)


def tell_of_the_clinic(system: Hospital, now: datetime) -> None:
    visit = hospital.clinic_visit(now)
    system.send(system.writer.adt("A04", PATIENT, visit, visit.opened_at))
    system.send(system.writer.oru(PATIENT, visit, "DX7001", ("LIP", "血脂四项", "LAB"), hospital.CLINIC_REPORT, now - timedelta(minutes=80)))
    system.send(system.writer.oru(PATIENT, visit, "DX7002", illnesses.REPORTS["ecg"], hospital.ECG, now - timedelta(minutes=70)))


def open_record(doctor: Visitor) -> None:
    doctor.go("/")
    doctor.look("township-desk", phone=True)
    field = doctor.page.locator("main").get_by_role("searchbox")
    field.fill("yxx")
    doctor.press("查找", within=doctor.page.locator("main"))
    doctor.sees("云小溪")
    doctor.look("township-search")
    doctor.page.get_by_role("row", name="云小溪").get_by_role("link", name="健康全景").click()
    doctor.sees("血脂四项")
    doctor.look("township-record")


def apply_for(doctor: Visitor) -> str:
    doctor.press("发起转诊")
    page = doctor.page
    page.get_by_label("转入机构").select_option(label="云溪县人民医院")
    doctor.settle()
    page.get_by_label("建议科室").select_option(label="心内科")
    page.get_by_label("转诊指征").select_option(label="需进一步检查以明确诊断")
    page.get_by_label("申请服务").select_option(label="住院")
    page.get_by_role("combobox", name="转诊诊断").press_sequentially("gxb", delay=60)
    option = page.get_by_role("option", name="冠状动脉粥样硬化性心脏病")
    option.first.wait_for()
    doctor.look("township-diagnosis")
    option.first.click()
    page.get_by_label("病情描述").fill("活动后胸闷两周，每次约五分钟，休息可缓解。血压 152/90 mmHg，心率 78 次/分；心电图 ST 段压低，血脂偏高。")
    page.get_by_label("治疗经过").fill("阿司匹林、阿托伐他汀已用一周，症状缓解不明显。")
    for report in ("血脂四项", "十二导联心电图"):
        page.get_by_label(report).check()
    page.get_by_role("combobox", name="知情同意").select_option(label="本人签字")
    doctor.look("township-apply")
    doctor.press("提交转诊")
    doctor.sees_state("已提交")
    doctor.look("township-submitted")
    return str(page.url.rstrip("/").rsplit("/", 1)[-1])


def accept(office: Visitor, number: str, now: datetime) -> None:
    office.go("/")
    office.look("office-desk")
    office.go(f"/referrals/?box=to_answer&text={number}")  # the desk shows the most pressing six only
    office.page.locator("main").get_by_role("link", name=number).first.click()
    office.sees("转诊申请")
    office.look("office-referral")
    office.press("接收")
    form = office.dialog()
    form.get_by_label("预约到院时间").fill(f"{now + timedelta(days=1):%Y-%m-%d}T09:00")
    form.get_by_label("接收科室").select_option(label="心内科")
    form.get_by_label("附言").fill("请空腹，带身份证和医保卡，到门诊楼一层转诊办公室报到。")
    office.look("office-accept")
    form.get_by_role("button", name="接收", exact=True).click()
    office.sees_state("已接收")
    office.look("office-accepted")


def soon_sees(person: Visitor, number: str, state: str) -> float:
    """Opens the referral until it shows `state`; returns how long that took."""
    started = time.monotonic()
    while time.monotonic() - started < SOON:
        person.go(f"/referrals/{number}/")
        if person.page.locator("#referral .pill", has_text=state).count():
            return time.monotonic() - started
    raise AssertionError(f"after {SOON} s the referral {number} does not show {state}")


def leave_hospital(system: Hospital, visit: Any) -> None:
    now = datetime.now(CHINA).replace(microsecond=0)
    system.send(system.writer.oru(PATIENT, visit, "XR7001", illnesses.REPORTS["troponin"], hospital.TROPONIN, now))
    system.send(system.writer.adt("A03", PATIENT, visit, now))
    system.send(system.writer.mdm(PATIENT, visit, f"CYXJ{visit.number}", illnesses.summary(hospital.HEART, visit.number), now))


def read_summary(department: Visitor, number: str) -> None:
    department.go("/")
    department.look("department-desk")
    started = time.monotonic()
    while time.monotonic() - started < SOON:
        department.go(f"/referrals/{number}/")
        if department.page.get_by_role("link", name="出院小结").count():
            break
    department.press("出院小结")
    department.sees("出院医嘱")
    department.look("department-summary")


def offer_home(department: Visitor, number: str) -> str:
    department.go(f"/referrals/{number}/")
    department.look("department-discharged")
    department.press("发起下转")
    page = department.page
    page.get_by_label("转诊指征").select_option(label="诊断明确，不需特殊治疗，或需长期慢性病治疗")
    page.get_by_label("注意事项").fill("规律服用阿司匹林、他汀；两周内首次随访，复查血脂。")
    department.look("department-home")
    department.press("发出下转单")
    department.sees("回程")
    department.look("department-home-sent")
    return str(page.url.rstrip("/").rsplit("/", 1)[-1])


def take_home(doctor: Visitor, home: str, now: datetime) -> None:
    doctor.go(f"/referrals/{home}/")
    doctor.look("township-home")
    doctor.press("接收")
    form = doctor.dialog()
    form.get_by_label("预约到院时间").fill(f"{now + timedelta(days=2):%Y-%m-%d}T09:30")
    form.get_by_role("button", name="接收", exact=True).click()
    doctor.sees_state("已接收")
    doctor.press("确认首次随访")
    form = doctor.dialog()
    form.get_by_label("随访情况").fill("无胸闷，血压 132/80 mmHg，按时服药；一月后复查血脂。")
    doctor.look("township-follow-up")
    form.get_by_role("button", name="确认首次随访", exact=True).click()
    doctor.sees_state("已办结")
    doctor.look("township-concluded")


def journal_verifies(county: County) -> None:
    said = county.command("verify-journal")
    assert said.returncode == 0, said.stdout + said.stderr

"""The other ways of a referral: a stroke that cannot wait, advice instead of a trip, no and elsewhere, outside the network, a screening day."""

from __future__ import annotations

import re
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import Visitor, visitor

pytestmark = pytest.mark.browser
CHINA = ZoneInfo("Asia/Shanghai")


def people(county: County, browser: Any, windows: ExitStack, *names: str) -> list[Visitor]:
    return [windows.enter_context(visitor(browser, county.url, name)) for name in names]


def moment(*, minutes: int = 0, days: int = 0) -> str:
    return f"{datetime.now(CHINA) + timedelta(minutes=minutes, days=days):%Y-%m-%dT%H:%M}"


def patients(doctor: Visitor) -> list[str]:
    """Numbers of residents whose record the doctor may open, as the search lists them."""
    doctor.go("/residents/?q=云&then=referral")
    links = doctor.page.locator("main a[href*='/referrals/new?resident=']")
    return list(dict.fromkeys(str(links.nth(place).get_attribute("href")).rsplit("=", 1)[-1] for place in range(links.count())))


def begin(doctor: Visitor, resident: str) -> None:
    doctor.go(f"/referrals/new?resident={resident}")
    doctor.sees("转往哪里")


def diagnose(doctor: Visitor, initials: str, name: str) -> None:
    doctor.page.get_by_role("combobox", name="转诊诊断").press_sequentially(initials, delay=40)
    option = doctor.page.get_by_role("option", name=name).first
    option.wait_for()
    option.click()
    doctor.settle()


def consent(doctor: Visitor) -> None:
    basis = doctor.page.get_by_role("combobox", name="知情同意")
    if basis.count():
        basis.select_option(label="本人签字")


def find_service(doctor: Visitor, text: str, name: str) -> None:
    doctor.page.get_by_label("按症状、诊断、科室或医生找").press_sequentially(text, delay=40)
    choice = doctor.page.get_by_role("radio", name=re.compile(name)).first
    choice.wait_for()
    doctor.page.wait_for_timeout(300)  # the places of the receiver before are there
    with doctor.page.expect_response(lambda answer: "/schedules/choose" in answer.url), doctor.page.expect_response(lambda answer: "/referrals/receiver" in answer.url):
        choice.check()
    doctor.settle()


def number_of(person: Visitor) -> str:
    return str(person.page.url.rstrip("/").rsplit("/", 1)[-1])


def in_dialog(person: Visitor, button: str, **fields: str) -> None:
    """Press a step's button, fill its dialog by label, and confirm."""
    person.press(button)
    form = person.dialog()
    for label, value in fields.items():
        control = form.get_by_label(label)
        control.select_option(label=value) if control.evaluate("el => el.tagName") == "SELECT" else control.fill(value)
    form.get_by_role("button", name=button, exact=True).click()
    person.settle()


def test_a_stroke_in_the_green_channel(county_running: County, browser: Any) -> None:
    with ExitStack() as windows:
        township, office, department = people(county_running, browser, windows, "township", "office", "department")
        with step("乡镇医生发出卒中绿色通道：只填去哪里和发病时间，不等审批"):
            begin(township, patients(township)[0])
            find_service(township, "偏瘫", "卒中与头晕")
            page = township.page
            page.get_by_role("radio", name="急诊", exact=True).check()
            page.get_by_label("通道").select_option(label="卒中绿色通道")
            page.get_by_label("发病时间").fill(moment(minutes=-70))
            township.look("ways-stroke-form")
            township.press("提交转诊")
            township.sees_state("已提交")
            township.sees_state("卒中绿色通道")
            number = number_of(township)
        with step("乡镇登记发病和呼叫救护车的时间"):
            for milestone, minutes in (("发病", -70), ("呼叫救护车", -20)):
                note(township, milestone, minutes)
        with step("救护车先到：还没答复也能登记到院"):
            office.go(f"/referrals/{number}/")
            in_dialog(office, "登记到院", 到院时间=moment(minutes=-1))
            office.sees_state("已到院")
        with step("医院登记进门、影像和溶栓，时间轴写明用时"):
            department.go(f"/referrals/{number}/")
            for milestone, minutes in (("到达医院大门", -1), ("影像检查", 0)):
                note(department, milestone, minutes)
            department.page.get_by_text(re.compile(r"(69|70|71) 分钟")).locator("visible=true").first.wait_for()  # the minute may turn in between
            department.look("ways-stroke-timeline", phone=True)
        with step("双方在单上对话"):
            department.page.locator("form[action$='/say'] textarea").fill("家属是否知道溶栓风险？")
            department.press("发送")
            department.sees("家属是否知道溶栓风险？")
            township.go(f"/referrals/{number}/")
            township.sees("家属是否知道溶栓风险？")


def note(person: Visitor, milestone: str, minutes: int) -> None:
    form = person.page.locator("form[action$='/note_milestone']")
    form.get_by_label("时间点").select_option(label=milestone)
    form.locator("input[name=took_place_at]").fill(moment(minutes=minutes))
    told = form.element_handle()
    form.get_by_role("button", name="登记").click()
    told.wait_for_element_state("hidden")  # the answer puts a new form in its place; the onset stood there before it was noted
    person.settle()
    person.page.locator("section[aria-label='救治时间轴'] td", has_text=milestone).first.wait_for()


def test_advice_that_spares_a_trip(county_running: County, browser: Any) -> None:
    with ExitStack() as windows:
        township, department = people(county_running, browser, windows, "township", "department")
        with step("乡镇医生只要意见，不转病人"):
            begin(township, patients(township)[1])
            find_service(township, "胸痛", "胸痛与冠心病")
            page = township.page
            page.get_by_label("申请服务").select_option(label="意见咨询")
            page.get_by_label("转诊指征").select_option(label="需进一步检查以明确诊断")
            diagnose(township, "gxy", "高血压")
            page.locator("#fact-sbp").fill("186")
            page.locator("#fact-sbp").press("Tab")
            township.sees("收缩压 186（≥180）")
            page.get_by_label("病情描述").fill("三种降压药足量仍 186/100 mmHg，无胸痛，无肢体无力；想请教如何调药。")
            consent(township)
            township.look("ways-advice-form")
            township.press("提交转诊")
            township.sees_state("已提交")
            number = number_of(township)
        with step("县医院医生给出意见"):
            department.go(f"/referrals/{number}/")
            in_dialog(department, "给出意见", 诊疗意见="可加用螺内酯 20 mg，一周后复查血钾和血压；若血压≥180/110 并头痛、视物模糊，立即上转。")
            department.sees_state("已给出意见")
        with step("乡镇采纳，病人没有跑这一趟"):
            township.go(f"/referrals/{number}/")
            township.look("ways-advice-given")
            in_dialog(township, "采纳意见并办结", 如何按意见处理="已加药，一周后复查血钾。")
            township.sees_state("已办结")


def test_declined_and_redirected_with_the_patients_consent(county_running: County, browser: Any) -> None:
    with ExitStack() as windows:
        township, office, tcm = people(county_running, browser, windows, "township", "office", "tcm")
        listed = patients(township)
        with step("县医院谢绝一张，写明原因"):
            number = apply_for_knee(township, listed[2])
            office.go(f"/referrals/{number}/")
            in_dialog(office, "谢绝", 谢绝原因="暂无床位", 说明="骨科本周满床，建议保守治疗。")
            office.sees_state("已谢绝")
            township.go(f"/referrals/{number}/")
            township.sees("暂无床位")
        with step("另一张：县医院建议改转中医院，等患者同意"):
            number = apply_for_knee(township, listed[3])
            office.go(f"/referrals/{number}/")
            in_dialog(office, "建议改转", 建议改转到="云溪县中医院", 为什么建议改转="以康复理疗为主，中医院更合适。")
            office.sees_state("待患者同意改转")
            office.go("/referrals/")  # once the patient agrees, the referral is no longer theirs to look at
        with step("乡镇征得患者同意，转诊单到了中医院"):
            township.go(f"/referrals/{number}/")
            township.look("ways-redirect-asked")
            in_dialog(township, "患者同意改转", 患者或家属如何同意="患者本人今天当面同意")
            township.sees_state("已提交")
            tcm.go(f"/referrals/{number}/")
            in_dialog(tcm, "接收", 预约到院时间=moment(days=1))
            tcm.sees_state("已接收")
            tcm.look("ways-redirect-accepted")


def apply_for_knee(doctor: Visitor, resident: str) -> str:
    begin(doctor, resident)
    find_service(doctor, "腰腿痛", "骨科与创伤")
    doctor.page.locator("#places button").first.click()
    doctor.sees("已留：")
    doctor.page.get_by_label("转诊指征").select_option(label="需进一步检查以明确诊断")
    diagnose(doctor, "M17", "膝")
    doctor.page.get_by_label("病情描述").fill("双膝疼痛三月，上下楼困难，理疗效果不佳，拟进一步评估。")
    consent(doctor)
    doctor.look("ways-place-held")
    doctor.press("提交转诊")
    doctor.sees_state("已提交")
    return number_of(doctor)


def test_outside_the_network_and_what_became_of_it(county_running: County, browser: Any) -> None:
    with ExitStack() as windows:
        department, office = people(county_running, browser, windows, "department", "office")
        with step("县级科室申请转往平台以外的省级医院，先报审批"):
            begin(department, patients(department)[0])
            find_service(department, "胸痛", "疑难心血管病")
            page = department.page
            page.get_by_label("转诊指征").select_option(label="病情复杂，超出本机构诊治能力")
            diagnose(department, "I21", "心肌梗死")
            page.get_by_label("病情描述").fill("反复胸痛，造影示三支病变，拟行搭桥手术，本院不能开展。")
            consent(department)
            department.press("提交转诊")
            department.sees_state("待本方审批")
            number = number_of(department)
        with step("转诊办公室同意，开出带二维码的转诊证明"):
            office.go(f"/referrals/{number}/")
            in_dialog(office, "同意转往网外", 附言="同意转往省级医院。")
            office.sees_state("已转往网外")
            office.press("开具证明")
            office.sees("有效")
            office.look("ways-outside-certificate")
        with step("科室登记病人的去向"):
            department.go(f"/referrals/{number}/")
            in_dialog(department, "登记去向结果", 去向结果="已住院", 经过="家属电话：已住院，择期手术。")
            department.sees_state("已办结")
            department.look("ways-outside-outcome")


def test_a_batch_from_a_screening_day(county_running: County, browser: Any) -> None:
    with ExitStack() as windows:
        township, office = people(county_running, browser, windows, "township", "office")
        listed = patients(township)[4:7]
        with step("乡镇把筛查名单写成一批，认不出的当场指出"):
            township.go("/referrals/batches/new")
            page = township.page
            page.get_by_role("textbox", name="名称").fill("青禾村高血压筛查")
            page.get_by_label("转入机构").select_option(label="云溪县人民医院")
            township.settle()
            page.get_by_label("建议科室").select_option(label="心内科")
            page.get_by_label("转诊指征").select_option(label="需进一步检查以明确诊断")
            diagnose(township, "gxy", "高血压")
            consent(township)
            lines = [f"{number} 血压 18{place}/112，头晕，未规律服药" for place, number in enumerate(listed)]
            page.get_by_role("textbox", name="名单").fill("\n".join([*lines, "查无此人 血压 200/120"]))
            township.press("核对名单")
            township.sees("没有找到“查无此人”")
            township.look("ways-batch-checked")
            page.get_by_role("textbox", name="名单").fill("\n".join(lines))
            township.press("核对名单")
            township.press("全部发出")
            township.sees("3 张转诊单")
            batch = number_of(township)
        with step("县医院一次接收，每人隔十分钟"):
            office.go(f"/referrals/batches/{batch}/")
            in_dialog(office, "全部接收", 第一位的预约时间=moment(days=2), 接收科室="心内科")
            accepted = office.page.locator("table .pill", has_text="已接收")
            assert accepted.count() == 3, office.page.locator("main, #toasts").all_inner_texts()
            office.look("ways-batch-accepted", phone=True)

"""A stranger comes in unconscious: the ward opens the record, the auditor reviews it, the resident reads who looked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from demo import names
from demo.messages import Item, Patient, Visit
from tests.stories.conftest import County
from tests.stories.hospital import Hospital
from tests.stories.steps import step
from tests.stories.visiting import Visitor, visitor

pytestmark = pytest.mark.browser
CHINA = ZoneInfo("Asia/Shanghai")
BORN = datetime(1971, 8, 30, tzinfo=CHINA).date()
WHO = names.Particulars("艾映山", "1", BORN, names.id_card(BORN, 391, "1"))
PATIENT = Patient(WHO, "daoxiang", 0, "", "YB34992199990391", "13800009391", "云溪县稻香镇青禾村7组3号", 90391)


def test_an_emergency_is_opened_reviewed_and_seen_by_the_resident(county_running: County, browser: Any) -> None:
    now = datetime.now(CHINA).replace(microsecond=0)
    with step("只有乡镇卫生院认识这位居民：一次普通检验，一次敏感检验"):
        known_to_the_township(Hospital(county_running.mllp, "YXDXWSY"), now)
    with visitor(browser, county_running.url, "department") as ward:
        with step("县医院科室没有诊疗关系，健康全景先问理由"):
            number = find(ward)
            ward.go(f"/record/{number}/")
            ward.sees("先说明查看理由")
        with step("按身份证号找到，说明理由，紧急调阅"):
            find(ward)
            ward.press("紧急调阅")
            ward.page.get_by_label("抢救生命").check()
            ward.page.get_by_label("说明").fill("昏迷送来，急需知道用药史和既往病史")
            ward.look("emergency-open", phone=True)
            ward.press("紧急调阅")
        with step("看到各机构的全部记录，包括敏感内容；看完就结束"):
            ward.sees("紧急调阅中")
            ward.sees("人类免疫缺陷病毒抗体")
            ward.look("emergency-record", phone=True)
            ward.press("现在结束")
            ward.go(f"/record/{number}/")
            ward.sees("先说明查看理由")
    with step("审计员复核：理由、时间、看过哪些页面"), visitor(browser, county_running.url, "auditor") as auditor:
        auditor.go("/privacy/emergency/?state=ended")
        auditor.look("auditor-emergencies")
        auditor.page.get_by_role("row").filter(has_text=number).get_by_role("link").first.click()
        auditor.sees("昏迷送来")
        auditor.sees(f"/record/{number}/")
        auditor.look("auditor-emergency", phone=True)
        auditor.press("认定合理")
        form = auditor.dialog()
        form.get_by_label("复核意见").fill("急诊抢救记录相符")
        form.get_by_role("button", name="认定合理", exact=True).click()
        auditor.sees("复核合理")
    with step("居民到卫生院查“谁看过我的档案”，并要一份副本"), visitor(browser, county_running.url, "township") as doctor:
        doctor.go(f"/residents/{number}/")
        doctor.press("谁看过")
        doctor.sees("昏迷送来")
        doctor.look("township-looks", phone=True)
        ask_for_a_copy(doctor, number)


def known_to_the_township(system: Hospital, now: datetime) -> None:
    visit = Visit(f"MZ{now:%y%m%d}7391", "O", "全科门诊", "麦晓禾", ("I10.x00", "原发性高血压"), now - timedelta(hours=5), "复查")
    system.send(system.writer.adt("A04", PATIENT, visit, visit.opened_at))
    system.send(system.writer.oru(PATIENT, visit, "EM7001", ("K", "电解质", "LAB"), (Item("K", "钾", "4.1", "mmol/L", "3.5-5.3"),), now - timedelta(hours=4)))
    sealed = (Item("HIVAB", "人类免疫缺陷病毒抗体", "阴性", "", "阴性"),)
    system.send(system.writer.oru(PATIENT, visit, "EM7002", ("HIVAB", "人类免疫缺陷病毒抗体", "LAB"), sealed, now - timedelta(hours=4)))


def find(ward: Visitor) -> str:
    ward.go(f"/residents/?q={WHO.id_card}")
    link = ward.page.locator("main").get_by_role("link", name="紧急调阅", exact=True).first
    return str(link.get_attribute("href")).rstrip("/").rsplit("/", 1)[-1]


def ask_for_a_copy(doctor: Visitor, number: str) -> None:
    doctor.go(f"/residents/{number}/")
    doctor.press("受理个人信息请求")
    doctor.page.get_by_label("核验的证件").fill("居民身份证原件")
    doctor.look("privacy-receive", phone=True)
    doctor.press("受理")
    doctor.press("同意办理")
    doctor.dialog().get_by_role("button", name="同意办理", exact=True).click()
    doctor.sees("生成档案副本")
    doctor.look("privacy-request", phone=True)
    with doctor.page.expect_download() as download:
        doctor.page.get_by_role("button", name="生成档案副本").click()
    assert download.value.suggested_filename.endswith(".zip")
    doctor.press("答复本人")
    doctor.dialog().get_by_label("怎样答复的").fill("当面交付电子副本")
    doctor.dialog().get_by_role("button", name="已答复", exact=True).click()
    doctor.sees("已答复")

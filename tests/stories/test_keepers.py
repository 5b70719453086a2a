"""Those who keep the platform: a refused message mended by the administrator, the journal read by the auditor, and the desks of the rest."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.stories.conftest import County
from tests.stories.steps import step
from tests.stories.visiting import Visitor, visitor

pytestmark = pytest.mark.browser


def test_the_administrator_mends_a_refused_message(county_running: County, browser: Any) -> None:
    with visitor(browser, county_running.url, "admin") as admin:
        with step("打开工作台、运行状态、接口消息"):
            admin.go("/")
            admin.look("admin-desk")
            admin.go("/operations/")
            admin.look("admin-operations")
            admin.go("/hl7v2/")
            admin.look("admin-messages")
        with step("被拒绝的消息说明了原因：发送机构没有登记"):
            admin.go("/hl7v2/?state=refused")
            admin.page.get_by_role("link").filter(has_text=re.compile("YXKQMZB|未登记")).or_(
                admin.page.get_by_role("row", name=re.compile("YXKQMZB")).get_by_role("link")).first.click()
            admin.sees("未登记")
            message = admin.page.url
            admin.look("admin-message")
        with step("给县中医院登记这个接口代码"):
            register_code(admin, "YXKQMZB")
        with step("重放，消息入档"):
            admin.page.goto(message)
            admin.press("重放")
            admin.sees("已入档")
            admin.look("admin-replayed")


def register_code(admin: Visitor, code: str) -> None:
    admin.go("/institutions/")
    admin.look("admin-institutions")
    admin.page.get_by_role("link", name=re.compile("云溪县中医院|县中医院")).first.click()
    admin.settle()
    codes = admin.page.get_by_role("region", name="接口代码")
    admin.press("添加", within=codes)
    admin.dialog().get_by_role("textbox").last.fill(code)
    admin.look("admin-facility")
    admin.dialog().get_by_role("button", name="添加", exact=True).click()
    admin.sees(code)
    admin.look("admin-institution")


def test_the_security_administrator_keeps_rights(county_running: County, browser: Any) -> None:
    with visitor(browser, county_running.url, "security") as security:
        for path, name in (("/", "security-desk"), ("/access/", "security-access")):
            with step(f"打开 {path}"):
                security.go(path)
                security.look(name)


def test_the_administrator_keeps_people_and_reads_policies(county_running: County, browser: Any) -> None:
    with visitor(browser, county_running.url, "admin") as admin:
        for path, name in (("/people/", "admin-people"), ("/policies/", "policies")):
            with step(f"打开 {path}"):
                admin.go(path)
                admin.look(name)
        with step("打开一项政策，看到依据和适用范围"):
            admin.go("/policies/clinical.referral.answer_limit/")
            admin.sees("转诊答复时限")
            admin.look("policy")


def test_the_auditor_reads_and_verifies(county_running: County, browser: Any) -> None:
    with step("乡镇医生打开一位居民的健康全景"), visitor(browser, county_running.url, "township") as doctor:
        doctor.go("/referrals/?box=to_follow_up")
        doctor.page.locator("main a[href*='/referrals/ZZ']").first.click()
        doctor.press("健康全景")
    with visitor(browser, county_running.url, "auditor") as auditor:
        auditor.go("/")
        auditor.look("auditor-desk")
        with step("查业务日志，核对整条链"):
            auditor.go("/audit/")
            auditor.look("auditor-journal")
            auditor.press("核对整条链")
            auditor.look("auditor-verified")
            assert auditor.page.locator(".finding-blocking").count() == 0
        with step("查谁看过居民档案，查登录与拒绝"):
            auditor.go("/access/log/")
            auditor.sees("麦晓禾")
            auditor.look("auditor-looks")
            auditor.go("/access/door/")
            auditor.look("auditor-door")
        with step("审计员看不到居民和转诊"):
            for path in ("/residents/", "/referrals/"):
                assert auditor.page.request.get(f"{county_running.url}{path}").status == 403


def test_the_village_doctor_and_the_manager_begin_their_day(county_running: County, browser: Any) -> None:
    with visitor(browser, county_running.url) as anyone:
        anyone.go("/login/")
        anyone.look("login")
    with visitor(browser, county_running.url, "village") as doctor:
        for path, name in (("/", "village-desk"), ("/residents/", "village-residents"), ("/referrals/?box=returned", "village-returned"), ("/inbox/", "village-inbox")):
            doctor.go(path)
            doctor.look(name, phone=name == "village-desk")
        doctor.go("/residents/new")
        doctor.look("village-register")
    with visitor(browser, county_running.url, "manager") as manager:
        for path, name in (("/", "manager-desk"), ("/referrals/", "manager-referrals"), ("/institutions/", "manager-institutions")):
            manager.go(path)
            manager.look(name)

"""Figures on pages: who sees whose, what a tile says, and the rows behind it."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from yilianti.care.referral import actions as referral
from yilianti.care.referral.models import Referral
from yilianti.care.referral.tests import factories as referrals
from yilianti.insight.indicators.tests.factories import ANSWER, PRIMARY, count
from yilianti.record.encounters.tests import factories as stays
from yilianti.registry.access.models import AccessLog, Account
from yilianti.registry.access.tests import factories as staff

pytestmark = pytest.mark.django_db


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def scene():
    """Two referrals to the hospital now, one answered after a minute, and one visit in each place."""
    now = timezone.now()
    made = referrals.scene(now)
    first = referrals.submitted(made, now - timedelta(minutes=2), diagnosis_code="I10.x00")
    referrals.submitted(made, now - timedelta(minutes=2))
    referral.accept(actor=made.office, number=first.number, appointment_at=now + timedelta(hours=3), at=now - timedelta(minutes=1))
    for place in (made.county.township, made.county.hospital, made.county.hospital):
        stays.opened(made.resident, place, now, visit_number=f"MZ{place.id}", kind="outpatient")
    count(now)
    return made


@pytest.fixture
def manager(scene) -> Client:
    return signed_in(staff.staff(scene.county.hospital, "consortium_manager"))


def test_a_tile_says_figure_parts_month_and_watermark(manager, scene):
    said = manager.get("/insight/tiles?whose=whole").content.decode()
    assert f'data-card="{ANSWER}" data-numerator="1" data-denominator="2"' in said
    assert "1 分" in said and "已答复 1 / 应答复 2" in said and "平台定义" in said
    assert f'data-card="{PRIMARY}" data-numerator="1" data-denominator="2"' in said and "50.0" in said
    assert "截至" in said and "日志第" in said
    assert 'hx-trigger="every 3s"' in said


def test_what_cannot_be_computed_is_not_zero(manager, scene):
    said = manager.get("/insight/tiles?whose=whole&month=2020-01").content.decode()
    assert said.count("无法计算") >= 3 and "0.0" not in said
    assert "hx-trigger" not in said  # a month that is over does not move


def test_the_desk_asks_for_the_tiles(manager, scene):
    assert "/insight/tiles?whose=whole" in manager.get("/").content.decode()
    office = signed_in(staff.staff(scene.county.hospital, "referral_office"))
    assert "/insight/tiles?whose=own" in office.get("/").content.decode()


def test_nobody_sees_the_figures_of_another_consortium(scene):
    stranger = signed_in(staff.staff(scene.county.other_hospital, "consortium_manager"))
    hospital = scene.county.hospital.id
    for address in ("/insight/tiles", f"/insight/{ANSWER}/", f"/insight/{ANSWER}/rows", f"/insight/{ANSWER}/rows/export"):
        assert stranger.get(f"{address}?whose={hospital}").status_code == 404
    assert 'data-denominator="2"' not in stranger.get("/insight/tiles?whose=whole").content.decode()
    assert "没有这样的明细" in stranger.get(f"/insight/{ANSWER}/rows?whose=whole").content.decode()


def test_a_department_sees_its_institution_and_the_whole_but_not_the_neighbours(scene):
    department = signed_in(staff.staff(scene.county.hospital, "county_department"))
    assert department.get("/insight/tiles?whose=own").status_code == 200
    assert department.get("/insight/tiles?whose=whole").status_code == 200
    assert department.get(f"/insight/tiles?whose={scene.county.township.id}").status_code == 404
    assert signed_in(staff.staff(scene.county.clinic, "village_doctor")).get("/insight/tiles").status_code == 403
    assert signed_in(staff.staff(scene.county.township, "township_doctor")).get(f"/insight/{ANSWER}/rows").status_code == 403


def test_the_card_shows_definition_source_and_who_stands_where(manager, scene):
    said = manager.get(f"/insight/{ANSWER}/").content.decode()
    assert "没有公开文件规定算法" in said and "indicators.platform.referral_answer_time@2020-01-01" in said
    assert "云溪县医院" in said
    public = manager.get(f"/insight/{PRIMARY}/").content.decode()
    assert "12号 附件2 第3项" in public and "有公开依据" in public and "平台定义" not in public
    assert manager.get("/insight/platform.no_such_card/").status_code == 404


def test_the_rows_are_those_that_were_counted(manager, scene):
    said = manager.get(f"/insight/{ANSWER}/rows").content.decode()
    assert said.count("/referrals/ZZ") == 2 and said.count(">计入<") == 1
    assert manager.get(f"/insight/{ANSWER}/rows?part=missing").content.decode().count("/referrals/ZZ") == 1
    assert "苏禾" not in said
    visits = manager.get(f"/insight/{PRIMARY}/rows").content.decode()
    assert "共 2 行" in visits and "/encounters/JZ" not in visits  # a manager may not open records


def test_rows_stay_those_of_the_figure_until_it_is_computed_again(manager, scene):
    referrals.submitted(scene, timezone.now(), diagnosis_code="J18.900")
    assert "共 2 行" in manager.get(f"/insight/{ANSWER}/rows").content.decode()
    count(timezone.now())
    assert "共 3 行" in manager.get(f"/insight/{ANSWER}/rows").content.decode()


def test_whose_rows_were_seen_is_noted(manager, scene):
    before = AccessLog.objects.count()
    manager.get(f"/insight/{ANSWER}/rows")
    noted = AccessLog.objects.order_by("-id").first()
    assert AccessLog.objects.count() == before + 1 and noted is not None
    assert (noted.resident, noted.purpose) == (scene.resident.id, "指标明细：转诊答复时间")
    manager.get("/insight/tiles?whose=whole")
    assert AccessLog.objects.count() == before + 1


def test_rows_leave_as_csv_and_excel(manager, scene):
    text = manager.get(f"/insight/{ANSWER}/rows/export").content.decode("utf-8-sig").splitlines()
    assert text[0].startswith("转诊单号,转出机构") and text[0].endswith("计入分子") and len(text) == 3
    submitted = timezone.localtime(Referral.objects.latest("id").submitted_at).strftime("%Y-%m-%d %H:%M:%S")
    assert submitted in text[1]
    page = load_workbook(io.BytesIO(manager.get(f"/insight/{ANSWER}/rows/export?as=xlsx&part=counted").content)).active
    assert page is not None and page.max_row == 2
    assert page.cell(2, 10).value == 60


@pytest.mark.parametrize("query", ["month=spring", "whose=99999999999999999999", "month=2026-13", "month=9999-12", "whose=x&part=y", "start=-1", "institution=abc"])
def test_nonsense_is_answered(manager, scene, query):
    assert manager.get(f"/insight/{ANSWER}/rows?{query}").status_code in (200, 404)
    assert manager.get(f"/insight/tiles?{query}").status_code in (200, 404)


def test_a_tile_costs_two_statements_of_its_own(manager, scene, django_assert_max_num_queries):
    manager.get("/insight/tiles?whose=whole")
    with django_assert_max_num_queries(7):  # who is signed in, the watermark, the figures
        manager.get("/insight/tiles?whose=whole")


def test_before_the_first_export_pages_say_so(settings, tmp_path):
    county = staff.county()
    manager = signed_in(staff.staff(county.hospital, "consortium_manager"))
    assert "正在首次导出" in manager.get("/insight/").content.decode()
    assert manager.get(f"/insight/{ANSWER}/rows").status_code == 422

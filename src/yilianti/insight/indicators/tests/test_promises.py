"""What each end owes the other: a line a pair for both ends, few cases kept back, rows behind, and the wait as published."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from yilianti.care.referral import actions as referral
from yilianti.care.referral.tests import factories as referrals
from yilianti.insight.indicators.api import publish_waiting
from yilianti.insight.indicators.models import Figure, PublishedWait
from yilianti.insight.indicators.tests.factories import count
from yilianti.insight.indicators.tests.test_pages import signed_in
from yilianti.kernel.actor import Actor
from yilianti.registry.access.tests import factories as staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    """Seven referrals from the township to the hospital, each answered a minute later than the one before, the last declined."""
    now = timezone.now()
    made = referrals.scene(now)
    for n in range(7):
        sent = now - timedelta(hours=1)
        one = referrals.submitted(made, sent, diagnosis_code=f"I2{n}.000")
        if n == 6:
            referral.decline(actor=made.office, number=one.number, reason="no_bed", note="", at=sent + timedelta(minutes=7))
        else:
            referral.accept(actor=made.office, number=one.number, department=made.cardiology.id, appointment_at=now + timedelta(days=1), at=sent + timedelta(minutes=n + 1))
    count(now)
    return made


def test_both_ends_and_the_manager_read_the_same_line(scene):
    wanted = f"{scene.county.township.short_name} → {scene.county.hospital.short_name}"
    for place, role in ((scene.county.township, "township_doctor"), (scene.county.hospital, "referral_office"), (scene.county.hospital, "consortium_manager")):
        said = signed_in(staff.staff(place, role)).get("/insight/promises/").content.decode()
        assert wanted in said and "4 分" in said and "6 分 24 秒" in said and "14.3%" in said and "7/7" in said
    stranger = signed_in(staff.staff(scene.county.other_hospital, "referral_office"))
    assert "还没有往来的转诊" in stranger.get("/insight/promises/").content.decode()


def test_few_cases_are_not_told(scene):
    Figure.objects.filter(sender__isnull=False).update(denominator=5, numerator=0)
    said = signed_in(staff.staff(scene.county.hospital, "consortium_manager")).get("/insight/promises/").content.decode()
    assert "病例不足" in said and "4 分" not in said


def test_a_median_of_few_answers_is_not_told_however_many_wait(scene):
    Figure.objects.filter(sender__isnull=False, measured__isnull=False).update(denominator=40, numerator=2)
    said = signed_in(staff.staff(scene.county.hospital, "consortium_manager")).get("/insight/promises/").content.decode()
    assert "4 分" not in said and "病例不足" in said and "14.3%" in said, "the rates have their seven cases"


def test_the_rows_behind_are_those_of_the_pair_for_both_ends(scene):
    key = f"{scene.county.township.id}-{scene.county.hospital.id}"
    address = f"/insight/platform.referral_declined_share/rows?whose={key}"
    said = signed_in(staff.staff(scene.county.hospital, "referral_office")).get(address).content.decode()
    assert "共 7 行" in said and said.count("pill-ok") == 1
    other = f"/insight/platform.referral_declined_share/rows?whose={scene.county.hospital.id}-{scene.county.township.id}"
    assert "没有这样的明细" in signed_in(staff.staff(scene.county.hospital, "referral_office")).get(other).content.decode()
    assert signed_in(staff.staff(scene.county.other_hospital, "referral_office")).get(address).status_code == 404


def test_statements_do_not_grow_with_pairs_and_the_sheet_holds_them(scene):
    client = signed_in(staff.staff(scene.county.hospital, "consortium_manager"))
    client.get("/insight/promises/")
    with CaptureQueriesContext(connection, ) as one:
        client.get("/insight/promises/")
    figure = Figure.objects.filter(sender__isnull=False).first()
    for place in (scene.county.clinic, scene.county.other_township):
        figure.pk, figure.sender = None, place
        figure.save()
    with CaptureQueriesContext(connection) as more:
        client.get("/insight/promises/")
    assert len(one) == len(more)
    rows = list(load_workbook(io.BytesIO(client.get("/insight/promises/export.xlsx").getvalue()), read_only=True).active.iter_rows(values_only=True))
    assert len(rows) == 4 and rows[0][:2] == ("转出机构", "接收机构")


def test_the_wait_is_published_once_a_night_and_few_cases_are_not_told(scene):
    tomorrow = timezone.now() + timedelta(days=1)
    assert publish_waiting(actor=Actor.system(), at=tomorrow) == 3  # in all, the department, the sender
    assert publish_waiting(actor=Actor.system(), at=tomorrow) == 0
    client = signed_in(staff.staff(scene.county.township, "township_doctor"))
    asked = f"/insight/promises/of?receiver={scene.county.hospital.id}&sender={scene.county.township.id}&department={scene.cardiology.id}"
    said = client.get(asked).content.decode()
    assert "全院：中位数 4 分" in said and "（7 例）" in said and "心内科：中位数" in said and "对贵方：中位数 4 分" in said and "本月至今：4 分" in said
    elsewhere = signed_in(staff.staff(scene.county.clinic, "village_doctor")).get(asked).content.decode()
    assert "全院：中位数 4 分" in elsewhere and "对贵方" not in elsewhere, "what a pair owes each other, others do not read"
    PublishedWait.objects.update(cases=5)
    assert "病例不足（5 例）" in client.get(asked).content.decode()
    assert client.get("/insight/promises/of?receiver=x").status_code == 200

"""Who could be at home: the list of a hospital's department."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from yilianti.capacity.schedules import api as schedules
from yilianti.capacity.services import api as services
from yilianti.care.referral import actions, queries
from yilianti.care.referral.pages import ready
from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_pages import signed_in

pytestmark = pytest.mark.django_db


def test_the_list_says_how_long_what_is_needed_and_what_the_home_can_do(django_assert_max_num_queries: Any) -> None:
    now = timezone.now()
    scene = factories.scene(now)
    for code, name in (("I10", "高血压"), ("I63.900", "脑梗死"), ("S72.000", "股骨骨折")):
        made = factories.accepted(scene, now, diagnosis_code=code, diagnosis_name=name)
        actions.arrive(actor=scene.office, number=made.number, arrived_at=now - timedelta(hours=20), at=now)
    services.note_capability(actor=scene.township, institution=scene.county.township.id, kind="technique", code="REHAB", name="康复训练", at=now)
    schedules.count_beds(actor=scene.township, institution=scene.county.township.id, department=None, total=8, occupied=5, at=now)
    rows = queries.in_care(scene.department)
    with django_assert_max_num_queries(3):
        told = ready.lines(scene.department, rows, now)
    assert {line["referral"].diagnosis_code: line["conditions"][0] for line in told} == {
        "I10": "诊断明确", "I63.900": "度过危险期，转乡镇康复", "S72.000": "诊断明确、不需特殊治疗，或需长期慢性病治疗",
    }  # fmt: skip
    assert {(line["can_rehabilitate"], line["beds"], line["stale"]) for line in told} == {(True, 3, False)}
    page = signed_in(scene.department).get("/referrals/ready/").content.decode()
    assert "能康复" in page and "空床 3 张" in page and "脑梗死" in page


def test_a_stranger_and_an_empty_house_see_an_empty_list() -> None:
    scene = factories.scene(timezone.now())
    assert queries.in_care(scene.stranger) == []
    assert "没有转来后仍在院的患者" in signed_in(scene.department).get("/referrals/ready/").content.decode()

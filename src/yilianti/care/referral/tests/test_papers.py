"""What the form still lacks, told while it is written: by direction and service, and never in the way of a green channel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from yilianti.care.referral.rules import papers
from yilianti.care.referral.terms import Application, Direction
from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_pages import signed_in

FULL = Application(to_institution=1, diagnosis_code="I20.000", diagnosis_name="不稳定性心绞痛", reason="complex", urgency="elective", service="inpatient", summary="反复胸痛一周，活动后加重，含服硝酸甘油缓解。",
                   treatment="阿司匹林100mg每日一次", evidence=("results:JC1",))  # fmt: skip
UP, DOWN = Direction.UP, Direction.DOWN


@pytest.mark.parametrize(("changes", "direction", "consented", "needed", "welcome"), [
    ({}, UP, True, [], []),
    ({}, UP, False, ["consent_basis"], []),
    ({"to_institution": 0, "reason": ""}, UP, True, ["to_institution", "reason"], []),
    ({"summary": "x" * 9}, UP, True, ["summary"], []),
    ({"summary": "x" * 10}, UP, True, [], []),
    ({"service": "examination"}, UP, True, ["examination"], []),
    ({"service": "examination", "examination": "冠脉CTA"}, UP, True, [], []),
    ({"treatment": "", "evidence": ()}, UP, True, [], ["treatment", "evidence"]),
    ({"treatment": "", "evidence": (), "service": "advice"}, UP, True, [], ["evidence"]),
    ({"overridden": ("receiver_lacks",)}, UP, True, ["override_reason"], []),
    ({"treatment": ""}, DOWN, True, [], ["rehabilitation", "contact"]),
    ({"rehabilitation": "每周复查", "contact": 3, "evidence": ()}, DOWN, True, [], ["evidence"]),
    ({"urgency": "emergency", "summary": "", "reason": ""}, UP, False, [], ["reason", "summary"]),
    ({"channel": "stroke", "diagnosis_code": "", "evidence": ()}, UP, False, [], ["diagnosis_code", "evidence"]),
    ({"channel": "stroke", "to_institution": 0}, UP, False, ["to_institution"], []),
])  # fmt: skip
def test_what_lacks_by_direction_and_service(changes: dict[str, Any], direction: Direction, consented: bool, needed: list[str], welcome: list[str]) -> None:
    found = papers.lacking(replace(FULL, **changes), direction, consented=consented)
    assert [finding.code for finding in found if finding.blocks] == needed
    assert [finding.code for finding in found if not finding.blocks] == welcome


@pytest.mark.django_db
def test_the_list_answers_while_the_form_is_written(django_assert_max_num_queries: Any) -> None:
    scene = factories.scene(timezone.now())
    client, hospital = signed_in(scene.township), scene.county.hospital.pk
    form = client.get(f"/referrals/new?resident={scene.resident.number}").content.decode()
    assert 'hx-get="/referrals/papers"' in form and "data-unspoken" in form
    empty = client.get("/referrals/papers").content.decode()
    assert "请选择接收机构" in empty and "#id_to_institution" in empty and "才能提交" in empty
    asked = f"/referrals/papers?to_institution={hospital}&diagnosis_code=I20.000&reason=complex&service=inpatient&summary={'x' * 12}&consented=1"
    with django_assert_max_num_queries(12):
        done = client.get(asked).content.decode()
    assert "必填的都齐了" in done and "不补也能提交" in done and "没有附检查或文书" in done
    green = client.get(f"/referrals/papers?to_institution={hospital}&channel=stroke").content.decode()
    assert "救护车先走" in green and "可以后补" in green and "才能提交" not in green

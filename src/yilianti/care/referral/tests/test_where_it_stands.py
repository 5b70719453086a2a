"""The line of steps tells what happened and what is to come; a pile of promises begins with the nearest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from yilianti.care.referral import actions, queries
from yilianti.care.referral.models import Referral
from yilianti.care.referral.pages import showing
from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.kernel.finding import Refused

pytestmark = pytest.mark.django_db


def _steps(number: str) -> list[tuple[str, str]]:
    made = Referral.objects.get(number=number)
    return [(step["label"], step["state"]) for step in showing.progress(made, queries.history(number))]


def test_with_a_department_is_a_step_and_no_refusal(at: Any) -> None:
    scene = factories.scene(at)
    made = factories.submitted(scene, at)
    actions.assign(actor=scene.office, number=made.number, department=scene.cardiology.id, note="", at=at)
    assert _steps(made.number) == [("已提交", "done"), ("待科室答复", "current"), ("已接收", "todo"), ("已到院", "todo"), ("已出院", "todo"), ("已办结", "todo")]


def test_advice_that_was_adopted_shows_no_arrival(at: Any) -> None:
    scene = factories.scene(at)
    made = factories.submitted(scene, at, service="advice")
    actions.advise(actor=scene.department, number=made.number, advice="加一种降压药，一周后复查。", at=at + timedelta(hours=1))
    actions.adopt(actor=scene.township, number=made.number, note="已加药。", at=at + timedelta(hours=2))
    assert _steps(made.number) == [("已提交", "done"), ("已给出意见", "done"), ("已办结", "done")]


def test_a_green_channel_that_arrived_unanswered_was_never_accepted(at: Any) -> None:
    scene = factories.scene(at)
    made = factories.submitted(scene, at, channel="stroke")
    actions.arrive(actor=scene.office, number=made.number, arrived_at=at, at=at)
    assert _steps(made.number) == [("已提交", "done"), ("已到院", "current"), ("已出院", "todo"), ("已办结", "todo")]


def test_declined_ends_the_line(at: Any) -> None:
    scene = factories.scene(at)
    made = factories.submitted(scene, at)
    actions.decline(actor=scene.office, number=made.number, reason="no_bed", note="", at=at)
    assert _steps(made.number) == [("已提交", "done"), ("已谢绝", "refused")]


def test_what_waits_for_an_answer_begins_with_the_nearest_promise() -> None:
    scene = factories.scene(timezone.now())
    pressing = factories.submitted(scene, timezone.now(), urgency="emergency")
    later = factories.submitted(scene, timezone.now(), urgency="elective", diagnosis_code="I10.x00x002", diagnosis_name="高血压")
    client = signed_in(scene.office)
    for asked, first in (("", pressing), ("?box=to_answer", pressing), ("?box=to_answer&sort=newest", later), ("?box=all", later)):
        page = client.get(f"/referrals/{asked}").content.decode()
        assert sorted((pressing.number, later.number), key=page.index)[0] == first.number, asked


def test_outside_the_network_nobody_accepts_and_the_writer_is_not_asked_to_approve(at: Any) -> None:
    scene = factories.scene(at)
    place = scene.county.other_hospital
    place.connected = False
    place.save()
    made = factories.submitted(scene, at, to_institution=place.id)
    assert _steps(made.number) == [("待本方审批", "current"), ("已转往网外", "todo"), ("已办结", "todo")]
    assert [button["action"] for button in showing.buttons(scene.township, made)] == ["withdraw"]
    assert "自己不能审批" in signed_in(scene.township).get(f"/referrals/{made.number}/").content.decode()
    colleague = factories.actor(scene.county.township, "township_doctor", at)
    assert "approve_out" in [button["action"] for button in showing.buttons(colleague, made)]
    actions.approve_out(actor=colleague, number=made.number, at=at)
    actions.note_outcome(actor=scene.township, number=made.number, outcome="admitted", outcome_on=at.date(), note="", at=at + timedelta(hours=1))
    assert _steps(made.number) == [("已转往网外", "done"), ("已办结", "done")]


def test_what_is_said_meanwhile_moves_nothing(at: Any) -> None:
    scene = factories.scene(at)
    made = factories.accepted(scene, at, channel="stroke")
    later = at + timedelta(minutes=30)
    actions.say(actor=scene.township, number=made.number, text="已出发。", at=later)
    actions.note_milestone(actor=scene.department, number=made.number, milestone="departed", took_place_at=later, at=later)
    [_, accepted, *_] = showing.progress(Referral.objects.get(), queries.history(made.number))
    assert (accepted["label"], accepted["at"]) == ("已接收", at) and accepted["who"].startswith(scene.office.name)
    with pytest.raises(Refused, match=f"{scene.office.name}已于"):
        actions.decline(actor=scene.office, number=made.number, reason="no_bed", note="", at=later)


def test_what_is_to_be_completed_stands_beside_the_button() -> None:
    now = timezone.now()
    scene = factories.scene(now)
    made = factories.submitted(scene, now)
    actions.send_back(actor=scene.office, number=made.number, note="请补心电图和肌钙蛋白。", at=now)
    assert "退回原因：请补心电图和肌钙蛋白。" in signed_in(scene.township).get(f"/referrals/{made.number}/").content.decode()

"""What a form lacks is told in one answer; a green channel is an emergency; the onset runs the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from yilianti.care.referral import actions
from yilianti.care.referral.models import Referral
from yilianti.care.referral.pages import clock
from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.kernel.finding import Refused

pytestmark = pytest.mark.django_db


def _sent(scene: factories.Scene, **fields: Any) -> Any:
    given = {"resident": scene.resident.number, "act": "submit", "client_key": str(uuid4()), "to_institution": scene.county.hospital.id}
    return signed_in(scene.township).post("/referrals/new", given | {"urgency": "elective", "service": "outpatient", "channel": "ordinary"} | fields)


def test_everything_that_lacks_is_told_at_once() -> None:
    scene = factories.scene(timezone.now())
    answer = _sent(scene)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"diagnosis_code", "reason", "summary", "consent_basis"}
    assert set(_sent(scene, service="examination", reason="further_examination").context["form"].errors) == {"diagnosis_code", "summary", "examination", "consent_basis"}
    assert not Referral.objects.exists()


def test_a_green_channel_needs_only_where_to(at: Any) -> None:
    answer = _sent(factories.scene(timezone.now()), channel="chest_pain")
    assert answer.status_code == 302
    assert Referral.objects.get().urgency == "emergency"


def test_a_green_channel_is_answered_as_an_emergency(at: Any) -> None:
    scene = factories.scene(at)
    made, pressing = factories.submitted(scene, at, channel="stroke", urgency="elective"), factories.submitted(scene, at, urgency="emergency", diagnosis_code="I63.900")
    assert made.urgency == "emergency" and made.answer_due_at == pressing.answer_due_at


def test_an_onset_lies_in_the_past(at: Any) -> None:
    scene = factories.scene(at)
    with pytest.raises(Refused, match="发病时间不能晚于现在") as refused:
        factories.submitted(scene, at, channel="stroke", onset_at=at + timedelta(minutes=6))
    assert refused.value.findings[0].code == "onset_at"


def test_the_onset_of_the_form_runs_the_clock_until_it_is_noted(at: Any) -> None:
    scene = factories.scene(at)
    made = factories.submitted(scene, at, channel="stroke", onset_at=at - timedelta(minutes=50))
    actions.note_milestone(actor=scene.office, number=made.number, milestone="door", took_place_at=at, at=at)
    assert clock.aims(scene.office, made, clock.noted(made))[0]["took"] == 50
    actions.note_milestone(actor=scene.township, number=made.number, milestone="onset", took_place_at=at - timedelta(minutes=40), at=at)
    assert clock.aims(scene.office, made, clock.noted(made))[0]["took"] == 40

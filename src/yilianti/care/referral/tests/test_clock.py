"""The clock of a green channel: met at the aim, missed a second above it, open while a moment lacks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yilianti.care.referral.models import MilestoneNoted, Referral
from yilianti.care.referral.pages import clock
from yilianti.care.referral.tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("took", "met"), [(5399, True), (5400, True), (5401, False), (-60, None)])
def test_door_to_balloon(at, took, met):
    scene = factories.scene(at)
    made = Referral(channel="chest_pain", drafted_at=at)
    noted = {"door": MilestoneNoted(took_place_at=at), "balloon": MilestoneNoted(took_place_at=at + timedelta(seconds=took))}
    [aim] = clock.aims(scene.office, made, noted)
    assert aim["met"] is met and aim["within"] == 90
    del noted["balloon"]
    assert clock.aims(scene.office, made, noted)[0]["met"] is None

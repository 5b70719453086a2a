"""What the table's constraints refuse is said in words, whichever step meets it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from yilianti.care.referral import actions
from yilianti.care.referral.actions import applying, going_home
from yilianti.care.referral.models import Referral
from yilianti.care.referral.tests import factories
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at)


def test_redirect_to_where_the_same_is_under_way(scene: factories.Scene, at: datetime) -> None:
    there = scene.county.other_hospital.id
    factories.submitted(scene, at, urgency="elective", to_institution=there)
    made = factories.submitted(scene, at, urgency="elective")
    with pytest.raises(Refused) as refusal:
        actions.redirect(actor=scene.office, number=made.number, to_institution=there, consent="患者电话同意", note="", at=at)
    assert refusal.value.code == "already_open"
    made.refresh_from_db()
    assert made.to_institution_id == scene.county.hospital.id


def test_a_discharge_undone_while_a_new_one_is_under_way(scene: factories.Scene, at: datetime) -> None:
    first = factories.discharged(scene, at, urgency="elective")
    later = at + timedelta(days=5)
    factories.submitted(scene, later, urgency="elective")
    with pytest.raises(Refused) as refusal:
        actions.undo_discharge(actor=scene.office, number=first.number, because="误登记", at=later)
    assert refusal.value.code == "already_open"


def test_a_draft_saved_twice_at_the_same_moment_is_one(scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    key, real, looks = uuid4(), applying._held, iter([True])

    def late(number: str, client_key: object) -> Referral | None:
        """The first look comes before the other window's draft is committed."""
        return None if next(looks, False) else real(number, key)

    def save() -> Referral:
        return actions.draft(actor=scene.township, resident=scene.resident.id, application=factories.application(scene), client_key=key, at=at)

    first = save()
    looks = iter([True])
    monkeypatch.setattr(applying, "_held", late)
    assert save().number == first.number
    assert Referral.objects.count() == 1


def test_who_was_given_another_time_meanwhile_does_not_lapse(scene: factories.Scene, at: datetime) -> None:
    made = factories.accepted(scene, at)
    assert made.lapses_at is not None
    with pytest.raises(Refused) as refusal:
        actions.lapse(actor=Actor.system(), number=made.number, at=made.lapses_at)
    assert refusal.value.code == "still_awaited"
    assert actions.lapse(actor=Actor.system(), number=made.number, at=made.lapses_at + timedelta(seconds=1)).state == "lapsed"


def test_two_ways_home_at_the_same_moment(scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    up, later = factories.discharged(scene, at), at + timedelta(days=5)

    def offer(urgency: str) -> Referral:
        home = replace(factories.home_application(scene, up), urgency=urgency)
        return actions.offer_home(actor=scene.department, number=up.number, application=home, client_key=uuid4(), at=later)

    offer("elective")
    monkeypatch.setattr(going_home, "open_ways_home", lambda _: False)  # asked before the other's was committed
    with pytest.raises(Refused) as refusal:
        offer("urgent")
    assert refusal.value.code == "way_home_open"

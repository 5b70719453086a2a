"""The patient is told once of a step: two runners at one entry, a kill in the middle, two people at one notice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.concurrency.test_at_once import together
from yilianti.care.referral import actions
from yilianti.care.referral.notices import PatientNotice
from yilianti.care.referral.tests import factories
from yilianti.gateways.messaging import api as messaging
from yilianti.gateways.outbound.models import Destination, Outgoing
from yilianti.handovers import delivering, listing, referral_to_messaging
from yilianti.handovers.models import Delivery, Waiting
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db(transaction=True)
ARROW = next(one for one in listing.handed() if one.name == "referral_to_messaging")


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    made = factories.scene(at)
    made.resident.phone = "13800000001"
    made.resident.save()
    Destination.objects.create(institution=made.county.hospital, channel="sms", name="短信", host="127.0.0.1", port=9, wants=["notice"], changed_at=at)
    return made


def submitted(scene: factories.Scene, at: datetime) -> JournalEntry:
    number = factories.submitted(scene, at).number
    return JournalEntry.objects.get(word="referral.submitted", subject=f"referral:{number}")


def test_eight_at_once_tell_once(scene: factories.Scene, at: datetime) -> None:
    """Without the runner's proof of delivery: the table's own constraint and the outbox's key hold."""
    entry = submitted(scene, at)
    together(8, lambda: referral_to_messaging.hand_over(entry))
    assert (PatientNotice.objects.count(), Outgoing.objects.count()) == (1, 1)


def test_killed_between_the_notice_and_the_outbox_nothing_stays_and_the_next_try_tells_once(
    scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = submitted(scene, at)

    def killed(**_: Any) -> None:
        assert PatientNotice.objects.count() == 1, "the notice was written before"
        raise MemoryError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(messaging, "send_words", killed)
        assert not delivering.deliver(ARROW, entry, at)
    assert not PatientNotice.objects.exists() and not Delivery.objects.filter(handover=ARROW.name).exists()
    for _ in range(2):
        assert delivering.try_again(ARROW, Waiting.objects.get(handover=ARROW.name), at) if Waiting.objects.exists() else delivering.deliver(ARROW, entry, at)
    assert (PatientNotice.objects.count(), Outgoing.objects.count(), Waiting.objects.count()) == (1, 1, 0)


def test_of_two_who_press_one_button_one_is_told_who_was_first(scene: factories.Scene, at: datetime) -> None:
    entry = submitted(scene, at)
    referral_to_messaging.hand_over(entry)
    notice = PatientNotice.objects.get()
    PatientNotice.objects.update(failed_at=at, failed_because="网关未能发出")
    number = entry.facts["number"]

    def attempt(act: Any) -> str:
        try:
            act(actor=scene.township, number=number, notice=notice.pk, at=at)
            return "done"
        except Refused as refusal:
            return refusal.code

    assert sorted(together(4, lambda: attempt(actions.tell_in_person))) == ["done", *["told_already"] * 3]
    assert sorted(together(4, lambda: attempt(actions.resend_notice))) == ["done", *["still_under_way"] * 3]
    for word in ("referral.told_in_person", "referral.notice_resent"):
        assert JournalEntry.objects.filter(word=word).count() == 1

"""What other rooms hear of a contract: referral whom a resident is signed with, the telephone its code."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from yilianti.care.contract import actions
from yilianti.care.contract.terms import Said
from yilianti.care.contract.tests import factories
from yilianti.care.referral.signed_with import SignedWith, signed_with
from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.gateways.outbound.models import Destination, Outgoing
from yilianti.handovers import contract_to_messaging, contract_to_referral
from yilianti.handovers.timed import lapsed_contracts
from yilianti.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at - timedelta(days=1))


def told() -> None:
    for entry in JournalEntry.objects.filter(word__in=contract_to_referral.WORDS).order_by("id"):
        contract_to_referral.hand_over(entry)


def test_the_form_shows_whom_the_resident_is_signed_with(scene: factories.Scene, at: datetime) -> None:
    client = signed_in(scene.village)
    address = f"/referrals/signed?resident={scene.resident.number}"
    assert "没有在效的家庭医生签约" in client.get(address).content.decode()
    factories.signed(scene, at)
    told()
    told()  # delivered twice, it is one
    page = client.get(address).content.decode()
    assert "柳河一队" in page and scene.township.name in page and "由本机构服务" in page and "预留号源优先" in page
    assert "/referrals/signed" in client.get(f"/referrals/new?resident={scene.resident.number}").content.decode()
    assert signed_in(scene.stranger).get(address).status_code == 404


def test_a_change_and_an_end_move_what_referral_knows(scene: factories.Scene, at: datetime) -> None:
    made = factories.signed(scene, at)
    later = at + timedelta(days=30)
    fresh = actions.change(actor=scene.village, number=made.number, told=factories.told(scene, packages=("basic",)), client_key=uuid4(), at=later)
    actions.confirm(actor=scene.village, number=fresh.number, said=Said("signature", picture=factories.picture()), at=later)
    told()
    day, ids = timezone.localdate(later), [scene.resident.id]
    before, after = signed_with(ids, day - timedelta(days=1)), signed_with(ids, day)
    assert before is not None and after is not None and (before.contract, after.contract) == (made.number, fresh.number)
    actions.end(actor=scene.village, number=fresh.number, reason="declined", stopped_on=day, note="书面", at=later)
    told()
    assert signed_with(ids, day) is None and SignedWith.objects.count() == 2


def test_the_code_goes_to_the_telephone_while_it_counts(scene: factories.Scene) -> None:
    at = timezone.now()
    Destination.objects.create(institution=scene.county.hospital, channel="sms", name="短信", host="127.0.0.1", port=9, wants=["notice"], changed_at=at)
    made = factories.proposed(scene, at)
    sent = actions.send_code(actor=scene.village, number=made.number, at=at)
    (entry,) = JournalEntry.objects.filter(word="contract.code_sent")
    contract_to_messaging.hand_over(entry)
    contract_to_messaging.hand_over(entry)
    (message,) = Outgoing.objects.all()
    assert sent.code.encode() in bytes(message.payload) and "上柳村卫生室".encode() in bytes(message.payload)
    actions.confirm(actor=scene.village, number=made.number, said=Said("code", code=sent.code), at=at)
    Outgoing.objects.all().delete()
    contract_to_messaging.hand_over(entry)
    assert not Outgoing.objects.exists()


def test_the_clock_lapses_and_expires(scene: factories.Scene, at: datetime) -> None:
    factories.signed(scene, at)
    factories.proposed(scene, at, factories.person(scene, at, name="田半夏"))
    assert lapsed_contracts.tick(at) == 0 and lapsed_contracts.tick(at + timedelta(days=15)) == 1 and lapsed_contracts.tick(at + timedelta(days=400)) == 1

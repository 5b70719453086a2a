"""The whole way of a reminder: inbox → journal → outbox → gateway, and what became of it back to the item."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from yilianti.gateways.messaging.tests.gateways import listening
from yilianti.gateways.outbound import actions as outbound_actions
from yilianti.gateways.outbound import sending
from yilianti.gateways.outbound.models import Destination, Outgoing
from yilianti.handovers import carriers, inbox_to_messaging, messaging_to_inbox
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.tests import factories
from yilianti.registry.inbox import api as inbox
from yilianti.registry.inbox.models import Call, Preference
from yilianti.registry.inbox.tests.factories import task, worker

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


class River:
    """Walks the two arrows over the journal, as the runner does."""

    def __init__(self) -> None:
        self.read = 0

    def flow(self) -> None:
        for arrow in (inbox_to_messaging, messaging_to_inbox) * 2:
            for entry in JournalEntry.objects.filter(word__in=arrow.WORDS, id__gt=self.read).order_by("id"):
                arrow.hand_over(entry)


@pytest.fixture
def county():
    return factories.county()


def station(county, port, at, channel="sms"):
    return Destination.objects.create(institution=county.hospital, channel=channel, name=channel, host="127.0.0.1", port=port, wants=["notice"], changed_at=at)


def urged(county, at, channels):
    """An urgent task of the township, whose doctor wants messages by these channels."""
    doctor = worker(county.township, "township_doctor", at)
    Preference.objects.create(person_id=doctor.person, phone="13800000001", phone_confirmed_at=at, urgent=channels)
    item = task(county, at, institution_id=county.township.pk, role="township_doctor", urgency="urgent")
    inbox.call_due(actor=SYSTEM, at=at)
    return item


def send_all(at):
    while sending.send_next(carriers.CARRIERS, at):
        pass


def states():
    return list(Call.objects.order_by("id").values_list("channel", "state"))


def test_a_message_says_a_number_and_where_to_look_and_nothing_else(county, at):
    with listening() as gateway:
        station(county, gateway.port, at)
        item = urged(county, at, ["sms"])
        river = River()
        river.flow()
        send_all(at)
        river.flow()
        assert [(m["to"], m["text"]) for m in gateway.taken] == [("13800000001", f"您有一条紧急待办（编号{item.pk}），请登录医联体平台“待办与通知”查看。")]
    assert states() == [("sms", "reached")]


def test_a_refusing_gateway_is_seen_falls_to_the_next_and_is_replayed(county, at):
    with listening() as sms, listening() as chat:
        sms.status = 403
        station(county, sms.port, at)
        station(county, chat.port, at, "chat")
        item = urged(county, at, ["sms", "chat"])
        river = River()
        river.flow()
        send_all(at)
        parked = Outgoing.objects.get(state="parked")
        river.flow()
        inbox.call_due(actor=SYSTEM, at=timezone.now())
        river.flow()
        send_all(at)
        river.flow()
        assert states() == [("sms", "failed"), ("chat", "reached")] and len(chat.taken) == 1
        assert JournalEntry.objects.filter(subject=f"inbox:{item.pk}", word="inbox.unreached").count() == 1
        sms.status = 200
        outbound_actions.replay(actor=SYSTEM, message=parked.pk, at=at)
        send_all(timezone.now() + timedelta(seconds=1))
        river.flow()
        assert states()[0] == ("sms", "reached")
        assert len({message["id"] for message in sms.taken}) == 1 and len(sms.taken) == 2


def test_without_a_gateway_the_item_says_so(county, at):
    urged(county, at, ["sms"])
    river = River()
    river.flow()
    call = Call.objects.get()
    assert call.state == "failed" and "目的地" in call.error


def test_the_same_entry_twice_is_one_message(county, at):
    with listening() as gateway:
        station(county, gateway.port, at)
        urged(county, at, ["sms"])
        river = River()
        river.flow()
        river.flow()
        send_all(at)
        assert len(gateway.taken) == 1

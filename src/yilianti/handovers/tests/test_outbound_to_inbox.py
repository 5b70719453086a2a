"""Dead lines and dead letters become tasks of the lead hospital's administrators, and the tasks end by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from yilianti.gateways.outbound import actions, sending
from yilianti.gateways.outbound.terms import Result
from yilianti.gateways.outbound.tests.factories import SYSTEM, Line, destination, queued
from yilianti.handovers import outbound_to_inbox
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.tests.factories import county
from yilianti.registry.inbox.models import Item

pytestmark = pytest.mark.django_db


def hear(word: str) -> None:
    for entry in JournalEntry.objects.filter(word=word).order_by("id"):
        outbound_to_inbox.hand_over(entry)


@pytest.fixture
def places():
    return county()


def test_a_silent_line_is_a_task_until_it_answers(places):
    at = timezone.now()
    queued(destination(places.township, at=at), "a", at)
    sending.send_next(Line(Result.UNREACHABLE).carriers, at)
    sending.raise_alarms(at=at + timedelta(minutes=20))
    hear("outbound.destination_silent")
    task = Item.objects.get()
    assert (task.role, task.institution_id, task.done_at) == ("administrator", places.hospital.pk, None)
    sending.send_next(Line().carriers, at + timedelta(minutes=21))
    hear("outbound.destination_recovered")
    assert Item.objects.get().done_at is not None


def test_many_dead_letters_are_one_task_that_ends_when_none_is_left(places):
    at = timezone.now()
    place = destination(places.township, at=at)
    rows = [queued(place, key, at) for key in "ab"]
    line = Line(Result.REFUSED, Result.REFUSED)
    while sending.send_next(line.carriers, at):
        pass
    hear("outbound.parked")
    assert Item.objects.filter(done_at__isnull=True).count() == 1
    actions.replay(actor=SYSTEM, message=rows[0].pk, at=at)
    assert Item.objects.filter(done_at__isnull=True).count() == 1
    actions.give_up(actor=SYSTEM, message=rows[1].pk, reason="已电话告知", at=at)
    assert Item.objects.filter(done_at__isnull=True).count() == 0

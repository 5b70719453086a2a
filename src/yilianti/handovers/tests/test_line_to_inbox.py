"""A place that comes up is a task for who waits for it; the answer ends it, an unanswered one is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from yilianti.capacity.schedules import actions
from yilianti.capacity.schedules.tests.factories import World
from yilianti.handovers import line_to_inbox
from yilianti.handovers.timed import offered_places
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox.models import Item

pytestmark = pytest.mark.django_db


def hand_over(word: str) -> None:
    line_to_inbox.hand_over(JournalEntry.objects.filter(word=word).latest("id"))


@pytest.fixture
def world(at: datetime) -> World:
    return World(at)


def test_an_offer_is_a_task_until_it_is_answered(world: World) -> None:
    held = world.hold(slot=world.slots(minutes=60)[0].pk)
    entry = world.wait(subject="referral:ZZ1")
    actions.release(actor=world.doctor, number=held.number, because="不来了", at=world.at)
    hand_over("schedules.offered")
    hand_over("schedules.offered")
    task = Item.objects.get()
    assert (task.kind, task.institution, task.link, task.done_at) == ("task", world.county.township, "/referrals/ZZ1/", None)
    assert "ZZ1" in task.title and "心内科" in task.title
    actions.take_offer(actor=world.doctor, number=entry.number, until=world.at + timedelta(days=1), at=world.at)
    hand_over("schedules.offer_taken")
    task.refresh_from_db()
    assert task.done_at is not None and Item.objects.count() == 1


def test_an_unanswered_one_ends_the_task_and_is_told(world: World) -> None:
    held = world.hold(slot=world.slots(minutes=60)[0].pk)
    entry = world.wait()
    actions.release(actor=world.doctor, number=held.number, because="不来了", at=world.at)
    hand_over("schedules.offered")
    late = entry.offers.get().expires_at
    assert late is not None
    actions.lapse_due(actor=world.office, at=late)
    hand_over("schedules.passed_over")
    assert [(item.kind, item.done_at is not None) for item in Item.objects.order_by("id")] == [("task", True), ("notice", False)]
    assert entry.number in Item.objects.latest("id").title and Item.objects.latest("id").link == "/schedules/waiting/?box=ours"


def test_the_clock_offers_what_stands_free(world: World) -> None:
    assert offered_places.tick(world.at) == 0
    slot = world.slots(minutes=60)[0]
    held = world.hold(slot=slot.pk)
    entry = world.wait()
    type(held).objects.filter(pk=held.pk).update(state="released")
    type(slot).objects.filter(pk=slot.pk).update(taken=0)
    assert offered_places.tick(world.at) == 1
    entry.refresh_from_db()
    assert entry.state == "offered"

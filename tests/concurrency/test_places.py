"""Many hands reach for few places: each place is taken as often as it is there, and never once more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection, transaction

from yilianti.capacity.schedules import actions
from yilianti.capacity.schedules.models import BedPool, Reservation, Slot
from yilianti.capacity.schedules.tests.factories import World
from yilianti.kernel.finding import Refused

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 16


@pytest.fixture
def world(at: datetime) -> World:
    return World(at)


def at_once(work) -> list[str]:
    """Every hand at the same moment; each answers with a word."""
    start = Barrier(HANDS)

    def one(hand: int) -> str:
        start.wait()
        try:
            return work(hand)
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(one, range(HANDS)))


def standing_is_what_is_counted() -> None:
    for place in (*Slot.objects.all(), *BedPool.objects.all()):
        assert place.taken == place.reservations.filter(state__in=("held", "confirmed")).count()


def test_as_many_winners_as_places(world: World) -> None:
    slot, pool = world.slots(capacity=3)[0], world.beds(total=12, occupied=8)
    won = at_once(lambda hand: world.hold(slot=slot.pk).state)
    assert (won.count("held"), won.count("place_taken")) == (3, HANDS - 3)
    won = at_once(lambda hand: world.hold(pool=pool.pk).state)
    assert (won.count("held"), won.count("place_taken")) == (4, HANDS - 4)
    standing_is_what_is_counted()


def test_a_lease_that_runs_out_has_one_heir(world: World) -> None:
    slot = world.slots()[0]
    first = world.hold(slot=slot.pk)
    later = world.at + timedelta(minutes=20)

    def reach(hand: int) -> str:
        if hand % 2:
            return world.hold(slot=slot.pk, at=later).number
        return actions.extend(actor=world.doctor, number=first.number, until=later + timedelta(hours=1), at=later).number

    won = at_once(reach)
    standing_is_what_is_counted()
    assert Reservation.objects.filter(state="held").count() == 1
    heir = Reservation.objects.get(state="held").number
    assert {word for word in won if word != "place_taken"} == {heir}


def test_one_choice_sent_many_times_at_once_is_one_reservation(world: World) -> None:
    slot, key = world.slots(capacity=9)[0], uuid4()
    assert len(set(at_once(lambda hand: world.hold(slot=slot.pk, client_key=key).number))) == 1
    standing_is_what_is_counted()


def test_taking_giving_back_and_confirming_in_a_muddle(world: World) -> None:
    slot = world.slots(capacity=4)[0]

    def live(hand: int) -> str:
        for turn in range(6):
            moment = world.at + timedelta(minutes=4 * turn)
            try:
                held = world.hold(slot=slot.pk, at=moment)
            except Refused:
                continue
            if hand % 3 == 0:
                actions.release(actor=world.doctor, number=held.number, because="改约", at=moment)
            elif hand % 3 == 1 and turn == 5:
                actions.confirm(actor=world.office, number=held.number, at=moment)
        return "done"

    assert at_once(live) == ["done"] * HANDS
    standing_is_what_is_counted()


def test_the_database_itself_does_not_sell_twice(world: World) -> None:
    slot = world.slots(capacity=1)[0]
    world.hold(slot=slot.pk)
    with pytest.raises(Exception, match="slot_is_not_sold_twice"), transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(taken=2)


def test_two_exchange_crosswise_and_nobody_waits_for_ever(world: World) -> None:
    first, second = world.slots(capacity=HANDS)[:2]
    held = [world.hold(slot=(first, second)[hand % 2].pk).number for hand in range(HANDS)]

    def cross(hand: int) -> str:
        for turn in range(8):
            actions.exchange(actor=world.doctor, number=held[hand], slot=(second, first)[(hand + turn) % 2].pk, at=world.at)
        return "done"

    assert at_once(cross) == ["done"] * HANDS
    standing_is_what_is_counted()


def test_full_slots_are_not_exchanged_into_each_other(world: World) -> None:
    first, second = world.slots()[:2]
    held = [world.hold(slot=first.pk).number, world.hold(slot=second.pk).number]
    won = at_once(lambda hand: actions.exchange(actor=world.doctor, number=held[hand % 2], slot=(second, first)[hand % 2].pk, at=world.at).number)
    assert set(won) == {"place_taken"}
    standing_is_what_is_counted()


def test_a_place_given_back_while_it_is_exchanged_is_given_back_once(world: World) -> None:
    slots = world.slots(capacity=HANDS)
    held = world.hold(slot=slots[0].pk).number

    def reach(hand: int) -> str:
        if hand == HANDS // 2:
            return actions.release(actor=world.doctor, number=held, because="改约", at=world.at).state
        return actions.exchange(actor=world.doctor, number=held, slot=slots[hand % 3].pk, at=world.at).state

    assert "released" in at_once(reach)
    assert not Reservation.objects.filter(state="held").exists()
    standing_is_what_is_counted()

"""Twenty places come free at the same moment while twenty wait: each place is offered once, each person once, in the order of the line."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from yilianti.capacity.schedules import actions, rules
from yilianti.capacity.schedules.models import BedPool, Reservation, Slot, WaitingEntry
from yilianti.capacity.schedules.tests.factories import World
from yilianti.kernel.finding import Refused

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PLACES = 20


@pytest.fixture
def world(at: datetime) -> World:
    return World(at)


@pytest.fixture
def promised(world: World) -> list[str]:
    """Twenty slots, each promised to somebody."""
    slots = world.slots(starts_at=world.at + DAY, ends_at=world.at + DAY + timedelta(hours=10), minutes=30)
    held = [world.hold(slot=slot.pk).number for slot in slots]
    for number in held:
        actions.confirm(actor=world.office, number=number, at=world.at)
    assert len(held) == PLACES
    return held


def queue(world: World, count: int) -> list[WaitingEntry]:
    """Every third is urgent; returned as the line stands."""
    patients = [world.patient(f"云溪{n}") for n in range(count)]
    entries = [world.wait(resident=patient, at=world.at + n * MINUTE, urgency="elective" if n % 3 else "urgent") for n, patient in enumerate(patients)]
    return rules.in_line(entries, ("urgency", "since"))


def at_once(works: list[Callable[[], object]]) -> list[object]:
    start = Barrier(len(works))

    def one(work: Callable[[], object]) -> object:
        start.wait()
        try:
            return work()
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def nothing_is_offered_twice() -> None:
    offers = Reservation.objects.filter(state="held", waiting__state="offered")
    assert len(set(offers.values_list("slot", flat=True))) == len(offers) == len(set(offers.values_list("waiting", flat=True)))
    assert WaitingEntry.objects.filter(state="offered").count() == len(offers)
    for place in (*Slot.objects.all(), *BedPool.objects.all()):
        assert place.taken == place.reservations.filter(state__in=("held", "confirmed")).count()


def releases(world: World, numbers: list[str], at: datetime) -> list[Callable[[], object]]:
    return [lambda number=number: actions.release(actor=world.doctor, number=number, because="不来了", at=at).state for number in numbers]  # type: ignore[misc]


def test_twenty_places_for_twenty_who_wait(world: World, promised: list[str]) -> None:
    queue(world, PLACES)
    assert at_once(releases(world, promised, world.at + DAY / 4)) == ["released"] * PLACES
    assert WaitingEntry.objects.filter(state="offered").count() == PLACES
    nothing_is_offered_twice()


def test_the_order_is_kept_where_more_wait_than_places_come_free(world: World, promised: list[str]) -> None:
    waiting = queue(world, 30)
    at_once(releases(world, promised[:12], world.at + DAY / 4))
    assert set(WaitingEntry.objects.filter(state="offered")) == set(waiting[:12])
    nothing_is_offered_twice()


def test_who_snatches_gets_nothing_while_others_wait(world: World, promised: list[str]) -> None:
    """Half release, half reach for the same slots: a slot given back is never caught by who did not stand in line."""
    queue(world, PLACES)
    slots, at = list(Slot.objects.order_by("id")), world.at + DAY / 4
    snatching = [lambda slot=slot: world.hold(slot=slot.pk, at=at).state for slot in slots]
    told = at_once([*releases(world, promised, at), *snatching])  # type: ignore[list-item]
    assert told[:PLACES] == ["released"] * PLACES and set(told[PLACES:]) == {"place_taken"}
    nothing_is_offered_twice()


def test_answers_leavings_and_lapses_in_a_muddle(world: World, promised: list[str]) -> None:
    waiting = queue(world, PLACES)
    at_once(releases(world, promised[:10], world.at + MINUTE))
    late = max(row.expires_at for row in Reservation.objects.filter(waiting__isnull=False) if row.expires_at) - MINUTE
    asked = waiting[:10]

    def muddle(n: int, entry: WaitingEntry) -> Callable[[], object]:
        acts: list[Callable[[], object]] = [
            lambda: actions.take_offer(actor=world.doctor, number=entry.number, until=late + DAY, at=late).state,
            lambda: actions.decline_offer(actor=world.doctor, number=entry.number, because="来不了", at=late).state,
            lambda: actions.leave(actor=world.doctor, number=entry.number, because="好转", at=late).state,
            lambda: actions.remove(actor=world.office, number=entry.number, because="重复", at=late).state,
        ]  # fmt: skip
        return acts[n % 4]

    at_once([*(muddle(n, entry) for n, entry in enumerate(asked)), *(muddle(n + 1, entry) for n, entry in enumerate(asked)),
             lambda: actions.lapse_due(actor=world.office, at=late), lambda: actions.pass_on_due(at=late), *releases(world, promised[10:14], late)])  # fmt: skip
    nothing_is_offered_twice()
    actions.pass_on_due(at=late)
    nothing_is_offered_twice()


def test_an_answer_at_the_last_moment_and_the_clock_have_one_outcome(world: World, promised: list[str]) -> None:
    first, second = queue(world, 2)
    at_once(releases(world, promised[:1], world.at + MINUTE))
    end = Reservation.objects.get(waiting=first).expires_at
    assert end is not None
    told = at_once([*[lambda: actions.take_offer(actor=world.doctor, number=first.number, until=end + DAY, at=end - MINUTE).state] * 4,
                    *[lambda: actions.lapse_due(actor=world.office, at=end)] * 4])  # fmt: skip
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) in (("placed", "waiting"), ("waiting", "offered"))
    assert told.count("held") == (first.state == "placed")
    nothing_is_offered_twice()


def test_crosswise_exchanges_hand_on_without_a_deadlock(world: World, promised: list[str]) -> None:
    pool = world.beds(total=40, occupied=0)
    held = [world.hold(pool=pool.pk).number for _ in range(8)] + promised[:8]
    slots = list(Slot.objects.order_by("id"))
    queue(world, 6)
    works: list[Callable[[], object]] = [
        (lambda number=number, n=n: actions.exchange(actor=world.doctor, number=number, pool=pool.pk, at=world.at).state) if n >= 8  # type: ignore[misc]
        else (lambda number=number, n=n: actions.exchange(actor=world.doctor, number=number, slot=slots[n].pk, at=world.at).state)  # type: ignore[misc]
        for n, number in enumerate(held)
    ]  # fmt: skip
    assert set(at_once(works)) <= {"held", "place_taken"}
    nothing_is_offered_twice()

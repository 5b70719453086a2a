"""The hospital books while others reach for the same slots: nothing is sold twice, and no appointment is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection

from yilianti.capacity.schedules import actions
from yilianti.capacity.schedules.models import Appointment, Reservation, Slot
from yilianti.capacity.schedules.terms import Said
from yilianti.capacity.schedules.tests.factories import World
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 8


@pytest.fixture
def world(at: datetime) -> World:
    return World(at)


def at_once(works: list[Callable[[], str]]) -> list[str]:
    start = Barrier(len(works))

    def one(work: Callable[[], str]) -> str:
        start.wait()
        try:
            return work()
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def counted() -> None:
    for slot in Slot.objects.all():
        assert slot.taken == slot.reservations.filter(state__in=("held", "confirmed")).count() <= slot.capacity


def booking(world: World, patient: int, number: int, slot: Slot, act: str = "book") -> Callable[[], str]:
    said = Said(filler_number=f"YY{number}", starts_at=slot.starts_at, department="心内科")
    return lambda: getattr(actions, act)(actor=Actor.system(), resident_id=patient, institution_id=world.county.hospital.id, said=said, source="t", at=world.at).state


def test_booked_here_and_there_at_once(world: World) -> None:
    slot = world.slots(capacity=5)[0]
    patients = [world.patient(f"云溪{n}") for n in range(HANDS)]
    told = at_once([*(booking(world, patient, n, slot) for n, patient in enumerate(patients)), *(lambda: world.hold(slot=slot.pk).state for _ in range(HANDS))])
    slot.refresh_from_db()
    over = Appointment.objects.filter(slot=slot, reservation=None).count()
    assert told[:HANDS] == ["booked"] * HANDS and Appointment.objects.filter(slot=slot).count() == HANDS
    assert slot.taken == 5 and over == HANDS - (5 - told.count("held"))
    counted()


def test_moved_crosswise_by_the_hospital_and_exchanged_by_others(world: World) -> None:
    first, second = world.slots(capacity=HANDS)[:2]
    patients = [world.patient(f"云溪{n}") for n in range(HANDS)]
    for n, patient in enumerate(patients):
        booking(world, patient, n, (first, second)[n % 2])()
    held = [world.hold(slot=(first, second)[n % 2].pk).number for n in range(4)]
    moves = [booking(world, patient, n, (second, first)[n % 2], "reschedule") for n, patient in enumerate(patients)]
    swaps = [lambda n=n, number=number: actions.exchange(actor=world.doctor, number=number, slot=(second, first)[n % 2].pk, at=world.at).state for n, number in enumerate(held)]
    at_once([*moves, *swaps])  # type: ignore[list-item]
    assert Appointment.objects.filter(state="booked").count() == HANDS
    counted()


def test_cancelled_there_while_others_wait_and_reach(world: World) -> None:
    slots = world.slots(capacity=1)
    patients = [world.patient(f"云溪{n}") for n in range(len(slots))]
    for n, patient in enumerate(patients):
        booking(world, patient, n, slots[n])()
    waiting = [world.wait(resident=world.patient(f"柳河{n}")) for n in range(2)]
    cancels = [booking(world, patient, n, slots[n], "cancel") for n, patient in enumerate(patients)]
    at_once([*cancels, *(lambda slot=slot: world.hold(slot=slot.pk).state for slot in slots)])  # type: ignore[misc]
    counted()
    actions.pass_on_due(at=world.at)
    offered = Reservation.objects.filter(waiting__in=waiting, state="held").count()
    assert offered == 2, "who waits is asked before anybody who reached meanwhile"
    counted()

"""Choosing a place on a page: another choice gives the first back, a promised one is left alone."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from yilianti.capacity.schedules import actions
from yilianti.capacity.schedules.models import Reservation
from yilianti.capacity.schedules.tests.factories import World
from yilianti.kernel import journal
from yilianti.registry.access.models import Account
from yilianti.registry.access.tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def test_another_choice_gives_back_what_is_held_and_not_what_is_promised() -> None:
    world = World(timezone.now())
    first, second, third = world.slots()
    client = Client()
    username = Account.objects.get(pk=world.doctor.account).username
    assert client.post("/login/", {"username": username, "password": PASSWORD}).status_code == 302

    def choose(slot: int, instead_of: str = "") -> Reservation:
        given = {"slot": slot, "client_key": uuid4(), "resident": world.resident.number, "institution": world.county.hospital.id,
                 "department": world.department.pk, "instead_of": instead_of}  # fmt: skip
        page = client.post("/schedules/hold", given)
        assert page.status_code == 200 and "已留：" in page.content.decode()
        return Reservation.objects.get(slot=slot, state="held")

    held = choose(first.pk)
    other = choose(second.pk, held.number)
    first.refresh_from_db()
    assert (other.number, first.taken) == (held.number, 0)
    assert [entry.word for entry in journal.history(f"schedules:{held.number}")] == ["schedules.held", "schedules.exchanged"]
    now = timezone.now()
    actions.extend(actor=world.doctor, number=other.number, until=now, subject="referral:ZZ1", at=now)
    actions.confirm(actor=world.office, number=other.number, at=now)
    choose(third.pk, other.number)
    other.refresh_from_db()
    assert other.state == "confirmed"

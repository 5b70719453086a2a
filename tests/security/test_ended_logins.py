"""A login that was ended, and an account that was disabled, are refused by every door at the very next request."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from tests.architecture.samples import SAMPLES, Side
from tests.architecture.test_permission_matrix import ADDRESSES, Address, ask
from yilianti.kernel.pages import PUBLIC
from yilianti.registry.access.models import Account, Login
from yilianti.registry.access.tests import factories

pytestmark = pytest.mark.django_db
CLOSED = [address for address in ADDRESSES if address.permission != PUBLIC]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[tuple[Side, dict[str, Client]]]:
    """One county, and three people who were let in a moment ago and should not be any more."""
    with django_db_blocker.unblock(), transaction.atomic():
        county = factories.county()
        side = Side(county.hospital, county.township, county.clinic, "云溪")
        side.everything()
        clients = {}
        for why in ("login ended", "account disabled", "left alone too long"):
            account = factories.staff(county.hospital, "referral_office")
            clients[why] = Client()
            clients[why].force_login(account)
            assert clients[why].get("/sessions/").status_code == 200
            logins = Login.objects.filter(account=account)
            if why == "login ended":
                logins.update(ended_at=timezone.now(), ended_why="ended_by_keeper")
            elif why == "account disabled":
                Account.objects.filter(pk=account.pk).update(is_active=False)
            else:
                logins.update(seen_at=timezone.now() - timedelta(minutes=21))
        yield side, clients
        transaction.set_rollback(True)


@pytest.mark.parametrize("address", [pytest.param(address, id=address.name) for address in CLOSED])
def test_no_door_opens(world: tuple[Side, dict[str, Client]], address: Address) -> None:
    side, clients = world
    sample = SAMPLES[address.name](side) if address.names_an_object else None
    url = address.url(side, sample)
    for why, client in clients.items():
        for method in address.methods:
            data = sample.data if sample and method == "POST" else None
            answer = ask(client, method, url, data)
            assert answer.status_code == 302 and answer["Location"].startswith("/login/"), (why, method, url, answer.status_code)
            assert ask(client, method, url, data, **{"HX-Request": "true"}).status_code == 401, (why, method, url)


def test_every_kind_of_door_was_among_them() -> None:
    assert len(CLOSED) > 100
    assert any(getattr(address.view, "background", False) for address in CLOSED), "polls"
    assert any("export" in address.route for address in CLOSED), "downloads"

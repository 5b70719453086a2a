"""Every address × every role × own and foreign institution, each tried for real; nothing is left out.

The addresses come from the resolver itself; one that names an object needs a sample (tests/architecture/samples.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from tests.architecture.samples import QUERIES, SAMPLES, Sample, Side
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import ANY_ACCOUNT, PUBLIC
from yilianti.registry.access.queries import actor_for
from yilianti.registry.access.tests import factories as staff

# The mark makes the test database; the world is made once, around the transactions of the single tests.
pytestmark = pytest.mark.django_db

#: where each role sits on its own side; "" is somebody signed in without any role
SEATS = {"village_doctor": "clinic", "township_doctor": "township", "referral_office": "hospital", "county_department": "hospital",
         "consortium_manager": "hospital", "administrator": "hospital", "security_administrator": "hospital",
         "auditor": "hospital", "centre_reader": "hospital", "centre_auditor": "hospital", "centre_head": "hospital", "insurance_office": "hospital", "insurance_bureau": "hospital", "finance_office": "hospital", "": "hospital"}  # fmt: skip
OPENED = {200, 302, 400, 409, 422, 503}  # 503: /healthz while no process beats
KEPT_OUT = {403, 404}
#: forms that name their object in the query: opened by whoever may open that object
ABOUT = {"referral:new": "residents:detail", "diagnosis:new": "residents:detail", "contract:new": "residents:detail", "referral:signed": "residents:detail"}


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver."""

    name: str
    route: str
    view: object

    @property
    def names_an_object(self) -> bool:
        return "<" in self.route

    @property
    def permission(self) -> str:
        return str(getattr(self.view, "permission", ""))

    @property
    def methods(self) -> tuple[str, ...]:
        return tuple(m for m in getattr(self.view, "methods", ()) if m in ("GET", "POST"))

    def url(self, side: Side, sample: Sample | None) -> str:
        asked = QUERIES.get(self.name)
        return reverse(self.name, kwargs=dict(sample.kwargs) if sample else None) + (f"?{asked(side)}" if asked else "")


def _walk(resolver: URLResolver, prefix: str = "", space: str = "") -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Address(":".join(filter(None, (space, entry.name))), route, entry.callback)
        else:
            yield from _walk(entry, route, ":".join(filter(None, (space, entry.namespace))))


ADDRESSES = sorted(_walk(get_resolver("yilianti.config.urls")), key=lambda address: address.route)
NAMED = [pytest.param(address, id=address.name or address.route) for address in ADDRESSES]


@dataclass(frozen=True)
class World:
    own: Side
    foreign: Side
    clients: dict[str, Client]
    actors: dict[str, Actor]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Two counties that have nothing to do with each other, and one person of each role in the first."""
    with django_db_blocker.unblock(), transaction.atomic():
        county = staff.county()
        own = Side(county.hospital, county.township, county.clinic, "云溪")
        foreign = Side(county.other_hospital, county.other_township, county.other_clinic, "外县漏出")
        clients, actors = {}, {}
        for role, seat in SEATS.items():
            account = staff.staff(getattr(own, seat), role)
            clients[role] = Client()
            clients[role].force_login(account)
            found = actor_for(account.pk, timezone.now())
            assert found is not None
            actors[role] = found
        own.everything()
        foreign.everything()
        yield World(own, foreign, clients, actors)
        transaction.set_rollback(True)


def ask(client: Client, method: str, url: str, data: object = None, **headers: str):
    """One request whose traces are taken back, in the database and in the client."""
    cookies = client.cookies.output()
    kept = SimpleCookie({name: morsel.value for name, morsel in client.cookies.items()})
    with transaction.atomic():
        response = getattr(client, method.lower())(url, data or None, headers=headers)
        if response.streaming:
            response = HttpResponse(response.getvalue(), status=response.status_code)
        transaction.set_rollback(True)
    if client.cookies.output() != cookies:
        client.cookies = kept
    return response


def sample_of(address: Address, side: Side) -> Sample | None:
    if not address.names_an_object:
        return None
    assert address.name in SAMPLES, f"no sample for {address.name} (/{address.route}): add one to tests/architecture/samples.py"
    return SAMPLES[address.name](side)


def holds(actor: Actor, permission: str) -> bool:
    return permission in (PUBLIC, ANY_ACCOUNT) or actor.may(permission)


def reaches(actor: Actor, permission: str, sample: Sample | None) -> bool:
    """Whether the permission covers an institution of the object."""
    if not holds(actor, permission):
        return False
    if sample is None or sample.where is None or permission in (PUBLIC, ANY_ACCOUNT):
        return True
    beside, there = sample.beside
    return bool(actor.reaches(sample.asks or permission) & sample.where or actor.reaches(beside) & there)


def text_of(response) -> str:
    return response.content.decode("utf-8", "replace")


def test_no_sample_is_left_over() -> None:
    assert set(SAMPLES) <= {address.name for address in ADDRESSES}


@pytest.mark.parametrize("address", NAMED)
def test_every_address_says_who_may_open_it(address: Address) -> None:
    assert address.permission, f"/{address.route}: declare it with kernel.pages.page"
    assert address.methods
    assert address.name, f"/{address.route} has no name"


@pytest.mark.parametrize("address", NAMED)
def test_signed_out_leads_to_the_login_page(world: World, address: Address) -> None:
    url = address.url(world.own, sample_of(address, world.own))
    for method in address.methods:
        response = ask(Client(), method, url)
        if address.permission == PUBLIC:
            assert not response.get("Location", "").startswith("/login/")
            continue
        assert response.status_code == 302, (method, url)
        assert response["Location"].startswith("/login/")
        assert ask(Client(), method, url, **{"HX-Request": "true"}).status_code == 401


@pytest.mark.parametrize("address", NAMED)
def test_only_declared_methods_are_answered(world: World, address: Address) -> None:
    url = address.url(world.own, sample_of(address, world.own))
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - set(address.methods):
        assert ask(world.clients["administrator"], method, url).status_code == 405, (method, url)


@pytest.mark.parametrize("address", NAMED)
def test_a_post_without_token_is_refused(world: World, address: Address) -> None:
    if "POST" not in address.methods:
        return
    for role, client in world.clients.items():
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = client.cookies
        assert ask(strict, "POST", address.url(world.own, sample_of(address, world.own))).status_code == 403, role


@pytest.mark.parametrize("address", NAMED)
@pytest.mark.parametrize("role", [pytest.param(role, id=role or "no_role") for role in SEATS])
def test_own_objects_open_by_declaration_and_reach(world: World, address: Address, role: str) -> None:
    sample = sample_of(address, world.own)
    actor, url = world.actors[role], address.url(world.own, sample)
    for method in address.methods:
        response = ask(world.clients[role], method, url, sample.data if sample and method == "POST" else None)
        told = (role, method, url, response.status_code)
        if not holds(actor, address.permission):
            assert response.status_code == 403, told
        elif address.name in ABOUT and not reaches(actor, address.permission, SAMPLES[ABOUT[address.name]](world.own)):
            assert response.status_code in KEPT_OUT, told
        elif reaches(actor, address.permission, sample) or (sample and sample.asks_reason):
            assert response.status_code in OPENED, told
        else:
            assert response.status_code in KEPT_OUT, told


@pytest.mark.parametrize("address", [pytest.param(a, id=a.name) for a in ADDRESSES if a.names_an_object])
@pytest.mark.parametrize("role", [pytest.param(role, id=role or "no_role") for role in SEATS])
def test_foreign_objects_stay_closed_and_unnamed(world: World, address: Address, role: str) -> None:
    sample = sample_of(address, world.foreign)
    assert sample is not None
    if sample.where is None:
        return
    url = address.url(world.foreign, sample)
    for method in address.methods:
        response = ask(world.clients[role], method, url, sample.data if method == "POST" else None)
        told = (role, method, url, response.status_code)
        permitted = OPENED | KEPT_OUT if sample.asks_reason and holds(world.actors[role], address.permission) else KEPT_OUT
        assert response.status_code in permitted, told
        assert world.foreign.tag not in text_of(response), told


@pytest.mark.parametrize("address", [pytest.param(a, id=a.name) for a in ADDRESSES if not a.names_an_object and "GET" in a.methods])
@pytest.mark.parametrize("role", [pytest.param(role, id=role or "no_role") for role in SEATS])
def test_lists_show_nothing_of_the_other_county(world: World, address: Address, role: str) -> None:
    for url in {reverse(address.name), address.url(world.own, None), address.url(world.foreign, None)}:
        shown = re.sub(r'(value|href|action)="[^"]*"', "", text_of(ask(world.clients[role], "GET", url)))  # what was asked is shown again
        assert [secret for secret in world.foreign.secrets if secret in shown] == [], (role, url)

"""Stored script: what people type is shown as text on every page, whatever they type (OWASP stored XSS).

Every name and every free-text field of the world of the permission matrix is a payload; every page of every role is read
by a real HTML parser, which must find no element and no handler of the payload's.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.architecture.samples import SAMPLES, Side
from tests.architecture.test_permission_matrix import ADDRESSES, SEATS, Address, ask
from yilianti.registry.access.tests import factories

pytestmark = pytest.mark.django_db
MARK = "ylt7"
PAYLOAD = f'"\'><script>{MARK}()</script><img src=x onerror={MARK}()>'
SHOWN = [address for address in ADDRESSES if "GET" in address.methods]
TAKING = [address for address in ADDRESSES if "POST" in address.methods and address.name in SAMPLES]


class Reader(HTMLParser):
    """What of a page a browser would run: elements of the payload, handlers, addresses that are script."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_script = tag == "script"
        for name, value in attrs:
            runs = name.startswith("on") or (name in ("href", "src", "action", "formaction") and (value or "").strip().lower().startswith("javascript:"))
            if runs or (tag == "img" and value == "x") or (name.startswith("hx-") and MARK in (value or "") and "javascript" in (value or "")):
                self.found.append(f"<{tag} {name}={value!r}>")

    def handle_endtag(self, tag: str) -> None:
        self.in_script = False

    def handle_data(self, data: str) -> None:
        if self.in_script and MARK in data:
            self.found.append(f"<script>{data[:60]}")


def runs(page: str) -> list[str]:
    reader = Reader()
    reader.feed(page)
    return reader.found


class World:
    def __init__(self) -> None:
        county = factories.county()
        self.side = Side(county.hospital, county.township, county.clinic, f"<b onclick={MARK}()>")
        self.clients = {role: Client() for role in SEATS}
        for role, seat in SEATS.items():
            self.clients[role].force_login(factories.staff(getattr(self.side, seat), role, called=f"<b onclick={MARK}()>"))


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        made = World()
        made.side.everything()
        for address in TAKING:
            _type_into(made, address)
        yield made
        transaction.set_rollback(True)


def _type_into(world: World, address: Address) -> None:
    """Send the form of an address with the payload in each field that takes text; what is refused changes nothing."""
    sample = SAMPLES[address.name](world.side)
    texts = {key: PAYLOAD if isinstance(value, str) and value in ("测试", "改名", "无床", "血压平稳", "请补充心电图", "测试科") else value for key, value in sample.data.items()}
    if texts == sample.data:
        return
    for client in world.clients.values():
        with transaction.atomic():
            if client.post(address.url(world.side, sample), texts).status_code in (200, 204, 302):
                return


def test_the_reader_finds_what_would_run() -> None:
    assert len(runs(f"<p>{PAYLOAD}</p>")) == 3
    assert runs('<a href="javascript:x()">x</a>') and not runs("<p>&lt;script&gt;ylt7()&lt;/script&gt;</p>")


@pytest.mark.parametrize("address", [pytest.param(address, id=address.name) for address in SHOWN])
def test_nothing_typed_runs(world: World, address: Address) -> None:
    sample = SAMPLES[address.name](world.side) if address.names_an_object else None
    url, shown = address.url(world.side, sample), 0
    for role, client in world.clients.items():
        answer: Any = ask(client, "GET", url)
        if answer.status_code == 200 and "html" in answer.get("Content-Type", ""):
            page = answer.content.decode("utf-8", "replace")
            assert runs(page) == [], (role, url)
            shown += MARK in page
    world.side.__dict__.setdefault("_shown", {})[address.name] = shown


def test_the_payload_was_seen_on_many_pages(world: World) -> None:
    shown = world.side.__dict__.get("_shown", {})
    if len(shown) == len(SHOWN):
        assert sum(bool(times) for times in shown.values()) >= 10, shown

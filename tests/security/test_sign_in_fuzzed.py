"""The doors of signing in under generated input: every answer is one of those the small OpenAPI document names, none is a fault.

Short in every run; `./test --long` tries many more.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, settings

from yilianti.registry.access.models import Account, SecurityEvent
from yilianti.registry.access.tests import factories

pytestmark = pytest.mark.django_db
DOORS = schemathesis.openapi.from_dict(json.loads(Path(__file__).with_name("sign_in_doors.json").read_text()))
SHORT, LONG = 5, 400
USUAL = {"deadline": None, "suppress_health_check": list(HealthCheck), "derandomize": True}


@pytest.fixture
def people() -> dict[str, Account | None]:
    """Nobody, somebody with a password, and one whose factor is in use."""
    county = factories.county()
    return {"nobody": None, "doctor": factories.staff(county.township, "township_doctor", "zhang"), "auditor": factories.staff(county.hospital, "auditor", "qiu")}


def knock(case: Any, people: dict[str, Account | None]) -> None:
    """The same request from each of them, its traces taken back; a half sign-in stands before the page of the code."""
    sent = case.as_transport_kwargs(base_url="http://testserver")
    wire = requests.Request(**{key: value for key, value in sent.items() if key in ("method", "url", "params", "data", "json")}).prepare()
    is_declared = wire.method == case.operation.method.upper()  # generated requests also try methods that a door does not have
    documented = {int(code) for code in case.operation.definition.raw["responses"]} if is_declared else {405}
    for who, account in people.items():
        with transaction.atomic():
            client = Client(raise_request_exception=False)
            if account is not None and "/login/" in case.path:
                client.post("/login/", {"username": account.username, "password": factories.PASSWORD})
            elif account is not None:
                client.force_login(account)
            body = wire.body.encode("utf-8", "surrogatepass") if isinstance(wire.body, str) else wire.body or b""
            answer = client.generic(wire.method or "GET", wire.path_url, body, content_type=wire.headers.get("Content-Type", "text/plain"))
            assert answer.status_code in documented, (who, wire.method, wire.path_url, wire.body, answer.status_code)
            transaction.set_rollback(True)


@DOORS.parametrize()
@settings(max_examples=SHORT, **USUAL)
def test_every_answer_is_one_of_ours(case: Any, people: dict[str, Account | None]) -> None:
    knock(case, people)


@pytest.mark.long
@DOORS.parametrize()
@settings(max_examples=LONG, **USUAL)
def test_every_answer_is_one_of_ours_at_length(case: Any, people: dict[str, Account | None]) -> None:
    knock(case, people)


def test_a_fault_would_be_seen(people: dict[str, Account | None], monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof fails when the protection is gone: a name that the trail cannot keep is a fault, not an answer."""
    monkeypatch.setattr("yilianti.registry.access.actions.trails.record_event", lambda *a, **k: SecurityEvent.objects.create())
    client = Client(raise_request_exception=False)
    with transaction.atomic():
        assert client.post("/login/", {"username": "x", "password": "y"}).status_code == 500
        transaction.set_rollback(True)

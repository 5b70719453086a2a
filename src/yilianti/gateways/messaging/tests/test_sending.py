"""One message over real HTTP to a real server: every outcome told apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yilianti.gateways.messaging.sending import CARRIER, composed
from yilianti.gateways.messaging.tests.gateways import Gateway, listening
from yilianti.gateways.outbound.api import Address, Result


@pytest.fixture
def gateway():
    with listening() as found:
        yield found


def address(gateway: Gateway, **more) -> Address:
    return replace(Address("短信", 1, "127.0.0.1", gateway.port, answer_seconds=0.3), **more)


def test_what_is_posted(gateway):
    outcome = CARRIER.send(address(gateway, secret="geheim", settings={"path": "/sms/send"}), composed("C1", "13800000001", "编号 7"), "C1")
    assert outcome.result is Result.ACKNOWLEDGED
    assert gateway.taken == [{"id": "C1", "to": "13800000001", "text": "编号 7"}]
    assert gateway.paths == ["/sms/send"] and gateway.headers[0]["Authorization"] == "Bearer geheim"


@pytest.mark.parametrize(
    ("status", "body", "result"),
    [
        (202, {}, Result.ACKNOWLEDGED),
        (200, {"ok": False, "message": "黑名单"}, Result.REFUSED),
        (401, {}, Result.REFUSED),
        (404, {}, Result.REFUSED),
        (302, {}, Result.REFUSED),
        (429, {}, Result.FAILED),
        (500, {}, Result.FAILED),
        (200, ["odd"], Result.ACKNOWLEDGED),
    ],
)
def test_answers_are_told_apart(gateway, status, body, result):
    gateway.status, gateway.body = status, body
    outcome = CARRIER.send(address(gateway), composed("C1", "1", "x"), "C1")
    assert outcome.result is result and outcome.answer == str(status)


def test_silence_and_a_closed_port(gateway):
    gateway.slow = 5.0
    assert CARRIER.send(address(gateway), b"{}", "C1").result is Result.UNANSWERED
    with listening() as gone:
        port = gone.port
    assert CARRIER.send(replace(address(gateway), port=port), b"{}", "C1").result is Result.UNREACHABLE


def test_a_plain_server_behind_tls_is_unreachable(gateway):
    assert CARRIER.send(address(gateway, tls=True), b"{}", "C1").result is Result.UNREACHABLE

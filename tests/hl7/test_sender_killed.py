"""kill -9 of the sender between sending and hearing: nothing is lost, and the receiver knows the repeat by its control id."""

from __future__ import annotations

import os
import socketserver
import subprocess
import sys
import threading
import time
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from yilianti.gateways.outbound import actions
from yilianti.gateways.outbound.models import Attempt, Outgoing
from yilianti.gateways.outbound.tests.factories import SYSTEM, destination
from yilianti.registry.access.tests.factories import county

pytestmark = pytest.mark.django_db(transaction=True)


class _Receiver(socketserver.BaseRequestHandler):
    """Takes what comes; answers only when told to."""

    heard: list[str] = []
    answers = False

    def handle(self) -> None:
        received = b""
        while b"\x1c\r" not in received:
            if not (piece := self.request.recv(65536)):
                return
            received += piece
        control = received.split(b"|")[9].decode()
        self.heard.append(control)
        if self.answers:
            self.request.sendall(f"\x0bMSH|^~\\&|A|B|C|D|20261126||ACK|1|P|2.5.1\rMSA|AA|{control}\r\x1c\r".encode())
        else:
            self.request.recv(1)  # until the sender is gone


def _sender() -> subprocess.Popen[bytes]:
    at = connection.settings_dict
    login = quote(at["USER"]) + (f":{quote(at['PASSWORD'])}" if at["PASSWORD"] else "")
    host = f"?host={quote(at['HOST'], safe='')}" if at["HOST"].startswith("/") else ""
    url = f"postgresql://{login}@{'' if host else at['HOST']}:{at['PORT']}/{quote(at['NAME'])}{host}"
    environ = os.environ | {"DATABASE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-m", "tests.hl7.sender_child"], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _until(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


def test_kill_9_between_sending_and_hearing() -> None:
    _Receiver.heard, _Receiver.answers = [], False
    served = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Receiver)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    at = timezone.now()
    place = destination(county().hospital, at=at, port=served.server_address[1])
    row = actions.try_out(actor=SYSTEM, destination=place.pk, at=at)
    process = _sender()
    try:
        _until(lambda: _Receiver.heard)
    finally:
        process.kill()
        process.wait()
    assert Outgoing.objects.get(pk=row.pk).state == "waiting"
    _Receiver.answers = True
    Outgoing.objects.filter(pk=row.pk).update(leased_until=at - timedelta(seconds=1))  # the lease has run out meanwhile
    process = _sender()
    try:
        _until(lambda: Outgoing.objects.filter(pk=row.pk, state="acknowledged").exists())
    finally:
        process.kill()
        process.wait()
        served.shutdown()
        served.server_close()
    assert _Receiver.heard == [row.control_id] * 2
    assert list(Attempt.objects.order_by("id").values_list("result", flat=True)) == ["interrupted", "acknowledged"]

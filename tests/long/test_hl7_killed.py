"""kill -9 of the listener under load: what was acknowledged is there, once; what was not is repeated by the sender and counts once."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from tests.hl7 import messages
from yilianti.gateways.hl7v2.models import Message
from yilianti.record.encounters.models import Encounter
from yilianti.record.results.models import Report

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("YILIANTI_HL7_KILLS", "12"))


def start(port: int) -> subprocess.Popen[bytes]:
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@127.0.0.1:{database['PORT']}/{database['NAME']}?host={quote(database['HOST'])}"
    environ = {**os.environ, "DATABASE_URL": url, "YILIANTI_MLLP_PORT": str(port), "YILIANTI_HL7_UNKNOWN_FACILITY": "provisional",
               "PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": "yilianti.config.settings"}
    process = subprocess.Popen([sys.executable, "-m", "yilianti.cli", "hl7"], env=environ, cwd=ROOT, stderr=subprocess.DEVNULL)
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            assert process.poll() is None, "the listener ended by itself"
            time.sleep(0.05)
    raise AssertionError("the listener did not start")


def exchange(line: socket.socket, texts: list[str]) -> list[str]:
    """Sends all, returns the control ids acknowledged with AA before the line broke."""
    line.sendall(b"".join(b"\x0b" + text.encode() + b"\x1c\x0d" for text in texts))
    found, data = [], b""
    while len(found) < len(texts):
        piece = line.recv(65536)
        if not piece:
            break
        data += piece
        *whole, data = data.split(b"\x1c\x0d")
        for answer in whole:
            assert b"MSA|AA|" in answer, answer
            found.append(answer.split(b"MSA|AA|")[1].split(b"\r")[0].decode())
    return found


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_nothing_acknowledged_is_lost_or_doubled():
    chance = random.Random(11)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    waiting = {f"K{n}": messages.adt("A01", f"K{n}", visit=f"V{n}", patient=messages.pid(f"P{n // 3}", name="云" + chr(0x4E00 + n // 3))) if n % 2
               else messages.oru(f"K{n}", order=f"L{n}", patient=messages.pid(f"P{n // 3}", name="云" + chr(0x4E00 + n // 3))) for n in range(KILLS * 60)}
    total, acknowledged, kills = len(waiting), set(), 0
    process = start(port)
    while waiting:
        texts = [waiting[key] for key in list(waiting)[:40]]
        victim = kills < KILLS
        if victim:
            kills += 1
            killer = subprocess.Popen(["/bin/sh", "-c", f"sleep {chance.uniform(0.02, 0.5):.3f}; kill -9 {process.pid}"])
        try:
            with socket.create_connection(("127.0.0.1", port), 10) as line:
                line.settimeout(60)
                found = exchange(line, texts)
        except OSError:
            found = []
        acknowledged.update(found)
        present = set(Message.objects.filter(control_id__in=found, state="applied").values_list("control_id", flat=True))
        assert present == set(found), "acknowledged and not in the database"
        for key in found:
            waiting.pop(key, None)
        if victim:
            killer.wait()
            process.wait()
            process = start(port)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert len(acknowledged) == total and Message.objects.filter(state="applied").count() == total
    assert Encounter.objects.count() == total // 2 and Report.objects.count() == total - total // 2

"""Associations that break off, come all at once, or send too much: what was acknowledged is kept, the rest costs nobody anything."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from pydicom import dcmread
from pynetdicom import AE

from tests.dicom import serving
from tests.ecg import samples
from yilianti.care.diagnosis.tests import factories
from yilianti.cli import processes
from yilianti.gateways.dicom.limits import MB
from yilianti.gateways.dicom.models import Instance, Sender
from yilianti.kernel.crypto import keyring
from yilianti.kernel.models import JournalEntry
from yilianti.record.recordings.models import Recording

pytestmark = [pytest.mark.django_db(transaction=True), serving.dcmtk, samples.needed]
TWELVE = "1.2.840.10008.5.1.4.1.1.9.1.1"


def until(well: object, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if well():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def test_eight_associations_with_the_same_object_keep_it_once(scene: factories.Scene, cart: Sender, now: datetime, tmp_path: Path) -> None:
    path = serving.rewritten(tmp_path)
    with serving.listening() as listener, ThreadPoolExecutor(8) as senders:
        ran = list(senders.map(lambda _: serving.run("storescu", listener.port, path, path, path), range(8)))
        assert [one.code for one in ran] == [0] * 8
        with ThreadPoolExecutor(3) as filers:
            list(filers.map(lambda _: _filed(now), range(3)))
    assert Instance.objects.count() == Recording.objects.count() == JournalEntry.objects.filter(word="dicom.received").count() == 1
    assert Instance.objects.get().state == "unmatched"


def _filed(now: datetime) -> None:
    from django.db import connection

    serving.file_all(now)
    connection.close()


def test_a_line_that_is_cut_in_the_middle_loses_nothing_acknowledged(scene: factories.Scene, cart: Sender, now: datetime, tmp_path: Path) -> None:
    paths = [serving.rewritten(tmp_path) for _ in range(3)]
    with serving.listening() as listener:
        entity = AE(ae_title=serving.TITLE)
        entity.add_requested_context(TWELVE, "1.2.840.10008.1.2.1")
        line = entity.associate("127.0.0.1", listener.port, ae_title="YILIANTI")
        assert line.is_established
        for path in paths[:2]:
            assert line.send_c_store(dcmread(path)).Status == 0
        line.dul.socket.socket.sendall(b"\x04\x00\x00\x01\x00\x00" + b"half a unit")
        line.dul.socket.socket.shutdown(socket.SHUT_RDWR)
        line.kill()
        assert until(lambda: not listener.detail()["lines"]) and listener.budget.held == 0
        assert serving.run("storescu", listener.port, paths[2]).code == 0, "others are served"
    assert Instance.objects.count() == 3


def test_more_than_is_taken_at_once_is_cut_off(scene: factories.Scene, cart: Sender, now: datetime, tmp_path: Path) -> None:
    path = serving.rewritten(tmp_path)
    with serving.listening(object=MB // 32, longest_pdu=MB // 8) as listener:
        assert serving.run("storescu", listener.port, path).code == 0, "within what one unit may still hold"
    with serving.listening(object=MB // 64, longest_pdu=MB // 32, pdu=16_384) as listener:
        assert serving.run("storescu", listener.port, path, path).code != 0
        assert until(lambda: not listener.detail()["lines"]) and listener.budget.held == 0
        with socket.create_connection(("127.0.0.1", listener.port)) as rude:
            rude.sendall(b"\x01\x00\xff\xff\xff\xff" + bytes(1000))
            rude.settimeout(20)
            assert rude.recv(100)[:1] in (b"", b"\x07"), "cut off, or told so"
        assert serving.run("echoscu", listener.port).code == 0


def test_too_many_associations_are_turned_away(scene: factories.Scene, cart: Sender, now: datetime) -> None:
    with serving.listening(associations=1) as listener:
        entity = AE(ae_title=serving.TITLE)
        entity.add_requested_context("1.2.840.10008.1.1")
        first = entity.associate("127.0.0.1", listener.port, ae_title="YILIANTI")
        assert first.is_established
        assert "Local Limit Exceeded" in serving.run("echoscu", listener.port).said
        first.release()
        assert until(lambda: serving.run("echoscu", listener.port).code == 0)


def test_whoever_says_nothing_holds_no_line_for_long(scene: factories.Scene, cart: Sender, now: datetime) -> None:
    with serving.listening(associations=4, acse=1.5) as listener:
        silent = [socket.create_connection(("127.0.0.1", listener.port)) for _ in range(4)]
        for one in silent:
            with contextlib.suppress(OSError):
                one.sendall(b"\x01\x00\x00\x00\x01\x00")  # 256 bytes are promised, none comes
        assert until(lambda: 0 < listener.detail()["lines"] <= 2), "half of the lines at the most"
        assert until(lambda: not listener.detail()["lines"], 8), "and not for the two minutes of an idle line"
        assert listener.budget.held == 0 and serving.run("echoscu", listener.port).code == 0
        for one in silent:
            one.close()


def test_a_sender_that_ends_in_the_middle_of_many(scene: factories.Scene, cart: Sender, now: datetime, tmp_path: Path) -> None:
    paths = [serving.rewritten(tmp_path) for _ in range(40)]
    with serving.listening() as listener:
        command = [shutil.which("storescu"), "-v", "-aet", serving.TITLE, "-aec", "YILIANTI", "127.0.0.1", str(listener.port), *map(str, paths)]
        with (tmp_path / "said.log").open("w") as said:
            sending = subprocess.Popen(command, stdout=said, stderr=said)
            assert until(lambda: Instance.objects.count() >= 3)
            sending.kill()
            sending.wait()
        assert until(lambda: not listener.detail()["lines"])
    acknowledged = (tmp_path / "said.log").read_text().count("Store Response (Success)")
    assert Instance.objects.count() >= acknowledged


def test_a_killed_listener_has_kept_what_it_acknowledged(scene: factories.Scene, cart: Sender, now: datetime, tmp_path: Path) -> None:
    paths = [serving.rewritten(tmp_path) for _ in range(60)]
    port = processes.free_port()
    given = settings.DATABASES["default"]
    url = f"postgresql://{given['USER']}{':' + given['PASSWORD'] if given['PASSWORD'] else ''}@127.0.0.1:{given['PORT']}/{given['NAME']}"
    own = {**os.environ, "DATABASE_URL": url, "YILIANTI_DICOM_PORT": str(port), "YILIANTI_MODE": "demo", "YILIANTI_HOME": str(tmp_path / "home"), "PYTHONPATH": "src"}
    (tmp_path / "home").mkdir()
    keyring.Folder(tmp_path / "home/keys").ensure(keyring.CIPHER, keyring.HMAC_SM3)
    with (tmp_path / "listener.log").open("w") as log, (tmp_path / "said.log").open("w") as said:
        running = subprocess.Popen([sys.executable, "-m", "yilianti.cli", "dicom"], env=own, stdout=log, stderr=log)
        try:
            assert until(lambda: not processes.port_free("127.0.0.1", port), 60), (tmp_path / "listener.log").read_text()
            sending = subprocess.Popen(["storescu", "-v", "-aet", serving.TITLE, "-aec", "YILIANTI", "127.0.0.1", str(port), *map(str, paths)], stdout=said, stderr=said)
            assert until(lambda: Instance.objects.count() >= 5), (tmp_path / "listener.log").read_text()
        finally:
            running.send_signal(signal.SIGKILL)
            running.wait()
        assert sending.wait(30) != 0
    acknowledged = (tmp_path / "said.log").read_text().count("Store Response (Success)")
    assert 0 < acknowledged <= Instance.objects.count() < len(paths)
    with (tmp_path / "filing.log").open("w") as log:
        filing = subprocess.Popen([sys.executable, "-m", "yilianti.cli", "dicom", "--filing"], env=own, stdout=log, stderr=log)
        try:
            assert until(lambda: not Instance.objects.filter(state="received").exists(), 60), (tmp_path / "filing.log").read_text()
        finally:
            filing.terminate()
            assert filing.wait(20) == 0
    assert Instance.objects.filter(state="unmatched", recording__isnull=False).count() == Instance.objects.count()

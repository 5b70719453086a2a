"""The runner as a process: woken at once, one leader, and nothing lost or doubled whatever ends."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from django.db import connection

from yilianti.handovers import listing, runner
from yilianti.handovers.listing import Handover
from yilianti.handovers.models import Cursor, Delivery
from yilianti.handovers.tests.factories import following, happen
from yilianti.kernel import sealing
from yilianti.kernel.models import Heartbeat, JournalEntry

pytestmark = pytest.mark.django_db(transaction=True)


def eventually(true: Callable[[], bool], seconds: float = 15) -> float:
    """Seconds until it held; fails when it never did."""
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < seconds, "did not happen in time"
        time.sleep(0.01)
    return time.monotonic() - started


@pytest.fixture
def start(monkeypatch) -> Iterator[Callable[..., threading.Event]]:
    """Runs the runner in a thread with the given handovers; all are stopped at the end."""
    stops: list[threading.Event] = []
    threads: list[threading.Thread] = []
    monkeypatch.setattr(listing, "ticking", list)

    def begin(*handovers: Handover) -> threading.Event:
        if handovers:
            monkeypatch.setattr(listing, "handed", lambda: list(handovers))
        stops.append(threading.Event())
        threads.append(threading.Thread(target=runner.run_until, args=[stops[-1]]))
        threads[-1].start()
        return stops[-1]

    yield begin
    for stop in stops:
        stop.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_a_handover_follows_its_entry_within_a_second(start, monkeypatch):
    monkeypatch.setattr(runner, "POLL_SECONDS", 5.0)  # so that only the notification can wake it in time
    arrived: dict[int, float] = {}
    start(following(lambda entry: arrived.__setitem__(entry.id, time.monotonic())))
    eventually(lambda: Heartbeat.objects.filter(process="runner").exists())
    delays = []
    for _ in range(5):
        time.sleep(0.2)
        written = happen().id
        begun = time.monotonic()
        eventually(lambda: written in arrived, 4)  # noqa: B023
        delays.append(arrived[written] - begun)
    assert max(delays) < 1.0, delays
    assert Heartbeat.objects.get(process="runner").detail["parked"] == 0


def test_polling_finds_what_no_notification_announced(start):
    arrived: list[int] = []
    start(following(lambda entry: arrived.append(entry.id)))
    eventually(lambda: Heartbeat.objects.filter(process="runner").exists())
    entry = happen()  # many in one go: the wake-up is sent at most once per 50 ms
    others = [happen().id for _ in range(20)]
    assert eventually(lambda: arrived == [entry.id, *others]) < 2


def test_of_two_runners_one_leads_and_the_other_takes_over(start):
    by: list[tuple[str, int]] = []
    first = start(following(lambda entry: by.append((threading.current_thread().name, entry.id))))
    happen()
    eventually(lambda: len(by) == 1)
    start()
    for _ in range(10):
        happen()
    eventually(lambda: len(by) == 11)
    assert len({name for name, _ in by}) == 1
    first.set()
    happen()
    eventually(lambda: len(by) == 12)
    assert len({name for name, _ in by}) == 2
    assert len({entry for _, entry in by}) == 12


def test_survives_the_loss_of_every_connection(start):
    arrived: list[int] = []
    start(following(lambda entry: arrived.append(entry.id)))
    written = []
    for _ in range(3):
        written.append(happen().id)
        eventually(lambda: arrived == written)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        written.append(happen().id)
        eventually(lambda: arrived == written)


def child(handovers: int) -> subprocess.Popen[bytes]:
    at = connection.settings_dict
    login = quote(at["USER"]) + (f":{quote(at['PASSWORD'])}" if at["PASSWORD"] else "")
    host = f"?host={quote(at['HOST'], safe='')}" if at["HOST"].startswith("/") else ""
    url = f"postgresql://{login}@{'' if host else at['HOST']}:{at['PORT']}/{quote(at['NAME'])}{host}"
    command = [sys.executable, "-m", "yilianti.handovers.tests.child_runner", str(handovers)]
    environ = os.environ | {"DATABASE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("kills", [3])
def test_kill_9_in_the_middle_loses_and_doubles_nothing(kills):
    entries = [happen(subject=f"sample:{number % 17}").id for number in range(600)]
    followed = JournalEntry.objects.filter(word="sample.followed")
    chance = random.Random(7)
    for _ in range(kills):
        process = child(2)
        try:
            before = followed.count()
            eventually(lambda: followed.count() > before, 30)  # noqa: B023
            time.sleep(chance.random() * 0.2)
        finally:
            process.kill()
            process.wait()
    assert followed.count() < 1200, "killed too late to prove anything"
    process = child(2)
    try:
        eventually(lambda: followed.count() >= 1200, 60)
        eventually(lambda: Cursor.objects.filter(sealed_number__gte=600).count() == 2)
        process.terminate()
        assert process.wait(10) == 0
    finally:
        process.kill()
    sealing.Sealer("sha256").seal(followed.latest("id").at, limit=5000)
    assert sorted(followed.values_list("caused_by", flat=True)) == sorted(entries * 2)
    assert Delivery.objects.count() == 1200
    assert sealing.verify() == (1800, 0)

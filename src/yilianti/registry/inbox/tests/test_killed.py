"""Two climbers killed in the middle, and a third that ends the work: each rung once, each with its line in the journal."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection

from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.tests import factories
from yilianti.registry.inbox.models import Rung
from yilianti.registry.inbox.tests.factories import OFFICE, task, worker

pytestmark = pytest.mark.django_db(transaction=True)
ITEMS, RUNGS = 60, 4


def climber(at):
    given = connection.settings_dict
    login = quote(given["USER"]) + (f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else "")
    host = f"?host={quote(given['HOST'], safe='')}" if given["HOST"].startswith("/") else ""
    url = f"postgresql://{login}@{'' if host else given['HOST']}:{given['PORT']}/{quote(given['NAME'])}{host}"
    environ = os.environ | {"DATABASE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "yilianti.registry.inbox.tests.child_climber", at.isoformat()]
    return subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_kill_9_in_the_middle_of_a_ladder_doubles_and_loses_nothing(at):
    county = factories.county()
    worker(county.hospital, OFFICE, at)
    for n in range(ITEMS):
        task(county, at, str(n), urgency="urgent")
    late = at + timedelta(hours=3)
    running = [climber(late) for _ in range(2)]
    until = time.monotonic() + 60
    while Rung.objects.count() < 20 and time.monotonic() < until:
        time.sleep(0.01)
    [process.kill() for process in running]
    [process.wait() for process in running]
    assert 20 <= Rung.objects.count() < ITEMS * RUNGS, "killed too late, or never begun: nothing proven"
    assert climber(late).wait(60) == 0
    entries = JournalEntry.objects.filter(word="inbox.escalated")
    assert Rung.objects.count() == entries.count() == ITEMS * RUNGS
    assert len(set(entries.values_list("subject", "facts__step"))) == ITEMS * RUNGS

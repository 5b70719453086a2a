"""kill -9 of the insight process at any moment: no row is lost or counted twice, and the figures end where they should."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from yilianti.care.referral.tests import factories as referrals
from yilianti.insight.facts import api as facts
from yilianti.insight.facts.models import Watermark
from yilianti.insight.facts.tests.factories import everything, following, seal
from yilianti.insight.indicators.models import Figure
from yilianti.insight.indicators.tests.factories import PRIMARY
from yilianti.kernel import sealing
from yilianti.record.encounters import actions as encounters
from yilianti.record.encounters.tests import factories as stays

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[5]


def start(home: Path) -> subprocess.Popen[bytes]:
    given = connection.settings_dict
    user = quote(str(given["USER"]), safe="") + (f":{quote(str(given['PASSWORD']), safe='')}" if given["PASSWORD"] else "")
    address = f"postgresql://{user}@{given['HOST'] or '127.0.0.1'}:{given['PORT'] or 5432}/{given['NAME']}"
    if str(given["HOST"]).startswith("/"):
        address = f"postgresql://{user}@:{given['PORT'] or 5432}/{given['NAME']}?host={quote(str(given['HOST']), safe='')}"
    environ = {**os.environ, "DATABASE_URL": address, "YILIANTI_HOME": str(home), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    with (home / "insight.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "yilianti.insight.indicators.tests.child_insight"], env=environ, stdout=log, stderr=log)


def happenings(scene: referrals.Scene, until: float) -> Iterator[int]:
    """Visits that begin, and some that are cancelled, until the time is over; each yields the number that stand."""
    standing, now, places = 0, timezone.now(), (scene.county.township, scene.county.hospital)
    number = 0
    while time.monotonic() < until:
        number += 1
        place = random.choice(places)
        opened = now - timedelta(days=random.choice((0, 0, 0, 40)))
        told = {"resident_id": scene.resident.id, "institution_id": place.id, "visit_number": f"MZ{number}", "source": "hl7v2:1", "actor": stays.MACHINE}
        encounters.open_encounter(**told, kind="outpatient", opened_at=opened, content=stays.content(), at=now)
        standing += 1
        if number % 5 == 0:
            encounters.cancel_open(**told, at=now + timedelta(seconds=1))
            standing -= 1
        seal()
        yield standing


def killed_and_agreeing(home: Path, seconds: float, gap: tuple[float, float]) -> int:
    """Kill at random moments while things happen; at the end everything agrees. Returns how often it was killed."""
    scene = referrals.scene(timezone.now())
    child, kills, standing = start(home), 0, 0
    due = time.monotonic() + random.uniform(*gap)
    for so_far in happenings(scene, time.monotonic() + seconds):
        standing = so_far
        if time.monotonic() > due:
            child.kill()
            child.wait()
            child, kills, due = start(home), kills + 1, time.monotonic() + random.uniform(*gap)
        time.sleep(0.02)
    end = time.monotonic() + 60
    while not Watermark.objects.filter(sealed_number=sealing.last_seal()).exists():
        assert time.monotonic() < end and child.poll() is None, (home / "insight.log").read_text()[-2000:]
        time.sleep(0.1)
    child.terminate()
    child.wait(20)
    counted = Figure.objects.filter(card=PRIMARY, consortium__code="yunxi").values_list("denominator", flat=True)
    assert sum(counted) == standing
    at = timezone.now()
    with following(at) as follower:
        followed = everything(follower)
        follower.rebuild(at)
        follower.is_saved = True
        assert everything(follower) == followed
    return kills


def test_killed_twice_nothing_is_lost_or_doubled(settings, tmp_path):
    settings.HOME = tmp_path
    assert killed_and_agreeing(tmp_path, seconds=11, gap=(3.0, 4.5)) >= 2


@pytest.mark.long
def test_killed_for_two_minutes_nothing_is_lost_or_doubled(settings, tmp_path):
    settings.HOME = tmp_path
    assert killed_and_agreeing(tmp_path, seconds=120, gap=(1.5, 5.0)) >= 15


def test_a_second_process_stands_by(settings, tmp_path):
    settings.HOME = tmp_path
    assert facts.leads()
    child = start(tmp_path)
    try:
        time.sleep(3)
        assert child.poll() is None and facts.watermark() is None
    finally:
        child.terminate()
        child.wait(20)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")

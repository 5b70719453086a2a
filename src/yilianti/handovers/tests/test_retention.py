"""The clock moves: old notes are gone and lie in a hashed archive, needed ones stay, and what is only added to stays for ever."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from yilianti.handovers import chores, retention
from yilianti.handovers.models import Chore, Verification
from yilianti.handovers.tests.factories import happen, seal
from yilianti.kernel.models import JournalEntry, JournalSeal
from yilianti.registry.access import api as access
from yilianti.registry.access.models import SecurityEvent

YEARS = timedelta(days=2000)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path


def note(at) -> None:
    Verification.objects.create(at=at, sealed=3)
    Chore.objects.create(kind="backup", started_at=at, ended_at=at, well=True)


@pytest.mark.django_db
def test_old_notes_go_into_a_hashed_archive_and_the_rest_stays(at, tmp_path):
    note(at)
    note(at + YEARS)
    Session.objects.create(session_key="a" * 32, session_data="", expire_date=at)
    Session.objects.create(session_key="b" * 32, session_data="", expire_date=at + 2 * YEARS)
    happen()
    seal()
    access.record_event(access.EventKind.REFUSED, succeeded=False, at=at, account=None, username="x", address=None, detail="GET /")
    done = chores.clear_out(at + YEARS)
    assert done.detail == {"sessions": 1, "handovers_verification": 1, "handovers_chore": 1}
    assert Verification.objects.get().at == at + YEARS
    assert Session.objects.get().session_key == "b" * 32
    assert JournalEntry.objects.exists()
    assert JournalSeal.objects.exists()
    assert SecurityEvent.objects.exists()
    lines = [json.loads(line) for line in (tmp_path / "archives/ARCHIVES.jsonl").read_text().splitlines()]
    file = tmp_path / "archives" / lines[0]["file"]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == lines[0]["sha256"]
    assert json.loads(gzip.decompress(file.read_bytes()))["sealed"] == 3
    assert lines[1]["list_before"] != lines[0]["list_before"] == ""
    assert chores.clear_out(at + YEARS) is None, "a second run finds nothing"


@pytest.mark.django_db
def test_nothing_is_removed_when_the_archive_cannot_be_written(at, settings, tmp_path):
    note(at)
    (tmp_path / "archives").write_text("a file where the folder should be")
    with pytest.raises(OSError), transaction.atomic():
        retention.clear(at + YEARS)
    assert Verification.objects.exists()
    (tmp_path / "archives").unlink()
    assert retention.clear(at + YEARS)["handovers_verification"] == 1


@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_steps_back(at):
    note(at)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [retention.LOCK])
        assert retention.clear(at + YEARS) == {}
        assert Verification.objects.exists()
    finally:
        other.close()

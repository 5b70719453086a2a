"""Failure: back-off, parking, and that only the subject of a failed entry waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yilianti.handovers.following import Follower
from yilianti.handovers.models import Delivery, Waiting
from yilianti.handovers.tests.factories import Recorder, happen, seal
from yilianti.handovers.tests.test_following import run_out
from yilianti.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorder() -> Recorder:
    made = Recorder()
    made.failing.add("sample:bad")
    return made


def test_back_off_doubles_and_the_fifth_failure_parks(recorder, at):
    happen(subject="sample:bad")
    seal()
    follower = Follower([recorder.handover])
    run_out(follower, at)
    now, delays = at, []
    while (row := Waiting.objects.get()).parked_at is None:
        delays.append((row.retry_at - now).total_seconds())
        follower.retry(row.retry_at - timedelta(milliseconds=1))
        assert Waiting.objects.get().attempts == row.attempts, "tried too early"
        now = row.retry_at
        follower.retry(now)
    assert delays == [1, 2, 4, 8]
    assert row.attempts == 5
    assert row.retry_at is None
    assert "cannot take sample:bad" in row.error
    assert "must not be kept" not in row.error
    assert JournalEntry.objects.get(word="handovers.parked").caused_by == row.entry


def test_only_the_subject_waits_and_its_order_is_kept(recorder, at):
    bad = [happen(subject="sample:bad").id for _ in range(2)]
    good = [happen(subject=f"sample:{number}").id for number in range(3)]
    bad.append(happen(subject="sample:bad").id)
    seal()
    follower = Follower([recorder.handover])
    run_out(follower, at)
    assert recorder.seen == good
    assert list(Waiting.objects.order_by("id").values_list("entry", "attempts")) == [(bad[0], 1), (bad[1], 0), (bad[2], 0)]
    recorder.failing.clear()
    assert follower.retry(at) == 0, "not before its time"
    assert follower.retry(at + timedelta(seconds=1)) == 3
    assert recorder.seen == good + bad
    assert not Waiting.objects.exists()
    assert Delivery.objects.count() == 6


def test_later_entries_stand_behind_a_parked_one(recorder, at):
    happen(subject="sample:bad")
    seal()
    follower = Follower([recorder.handover])
    run_out(follower, at)
    Waiting.objects.update(parked_at=at, retry_at=None)
    recorder.failing.clear()
    happen(subject="sample:bad")
    seal()
    run_out(follower, at)
    assert follower.retry(at + timedelta(days=1)) == 0
    assert recorder.seen == []
    assert Waiting.objects.count() == 2


def test_one_handover_waits_another_goes_on(recorder, at):
    other = Recorder("other_to_test")
    entry = happen(subject="sample:bad")
    seal()
    run_out(Follower([recorder.handover, other.handover]), at)
    assert other.seen == [entry.id]
    assert Waiting.objects.get().handover == "sample_to_test"


def test_a_reader_from_the_start_leaves_waiting_and_dismissed_alone(recorder, at):
    first = happen(subject="sample:bad")
    seal()
    run_out(Follower([recorder.handover]), at)
    Waiting.objects.update(dismissed_at=at, dismissed_because="重复")
    recorder.failing.clear()
    follower = Follower([recorder.handover])
    follower.cursors["sample_to_test"] = 0
    run_out(follower, at)
    follower.retry(at + timedelta(days=1))
    assert first.id not in recorder.seen


def test_what_waits_for_a_handover_that_is_gone_disturbs_nobody(recorder, at):
    happen(subject="sample:bad")
    seal()
    run_out(Follower([recorder.handover]), at)
    assert Follower([Recorder("other_to_test").handover]).retry(at + timedelta(days=1)) == 0

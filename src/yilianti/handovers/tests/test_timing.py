"""Timed handovers: when they run, and how a failure is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from yilianti.handovers import listing
from yilianti.handovers.listing import Timed
from yilianti.handovers.models import TimedRun
from yilianti.handovers.timing import Clockwork

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_runs_at_once_then_every_so_often_also_after_a_restart(at):
    ticks: list[datetime] = []
    timed = Timed("sample", MINUTE, lambda now: ticks.append(now) or len(ticks))
    clockwork = Clockwork([timed])
    assert clockwork.run_due(at) == 1
    assert clockwork.run_due(at + MINUTE / 2) == 0
    assert Clockwork([timed]).run_due(at + MINUTE / 2) == 0
    assert Clockwork([timed]).run_due(at + MINUTE) == 2
    assert ticks == [at, at + MINUTE]
    assert TimedRun.objects.get().done == 2


def test_a_failure_is_shown_since_when_and_does_not_stop_the_others(at):
    def fail(now: datetime) -> int:
        raise ValueError("no policy in force")

    clockwork = Clockwork([Timed("a_fails", MINUTE, fail), Timed("b_works", MINUTE, lambda now: 3)])
    assert clockwork.run_due(at) == 3
    assert clockwork.run_due(at + MINUTE) == 3
    failing = TimedRun.objects.get(name="a_fails")
    assert failing.error.startswith("ValueError：no policy in force")
    assert (failing.failing_since, failing.ran_at) == (at, at + MINUTE)
    Clockwork([Timed("a_fails", MINUTE, lambda now: 0)]).run_due(at + 2 * MINUTE)
    failing.refresh_from_db()
    assert (failing.error, failing.failing_since) == ("", None)


def test_every_timed_module_is_found_and_says_how_often():
    for timed in listing.ticking():
        assert timed.every >= timedelta(seconds=1), timed.name
        assert callable(timed.tick), timed.name


def test_every_handover_is_found_with_its_words():
    for handover in listing.handed():
        assert handover.words, handover.name
        assert all("." in word for word in handover.words), handover.name

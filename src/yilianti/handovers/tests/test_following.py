"""Order, idempotency, cursors: what a handover is given and how often."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from yilianti.handovers import delivering, following
from yilianti.handovers.following import Follower
from yilianti.handovers.listing import Handover
from yilianti.handovers.models import Cursor, Delivery, Waiting
from yilianti.handovers.tests.factories import Recorder, happen, seal
from yilianti.kernel.models import JournalEntry, JournalSeal
from yilianti.kernel.sealing import Sealer

pytestmark = pytest.mark.django_db


def run_out(follower: Follower, at: object) -> None:
    while follower.advance(at):  # type: ignore[arg-type]
        pass


def test_entries_arrive_in_seal_order_and_only_wanted_words(at):
    recorder = Recorder()
    wanted = [happen(subject=f"sample:{number % 3}").id for number in range(7)]
    happen("other.happened")
    assert seal() == 8
    run_out(Follower([recorder.handover]), at)
    assert recorder.seen == wanted


def test_unsealed_entries_are_not_handed_over(at):
    recorder = Recorder()
    happen()
    run_out(Follower([recorder.handover]), at)
    assert recorder.seen == []


def test_cursor_moves_past_words_nobody_wants(at):
    for _ in range(5):
        happen("other.happened")
    seal()
    run_out(Follower([Recorder().handover]), at)
    assert Cursor.objects.get().sealed_number == 5


def test_a_second_reader_from_the_start_doubles_nothing(at):
    recorder = Recorder()
    entry = happen()
    seal()
    run_out(Follower([recorder.handover]), at)
    Cursor.objects.update(sealed_number=0)  # as after a kill between the delivery and the cursor
    run_out(Follower([recorder.handover]), at)
    assert recorder.seen == [entry.id]
    assert Delivery.objects.count() == 1


def test_a_delivery_claimed_elsewhere_is_not_repeated(at):
    recorder = Recorder()
    entry = happen()
    Delivery.objects.create(handover="sample_to_test", entry=entry.id, delivered_at=at)
    assert delivering.deliver(recorder.handover, entry, at)
    assert recorder.seen == []


def test_effects_and_delivery_are_rolled_back_together(at):
    def half(entry: JournalEntry) -> None:
        happen("sample.followed")
        raise ValueError("in the middle")

    entry = happen()
    assert not delivering.deliver(Handover("sample_to_test", frozenset(), half), entry, at)
    assert not Delivery.objects.exists()
    assert not JournalEntry.objects.filter(word="sample.followed").exists()


def test_handovers_have_cursors_of_their_own(at):
    first, second = Recorder("first_to_test"), Recorder("second_to_test", ["sample.happened", "other.happened"])
    happen()
    seal()
    run_out(Follower([first.handover]), at)
    happen("other.happened")
    seal()
    run_out(Follower([first.handover, second.handover]), at)
    assert len(first.seen) == 1
    assert len(second.seen) == 2


def test_a_handover_that_starts_now_skips_the_past(at):
    old = happen()
    seal()
    recorder = Recorder()
    from_now = Handover("late_to_test", frozenset(["sample.happened"]), recorder.hand_over, from_now=True)
    follower = Follower([from_now])
    new = happen()
    seal()
    run_out(follower, at)
    assert recorder.seen == [new.id] != [old.id]


def test_batches_and_windows_lose_nothing(at, monkeypatch):
    monkeypatch.setattr(following, "BATCH", 3)
    monkeypatch.setattr(following, "WINDOW", 5)
    recorder = Recorder()
    wanted = [happen("sample.happened" if number % 4 else "other.happened").id for number in range(40)]
    seal()
    run_out(Follower([recorder.handover]), at)
    assert recorder.seen == [entry for number, entry in enumerate(wanted) if number % 4]
    assert Follower([recorder.handover]).lag() == 0


def test_lag_counts_sealed_entries_not_looked_at(at):
    follower = Follower([Recorder().handover])
    for _ in range(3):
        happen("other.happened")
    seal()
    assert follower.lag() == 3


def test_stopping_in_the_middle_keeps_the_cursor_and_goes_on_later(at):
    recorder = Recorder()
    for _ in range(4):
        happen()
    seal()
    Follower([recorder.handover], lambda: len(recorder.seen) == 2).advance(at)
    assert len(recorder.seen) == 2
    assert Cursor.objects.get().sealed_number == 0
    run_out(Follower([recorder.handover]), at)
    assert len(recorder.seen) == 4
    assert not Waiting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_commits_late_is_not_skipped(at):
    """One connection writes and holds while another commits a later id: the late one is sealed next, and delivered."""
    written, may_commit = threading.Event(), threading.Event()
    late: list[int] = []

    def hold() -> None:
        try:
            with transaction.atomic():
                late.append(happen(subject="sample:late").id)
                written.set()
                may_commit.wait(10)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert written.wait(10)
    early = happen(subject="sample:early").id
    assert early > late[0]
    recorder, sealer = Recorder(), Sealer("sha256")
    follower = Follower([recorder.handover])
    sealer.seal(at)
    run_out(follower, at)
    assert recorder.seen == [early]
    may_commit.set()
    holder.join(10)
    assert sealer.seal(at) == 1
    run_out(follower, at)
    assert recorder.seen == [early, late[0]]
    assert list(JournalSeal.objects.order_by("number").values_list("entry_id", flat=True)) == [early, late[0]]

"""What becomes of a message: order, pauses, dead letters, alarms, and a sender that is killed in the middle."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from yilianti.gateways.outbound import actions, queries, sender, sending
from yilianti.gateways.outbound.models import Attempt, Destination, Outgoing
from yilianti.gateways.outbound.terms import Result
from yilianti.gateways.outbound.tests.factories import SYSTEM, Line, destination, later, queued
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.tests.factories import county

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    return timezone.now()


@pytest.fixture
def place(at):
    return destination(county().hospital, at=at)


def states(*rows: Outgoing) -> list[str]:
    return [Outgoing.objects.get(pk=row.pk).state for row in rows]


def run(line: Line, at, turns: int = 20) -> int:
    return sum(sending.send_next(line.carriers, at) for _ in range(turns))


def test_the_same_key_is_queued_once_and_journalled_once(place, at):
    first, second = queued(place, "a", at), queued(place, "a", later(at, seconds=1))
    assert first.pk == second.pk
    assert JournalEntry.objects.filter(word="outbound.queued").count() == 1


def test_what_the_receiver_confirms_is_acknowledged_and_journalled(place, at):
    row, line = queued(place, "a", at), Line()
    assert run(line, at) == 1
    assert states(row) == ["acknowledged"]
    assert line.sent == [("HIS", b"MSH|a", row.control_id)]
    assert JournalEntry.objects.filter(word="outbound.acknowledged", subject=f"outbound:{row.pk}").count() == 1


def test_a_refusal_is_laid_aside_at_once_and_holds_back_only_its_subject(place, at):
    bad, behind, other = queued(place, "a", at, subject="s"), queued(place, "b", at, subject="s"), queued(place, "c", at)
    run(Line(Result.REFUSED), at)
    assert states(bad, behind, other) == ["parked", "waiting", "acknowledged"]
    assert queries.ahead_of(behind).pk == bad.pk


def test_a_message_that_cannot_be_processed_is_tried_five_times_with_growing_pauses(place, at):
    row, line = queued(place, "a", at), Line(*[Result.FAILED] * 9)
    for seconds in (0, 5, 10, 20, 40):
        assert run(line, at) == 1
        assert run(line, at + timedelta(seconds=1)) == 0 or states(row) == ["parked"]
        at = timezone.now() + timedelta(seconds=max(seconds * 2, 5) + 1)
    assert states(row) == ["parked"]
    assert Attempt.objects.filter(outgoing=row).count() == 5


def test_a_dead_line_costs_no_message_its_attempts_and_rests_for_all(place, at):
    rows = [queued(place, key, at) for key in "abc"]
    line = Line(*[Result.UNREACHABLE] * 3)
    assert run(line, at) == 1
    assert states(*rows) == ["waiting"] * 3
    assert run(line, timezone.now() + timedelta(seconds=6)) == 1
    assert run(line, timezone.now() + timedelta(seconds=6)) == 0
    assert Destination.objects.get().failures == 2
    run(Line(), timezone.now() + timedelta(seconds=11))
    assert states(*rows) == ["acknowledged"] * 3
    assert Destination.objects.get().failing_since is None


def test_messages_of_a_subject_arrive_in_order_also_after_failures(place, at):
    for key in "abcd":
        queued(place, key, at, subject="s")
    line = Line(Result.FAILED, Result.ACKNOWLEDGED)
    for seconds in range(0, 60, 6):
        run(line, timezone.now() + timedelta(seconds=seconds))
    assert [payload for _, payload, _ in line.sent] == [b"MSH|a", b"MSH|a", b"MSH|b", b"MSH|c", b"MSH|d"]


def test_a_killed_sender_leaves_a_trace_and_the_message_goes_again_with_the_same_number(place, at):
    row = queued(place, "a", at)
    assert sending._lease(["hl7v2"], at) is not None  # and then the process dies
    line = Line()
    assert run(line, later(at, seconds=60)) == 0
    assert run(line, later(at, seconds=91)) == 1
    assert states(row) == ["acknowledged"]
    assert list(Attempt.objects.order_by("id").values_list("result", flat=True)) == ["interrupted", "acknowledged"]
    assert line.sent[0][2] == row.control_id


def test_a_silent_destination_is_reported_once_and_its_answer_too(place, at):
    queued(place, "a", at)
    run(Line(Result.UNREACHABLE), at)
    assert sending.raise_alarms(at=later(at, minutes=14)) == 0
    assert sending.raise_alarms(at=later(at, minutes=16)) == 1
    assert sending.raise_alarms(at=later(at, minutes=17)) == 0
    run(Line(), later(at, minutes=20))
    assert JournalEntry.objects.filter(word="outbound.destination_recovered").count() == 1


def test_a_test_message_passes_the_pause_and_is_tried_once(place, at):
    waiting = queued(place, "a", at)
    run(Line(Result.UNREACHABLE), at)
    echo = actions.try_out(actor=SYSTEM, destination=place.pk, at=at)
    line = Line(Result.UNREACHABLE)
    assert run(line, timezone.now()) == 1
    assert line.sent[0][1] == b"echo"
    assert states(echo, waiting) == ["cancelled", "waiting"]


def test_a_receipt_may_come_later(place, at):
    row = queued(place, "a", at)
    run(Line(Result.SENT), at)
    assert states(row) == ["sent"]
    actions.confirm(actor=SYSTEM, control_id=row.control_id, delivered=True, said="送达", at=at)
    assert states(row) == ["acknowledged"]


def test_what_is_switched_off_waits(place, at):
    row = queued(place, "a", at)
    actions.switch(actor=SYSTEM, destination=place.pk, active=False, at=at)
    assert run(Line(), at) == 0
    actions.switch(actor=SYSTEM, destination=place.pk, active=True, at=at)
    assert run(Line(), at) == 1
    assert states(row) == ["acknowledged"]


def test_replaying_all_keeps_the_order(place, at):
    rows = [queued(place, key, at) for key in "ab"]
    run(Line(Result.REFUSED, Result.REFUSED), at)
    assert actions.replay_all(actor=SYSTEM, destination=place.pk, at=at) == 2
    line = Line()
    run(line, timezone.now())
    assert [control for _, _, control in line.sent] == [row.control_id for row in rows]


@pytest.mark.django_db(transaction=True)
def test_two_senders_send_each_message_once_and_in_order():
    at = timezone.now()
    place = destination(county().hospital, at=at)
    for n in range(12):
        queued(place, f"k{n}", at, subject=f"s{n % 3}")
    line, stopping = Line(), threading.Event()
    threads = sender.start(line.carriers, stopping, threads=4)
    for _ in range(100):
        if not Outgoing.objects.filter(state="waiting").exists():
            break
        stopping.wait(0.1)
    stopping.set()
    for thread in threads:
        thread.join(10)
    connection.close()
    assert len(line.sent) == len({control for _, _, control in line.sent}) == 12
    for subject in range(3):
        sent = [payload for _, payload, _ in line.sent if int(payload.split(b"k")[1]) % 3 == subject]
        assert sent == sorted(sent, key=lambda p: int(p.split(b"k")[1]))

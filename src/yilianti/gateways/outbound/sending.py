"""One attempt: take the head of a queue, send it outside any transaction, write down what came back.

A message is leased before it is sent, so that a sender that is killed leaves a trace and the next one sends again, with the
same control id: at least once, never lost.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.gateways.outbound import rules
from yilianti.gateways.outbound.actions.queueing import written
from yilianti.gateways.outbound.lifecycle import OUTGOING
from yilianti.gateways.outbound.models import Attempt, Destination, Outgoing
from yilianti.gateways.outbound.terms import COUNTED, DOWN, ECHO, Address, Carrier, Outcome, Result, State
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.registry.institutions import api as institutions

LEASE = timedelta(seconds=90)
POLICY = "exchange.outbound"
log = logging.getLogger(__name__)

# Heads only: nothing earlier of the same subject waits or stands still, and one message at a time per destination.
_HEADS = """SELECT o.* FROM outbound_outgoing o JOIN outbound_destination d ON d.id = o.destination_id
WHERE o.state = 'waiting' AND (o.retry_at IS NULL OR o.retry_at <= %(at)s) AND (o.leased_until IS NULL OR o.leased_until <= %(at)s)
  AND d.active AND (d.retry_at IS NULL OR d.retry_at <= %(at)s OR o.kind = 'echo') AND d.channel = ANY(%(channels)s)
  AND NOT EXISTS (SELECT 1 FROM outbound_outgoing e WHERE e.destination_id = o.destination_id AND e.subject = o.subject
                  AND e.id < o.id AND e.state IN ('waiting', 'parked'))
  AND NOT EXISTS (SELECT 1 FROM outbound_outgoing l WHERE l.destination_id = o.destination_id AND l.state = 'waiting' AND l.leased_until > %(at)s)
ORDER BY o.kind = 'echo' DESC, o.id LIMIT 1 FOR UPDATE OF o, d SKIP LOCKED"""


def send_next(carriers: Mapping[str, Carrier], at: datetime) -> bool:
    """Send one message whose time has come; False when there is none."""
    row = _lease(list(carriers), at)
    if row is None:
        return False
    started = time.monotonic()
    outcome = _try(row, carriers[row.destination.channel], at)
    _settle(row.pk, outcome, row.leased_until, time.monotonic() - started, timezone.now())
    return True


@transaction.atomic
def _lease(channels: list[str], at: datetime) -> Outgoing | None:
    row = next(iter(Outgoing.objects.raw(_HEADS, {"at": at, "channels": channels})), None)
    if row is None:
        return None
    if row.leased_until is not None:
        Attempt.objects.create(outgoing=row, at=row.leased_until - LEASE, result=Result.INTERRUPTED.value, said=Result.INTERRUPTED.zh)
    row.leased_until, row.attempts = at + LEASE, row.attempts + 1
    row.save(update_fields=["leased_until", "attempts"])
    return row


def _try(row: Outgoing, carrier: Carrier, at: datetime) -> Outcome:
    try:
        where = address(row.destination, at)
        payload = carrier.echo(where, row.control_id) if row.kind == ECHO else row.payload
        return carrier.send(where, payload, row.control_id)
    except Exception as fault:
        # What was raised may quote the patient: only its kind is kept.
        log.error("outbound: message %s could not be sent: %s", row.pk, type(fault).__name__)
        return Outcome(Result.FAILED, said=f"平台发送时出错（{type(fault).__name__}），请联系平台管理员。")


def address(destination: Destination, at: datetime) -> Address:
    """What the channel needs to know of a destination."""
    seconds = _policy(destination, at).answer_seconds
    return Address(destination.name, destination.institution_id, destination.host, destination.port, destination.tls, destination.authority, destination.secret,
                   dict(destination.settings), float(seconds))  # fmt: skip


@transaction.atomic
def _settle(message: int, outcome: Outcome, lease: datetime | None, seconds: float, at: datetime) -> None:
    destination = Destination.objects.select_for_update().get(outgoing=message)
    row = Outgoing.objects.select_for_update().get(pk=message)
    row.destination = destination
    Attempt.objects.create(outgoing=row, at=at - timedelta(seconds=seconds), seconds=seconds, result=outcome.result.value, answer=outcome.answer[:16],
                           said=outcome.said[:400])  # fmt: skip
    _note_line(destination, outcome.result, at)
    got_through = outcome.result in (Result.ACKNOWLEDGED, Result.SENT)
    if row.state != State.WAITING.value or (row.leased_until != lease and not got_through):
        return  # decided meanwhile, or taken over by another sender after the lease
    row.said, row.leased_until = (outcome.said or outcome.result.zh)[:400], None
    _move(row, outcome.result, at)
    row.save()


def _move(row: Outgoing, result: Result, at: datetime) -> None:
    """The step this result leads to, or a later try."""
    actor = Actor.system("外发执行器", institution=row.destination.institution_id)
    if result is Result.ACKNOWLEDGED:
        row.sent_at = row.acknowledged_at = at
        action = "acknowledge"
    elif result is Result.SENT:
        row.sent_at = at
        action = "send"
    elif row.kind == ECHO:
        row.closed_at, row.closed_because = at, f"测试未通过：{row.said}"[:200]
        action = "cancel"
    else:
        policy = _policy(row.destination, at)
        row.failures += result in COUNTED
        if not rules.is_over(result, row.failures, row.queued_at, at, attempts=policy.attempts, keep_trying_hours=policy.keep_trying_hours):
            row.retry_at = at + rules.pause(row.failures, policy.first_seconds, policy.longest_seconds) if result in COUNTED else None
            return
        row.parked_at = at
        action = "park"
    step = OUTGOING.step(row, action)
    written(row, step.word, actor=actor, at=at, result=result.value)


def _note_line(destination: Destination, result: Result, at: datetime) -> None:
    """Whether the line works: one that does not is tried again at growing intervals, for all that waits at once."""
    destination.told_at = at
    if result in DOWN:
        policy = _policy(destination, at)
        destination.failures += 1
        destination.failing_since = destination.failing_since or at
        destination.retry_at = at + rules.pause(destination.failures, policy.first_seconds, policy.longest_seconds)
    else:
        if destination.alarmed_at is not None:
            _journal(destination, "outbound.destination_recovered", at)
        destination.failures, destination.failing_since, destination.retry_at, destination.alarmed_at = 0, None, None, None
        destination.heard_at = at
    destination.save(update_fields=["told_at", "heard_at", "failures", "failing_since", "retry_at", "alarmed_at"])


def raise_alarms(*, at: datetime) -> int:
    """Say it once of every destination that has been silent longer than the policy bears; returns how many."""
    raised = 0
    for number in Destination.objects.filter(active=True, failing_since__isnull=False, alarmed_at__isnull=True).values_list("id", flat=True):
        with transaction.atomic():
            row = Destination.objects.select_for_update().get(id=number)
            if row.failing_since is None or at < row.failing_since + timedelta(minutes=_policy(row, at).alarm_after_minutes):
                continue
            row.alarmed_at = at
            row.save(update_fields=["alarmed_at"])
            _journal(row, "outbound.destination_silent", at)
            raised += 1
    return raised


def _journal(row: Destination, word: str, at: datetime) -> None:
    since = row.failing_since.isoformat() if row.failing_since else ""
    journal.write(word, actor=Actor.system("外发执行器", institution=row.institution_id), at=at, subject=f"outbound_destination:{row.pk}",
                  to_institution=row.institution_id, facts={"name": row.name, "failing_since": since, "failures": row.failures})  # fmt: skip


def _policy(destination: Destination, at: datetime) -> policybook.Edition:
    return policybook.in_force(POLICY, timezone.localdate(at), institutions.scope_of(destination.institution_id, at))

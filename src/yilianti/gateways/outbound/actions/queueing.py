"""Putting a message into the outbox, once per key; taking it back; hearing of its receipt."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yilianti.gateways.outbound import rules
from yilianti.gateways.outbound.lifecycle import OUTGOING
from yilianti.gateways.outbound.models import Outgoing
from yilianti.gateways.outbound.terms import OPEN, State
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused


@transaction.atomic
def enqueue(
    *, actor: Actor, destination: int, kind: str, key: str, subject: str, payload: bytes, at: datetime, resident: int | None = None,
    caused_by: int | None = None, not_before: datetime | None = None,
) -> Outgoing:  # fmt: skip
    """Leave a message to be sent after the caller's commit (or later); the same `key` again finds the first and changes nothing.

    `subject` orders: messages of one subject to one destination arrive in the order of their queueing. The receiver sees
    `rules.control_id(key)` on every repeat, so write it into the payload.
    """
    number = rules.control_id(key)
    asked = {"destination_id": destination, "control_id": number, "kind": kind, "subject": subject, "resident_id": resident,
             "payload": payload, "queued_at": at, "retry_at": not_before, "caused_by": caused_by}  # fmt: skip
    row, is_new = Outgoing.objects.select_related("destination").get_or_create(key=key, defaults=asked)
    if is_new:
        written(row, "outbound.queued", actor=actor, at=at, caused_by=caused_by)
    return row


@transaction.atomic
def cancel(*, actor: Actor, subject: str, because: str, at: datetime) -> int:
    """What has not left yet of a subject no longer needs to; returns how many."""
    rows = list(Outgoing.objects.select_for_update().select_related("destination").filter(subject=subject, state__in=OPEN, leased_until__isnull=True))
    for row in rows:
        OUTGOING.step(row, "cancel")
        row.closed_at, row.closed_because = at, because[:200]
        row.save()
        written(row, "outbound.cancelled", actor=actor, at=at)
    return len(rows)


@transaction.atomic
def confirm(*, actor: Actor, control_id: str, delivered: bool, said: str, at: datetime) -> Outgoing:
    """A receipt that came later, such as a text message's report; one that failed is laid aside for a person."""
    row = Outgoing.objects.select_for_update().select_related("destination").filter(control_id=control_id).first()
    if row is None:
        raise Refused("unknown_control_id", "没有这个控制号的外发消息；请核对回执。", "no such message", field="control_id")
    if row.state == State.ACKNOWLEDGED.value and delivered:
        return row
    step = OUTGOING.step(row, "acknowledge" if delivered else "park")
    row.said = said[:400]
    if delivered:
        row.acknowledged_at = at
    else:
        row.parked_at = at
    row.save()
    written(row, step.word, actor=actor, at=at)
    return row


def written(row: Outgoing, word: str, *, actor: Actor, at: datetime, caused_by: int | None = None, **facts: object) -> None:
    """The journal's line: what left for whom is an audit matter."""
    told = {"kind": row.kind, "destination": row.destination_id, "control_id": row.control_id, "about": row.subject, "attempts": row.attempts, **facts}
    journal.write(word, actor=actor, at=at, subject=f"outbound:{row.pk}", resident=row.resident_id, to_institution=row.destination.institution_id,
                  facts=told, caused_by=caused_by)  # fmt: skip

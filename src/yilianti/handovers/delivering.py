"""Delivering one entry to one handover, once: the effects and the proof that they happened commit together."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from yilianti.handovers.listing import Handover
from yilianti.handovers.models import Waiting
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry

ATTEMPTS = 5
FIRST_DELAY = timedelta(seconds=1)

log = logging.getLogger(__name__)


class DatabaseGone(Exception):
    """The connection broke: nothing is known to be wrong with the entry, so it does not count as an attempt."""


def deliver(handover: Handover, entry: JournalEntry, at: datetime) -> bool:
    """Hand over unless that was done before; False when it failed: the entry waits, and its subject with it."""
    try:
        with transaction.atomic():
            if _claimed(handover, entry, at):
                handover.hand_over(entry)
    except Exception as error:
        _raise_if_gone(error)
        _failed(Waiting(handover=handover.name, entry=entry.id, subject=entry.subject, first_failed_at=at), error, at)
        return False
    return True


def queue_behind(handover: Handover, entry: JournalEntry, at: datetime) -> None:
    """Let the entry stand behind earlier ones of its subject."""
    row = Waiting(handover=handover.name, entry=entry.id, subject=entry.subject, first_failed_at=at)
    Waiting.objects.bulk_create([row], ignore_conflicts=True)


def open_rows() -> QuerySet[Waiting]:
    return Waiting.objects.filter(dismissed_at__isnull=True)


def due(handovers: Iterable[str], at: datetime, limit: int = 100) -> list[Waiting]:
    """Heads of queues, of handovers that still exist, whose time has come."""
    earlier = open_rows().filter(handover=OuterRef("handover"), subject=OuterRef("subject"), id__lt=OuterRef("id"))
    ready = open_rows().filter(Q(retry_at__isnull=True) | Q(retry_at__lte=at), ~Exists(earlier), parked_at__isnull=True, handover__in=list(handovers))
    return list(ready.order_by("id")[:limit])


def try_again(handover: Handover, head: Waiting, at: datetime) -> bool:
    """Deliver a waiting entry and let it leave its queue; False when it failed again."""
    try:
        with transaction.atomic():
            entry = JournalEntry.objects.get(id=head.entry)
            # Locked, because a person may be dismissing it on the operations page.
            if not open_rows().select_for_update().filter(id=head.id).exists():
                return True
            if _claimed(handover, entry, at):
                handover.hand_over(entry)
            Waiting.objects.filter(id=head.id).delete()
    except Exception as error:
        _raise_if_gone(error)
        _failed(head, error, at)
        return False
    return True


def _claimed(handover: Handover, entry: JournalEntry, at: datetime) -> bool:
    """Write the delivery first: a second runner waits here, and finds it done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO handovers_delivery (handover, entry, delivered_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [handover.name, entry.id, at],
        )
        return cursor.rowcount == 1


def _failed(row: Waiting, error: Exception, at: datetime) -> None:
    """Note the failure: later attempts wait 1, 2, 4, 8 seconds; after the fifth a person decides."""
    row.attempts += 1
    row.error = described(error)
    parked = row.attempts >= ATTEMPTS
    row.parked_at = at if parked else None
    row.retry_at = None if parked else at + FIRST_DELAY * 2 ** (row.attempts - 1)
    log.warning("%s failed on entry %s (%s), attempt %s: %s", row.handover, row.entry, row.subject, row.attempts, row.error)
    with transaction.atomic():
        if row.pk:
            open_rows().filter(pk=row.pk).update(
                attempts=row.attempts, error=row.error, parked_at=row.parked_at, retry_at=row.retry_at
            )
        else:
            Waiting.objects.bulk_create([row], ignore_conflicts=True)
        if parked:
            _tell(row, at)


def _tell(row: Waiting, at: datetime) -> None:
    facts = {"handover": row.handover, "attempts": row.attempts}
    journal.write("handovers.parked", actor=Actor.system(), at=at, subject=f"handovers:{row.entry}", facts=facts, caused_by=row.entry)


def described(error: Exception) -> str:
    """What was raised and where; only a first line and no source text, because details may name a resident."""
    said = (str(error).splitlines() or [""])[0][:400]
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = [f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return "\n".join([f"{type(error).__name__}：{said}", *places])


def _raise_if_gone(error: Exception) -> None:
    if isinstance(error, OperationalError | InterfaceError) and not connection.is_usable():
        raise DatabaseGone from error

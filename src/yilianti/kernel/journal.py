"""The journal: the audit trail and the river in one. Rooms write; the sealer numbers; handovers follow."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from yilianti.kernel import batching
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry

CHANNEL = "yilianti_journal"
_WAKE_EVERY_SECONDS = 0.05
_last_wake = threading.local()


def write(
    word: str,
    *,
    actor: Actor,
    at: datetime,
    subject: str,
    resident: int | None = None,
    from_institution: int | None = None,
    to_institution: int | None = None,
    facts: Mapping[str, Any] | None = None,
    policy_refs: Sequence[str] = (),
    caused_by: int | None = None,
) -> None:
    """Append one entry inside the caller's transaction and wake the runner after the commit.

    `word` is `<room>.<past participle>`, `subject` is `<room>:<number>`, `at` an aware datetime, `facts` JSON values
    that name a resident by number only.
    """
    entry = JournalEntry(
        at=at,
        word=word,
        actor_person=actor.person,
        actor_name=actor.name,
        actor_institution=actor.institution,
        subject=subject,
        resident=resident,
        from_institution=from_institution,
        to_institution=to_institution,
        facts=dict(facts or {}),
        policy_refs=list(policy_refs),
        caused_by=caused_by,
    )
    batching.insert([entry])
    # The entry is durable by then: a wake that fails may not turn a kept promise into an error.
    transaction.on_commit(wake, robust=True)


def wake() -> None:
    """Tell the runner that there is something to read; at most once per 50 ms and thread (it polls besides)."""
    now = time.monotonic()
    if now - getattr(_last_wake, "at", -1.0) < _WAKE_EVERY_SECONDS:
        return
    _last_wake.at = now
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def history(subject: str) -> list[JournalEntry]:
    """Everything that happened to one subject, oldest first."""
    return list(JournalEntry.objects.filter(subject=subject).order_by("id"))

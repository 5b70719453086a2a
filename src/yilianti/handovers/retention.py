"""What may go when its time is over: expired sessions and the platform's own running notes, the notes only after they lie in an archive.

The journal, its seals, the access log and security events are only ever added to; nothing here, and no right of our role, removes them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.handovers.models import Chore, Verification

LOCK, CHUNK, BEHIND_CURSOR = 7_531_003, 5_000, 10_000

_OLD_DELIVERIES = """DELETE FROM handovers_delivery WHERE id IN (
    SELECT d.id FROM handovers_delivery d JOIN handovers_cursor c ON c.handover = d.handover
    JOIN kernel_journalseal s ON s.entry_id = d.entry
    WHERE d.delivered_at < %s AND s.number < c.sealed_number - %s ORDER BY d.id LIMIT %s)"""


@dataclass(frozen=True)
class Notes:
    """A table of running notes: by which moment it ages, and the policy's word for how long."""

    model: type[models.Model]
    moment: str
    days: str


ARCHIVED = (Notes(Verification, "at", "verifications_days"), Notes(Chore, "ended_at", "chores_days"), Notes(AccessAttempt, "attempt_time", "sign_in_failures_days"))


def clear(at: datetime) -> dict[str, int]:
    """Remove what is over, counted by kind; {} when another clearing is at work, which then does it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return {}
        try:
            return _clear(at)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _clear(at: datetime) -> dict[str, int]:
    policy = policybook.of_this_installation("operations.retention", timezone.localdate(at))
    sessions, _ = Session.objects.filter(expire_date__lt=at).delete()
    gone = {"sessions": sessions, "deliveries": _deliveries(at - timedelta(days=policy.deliveries_days))}
    for notes in ARCHIVED:
        gone[notes.model._meta.db_table] = archive(notes, at - timedelta(days=policy[notes.days]), at)
    return gone


def _deliveries(before: datetime) -> int:
    """Keys of idempotency that no cursor can reach again."""
    removed = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_OLD_DELIVERIES, [before, BEHIND_CURSOR, CHUNK])
            removed += cursor.rowcount
            if cursor.rowcount < CHUNK:
                return removed


def archive(notes: Notes, before: datetime, at: datetime) -> int:
    """Move rows older than `before` into a hashed file, all of them or none; returns how many."""
    rows = notes.model._default_manager.filter(**{f"{notes.moment}__lt": before}).order_by("pk")
    with transaction.atomic():
        kept = list(rows.select_for_update().values())
        if not kept:
            return 0
        file = _write(notes.model._meta.db_table, kept, at)
        try:
            notes.model._default_manager.filter(pk__in=[row["id"] for row in kept]).delete()
        except BaseException:
            file.unlink(missing_ok=True)
            raise
        _list(file, len(kept), at)
    return len(kept)


def _write(table: str, rows: Iterable[dict[str, Any]], at: datetime) -> Path:
    """JSON lines, compressed, on the disk before anything is removed."""
    folder = settings.HOME / "archives"
    folder.mkdir(mode=0o700, exist_ok=True)
    file: Path = folder / f"{table}-{at:%Y%m%d-%H%M%S}.jsonl.gz"
    with file.open("xb") as plain:
        with gzip.GzipFile(fileobj=plain, mode="wb", mtime=0) as packed:
            for row in rows:
                packed.write(json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True).encode() + b"\n")
        plain.flush()
        os.fsync(plain.fileno())
    return file


def _list(file: Path, rows: int, at: datetime) -> None:
    """A line in the list of archives; each carries the hash of the list before it, so that none can be taken out unseen."""
    ledger = file.parent / "ARCHIVES.jsonl"
    before = hashlib.sha256(ledger.read_bytes()).hexdigest() if ledger.exists() else ""
    line = {"file": file.name, "rows": rows, "sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "at": at.isoformat(), "list_before": before}
    with ledger.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
        out.flush()
        os.fsync(out.fileno())

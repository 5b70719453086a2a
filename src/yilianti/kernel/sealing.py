"""Sealer: gives committed journal entries their number and chained hash. One at a time, behind an advisory lock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from yilianti.kernel.models import JournalEntry, JournalSeal

GENESIS = "0" * 64
_LOCK = 7_531_001
_NEAR_THE_END = 10_000


def digest(algorithm: str, text: str) -> str:
    """Hex digest of a canonical text by "sha256" or "sm3" (GB/T 32905)."""
    if algorithm == "sm3":
        from cryptography.hazmat.primitives import hashes  # heavy import, only where SM3 is chosen

        state = hashes.Hash(hashes.SM3())
        state.update(text.encode())
        return state.finalize().hex()
    if algorithm != "sha256":
        raise ValueError(f"unknown journal hash {algorithm!r}: use sha256 or sm3")
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(entry: JournalEntry) -> str:
    """The text a hash covers: every column of the entry as sorted compact JSON, moments in UTC."""
    columns: dict[str, Any] = {field.attname: getattr(entry, field.attname) for field in JournalEntry._meta.concrete_fields}
    columns["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps(columns, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


class Sealer:
    """Keeps, between calls, the transaction horizon below which everything is sealed."""

    def __init__(self, algorithm: str) -> None:
        digest(algorithm, "")
        self.algorithm = algorithm
        self.horizon = 0

    def seal(self, at: datetime, limit: int = 1000) -> int:
        """Seal up to `limit` committed entries in id order; returns how many."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            # Below this horizon every transaction has ended, so whatever it wrote is visible to the next statement.
            cursor.execute("SELECT txid_snapshot_xmin(txid_current_snapshot())")
            horizon = cursor.fetchone()[0]
            fresh = self._unsealed(limit)
            last = JournalSeal.objects.order_by("-number").first()
            number, previous = (last.number, last.hash) if last else (0, GENESIS)
            seals = []
            for entry in fresh:
                number += 1
                previous = digest(self.algorithm, f"{previous}\n{number}\n{canonical(entry)}")
                seals.append(JournalSeal(number=number, entry_id=entry.id, algorithm=self.algorithm, hash=previous, sealed_at=at))
            JournalSeal.objects.bulk_create(seals)
        if len(fresh) < limit:
            self.horizon = horizon
        return len(fresh)

    def _unsealed(self, limit: int) -> list[JournalEntry]:
        unsealed = """SELECT e.* FROM kernel_journalentry e WHERE e.transaction >= %s
                      AND NOT EXISTS (SELECT 1 FROM kernel_journalseal s WHERE s.entry_id = e.id) ORDER BY e.id LIMIT %s"""
        return list(JournalEntry.objects.raw(unsealed, [self.horizon, limit]))


def last_seal() -> int:
    """The number of the newest seal; 0 before the first."""
    return JournalSeal.objects.aggregate(last=Max("number"))["last"] or 0


def waiting() -> int:
    """Entries without a seal; cheap, because they lie near the end even where one commits late."""
    newest = JournalEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    recent = JournalEntry.objects.filter(id__gt=newest - _NEAR_THE_END).count()
    return max(0, recent - JournalSeal.objects.filter(entry_id__gt=newest - _NEAR_THE_END).count())


class Broken(Exception):
    """The chain does not hold; the message names the first broken entry."""


def verify() -> tuple[int, int]:
    """Recompute the whole chain: (sealed entries, entries not yet sealed). Raises Broken at the first fault."""
    number, previous = 0, GENESIS
    for seal, entry in _pairs():
        number += 1
        if seal.number != number:
            raise Broken(f"第 {number} 号封签缺失（下一个是 {seal.number} 号）：有记录被删除。")
        if entry is None:
            raise Broken(f"第 {seal.number} 号封签对应的日志 {seal.entry_id} 不存在：记录被删除。")
        previous = digest(seal.algorithm, f"{previous}\n{number}\n{canonical(entry)}")
        if previous != seal.hash:
            raise Broken(f"第 {seal.number} 号（日志 {entry.id}，{entry.word}，{entry.subject}）与封签不符：内容被改动。")
    return number, JournalEntry.objects.count() - number


def _pairs() -> Iterator[tuple[JournalSeal, JournalEntry | None]]:
    """(seal, entry or None) in chain order, in batches of bounded memory."""
    after = 0
    while batch := list(JournalSeal.objects.filter(number__gt=after).order_by("number")[:2000]):
        entries = JournalEntry.objects.in_bulk([seal.entry_id for seal in batch])
        for seal in batch:
            yield seal, entries.get(seal.entry_id)
        after = batch[-1].number

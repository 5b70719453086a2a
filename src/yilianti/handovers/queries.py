"""What the operations page asks: who is alive, how far each handover has read, what is stuck, whether the journal holds."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection

from yilianti.handovers import delivering, following, listing
from yilianti.handovers.models import Cursor, TimedRun, Verification, Waiting
from yilianti.kernel import sealing
from yilianti.kernel.models import Heartbeat, JournalEntry, JournalSeal

FRESH_SECONDS = 10.0
PROCESSES = {"runner": "日志执行器", "worker": "后台任务", "hl7": "HL7 接口监听", "dicom": "DICOM 接收", "filing": "DICOM 归档", "folders": "采集文件夹", "insight": "统计进程"}


@dataclass(frozen=True)
class Process:
    """One process by its heartbeat; `seconds_ago` is None when it has never beaten."""

    name: str
    label: str
    seconds_ago: float | None

    @property
    def serves(self) -> bool:
        return self.seconds_ago is not None and self.seconds_ago <= FRESH_SECONDS


@dataclass(frozen=True)
class Arrow:
    """One handover: sealed entries not looked at yet, and since when the oldest of them waits."""

    name: str
    words: tuple[str, ...]
    behind: int
    behind_since: datetime | None
    waiting: int
    parked: int


@dataclass(frozen=True)
class JournalState:
    """Sealed and unsealed entries, the last seal, the last check of the whole chain."""

    sealed: int
    unsealed: int
    last: JournalSeal | None
    verification: Verification | None


@dataclass(frozen=True)
class Disk:
    """Space where the data live, in bytes; `database` is the size of the database wherever it is."""

    free: int
    total: int
    database: int

    @property
    def is_short(self) -> bool:
        return self.free < max(1_000_000_000, self.total // 20)


@dataclass(frozen=True)
class Archive:
    """Handing WAL to the backup, by the server's own count; `is_on` is False where we do not archive."""

    is_on: bool
    archived_at: datetime | None
    failed_at: datetime | None
    failures: int

    @property
    def is_failing(self) -> bool:
        """The last try failed."""
        return self.is_on and self.failed_at is not None and (self.archived_at is None or self.failed_at > self.archived_at)


def archive() -> Archive:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('archive_mode') <> 'off', last_archived_time, last_failed_time, failed_count FROM pg_stat_archiver")
        return Archive(*cursor.fetchone())


def processes() -> list[Process]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT process, extract(epoch FROM clock_timestamp() - at)::float8 FROM {Heartbeat._meta.db_table}")  # noqa: S608
        beats = dict(cursor.fetchall())
    return [Process(name, label, beats.get(name)) for name, label in PROCESSES.items()]


def arrows() -> list[Arrow]:
    """Every handover that exists, by name."""
    head, cursors = following.last_seal(), dict(Cursor.objects.values_list("handover", "sealed_number"))
    counted: dict[tuple[str, bool], int] = {}
    for handover, parked_at in delivering.open_rows().values_list("handover", "parked_at"):
        key = (handover, parked_at is not None)
        counted[key] = counted.get(key, 0) + 1
    return [
        Arrow(
            handover.name, tuple(sorted(handover.words)), head - (read := cursors.get(handover.name, 0)), _sealed_after(read) if read < head else None,
            counted.get((handover.name, False), 0), counted.get((handover.name, True), 0),
        )
        for handover in listing.handed()
    ]  # fmt: skip


def _sealed_after(number: int) -> datetime | None:
    return JournalSeal.objects.filter(number__gt=number).order_by("number").values_list("sealed_at", flat=True).first()


def stuck(limit: int = 100) -> list[tuple[Waiting, JournalEntry | None]]:
    """Parked entries, then those being retried, with what they are; those that merely stand behind are left out."""
    rows = delivering.open_rows().filter(attempts__gt=0) | delivering.open_rows().filter(parked_at__isnull=False)
    shown = sorted(rows.order_by("id")[: limit * 10], key=lambda row: (row.parked_at is None, row.id))[:limit]
    entries = JournalEntry.objects.in_bulk([row.entry for row in shown])
    return [(row, entries.get(row.entry)) for row in shown]


def one(waiting: int) -> Waiting | None:
    return Waiting.objects.filter(id=waiting).first()


def entry_of(row: Waiting) -> JournalEntry | None:
    return JournalEntry.objects.filter(id=row.entry).first()


def behind(row: Waiting) -> int:
    """How many entries stand behind this one."""
    return delivering.open_rows().filter(handover=row.handover, subject=row.subject, id__gt=row.id).count()


def timed_runs() -> list[tuple[listing.Timed, TimedRun | None]]:
    ran = {run.name: run for run in TimedRun.objects.all()}
    return [(timed, ran.get(timed.name)) for timed in listing.ticking()]


def journal_state() -> JournalState:
    """Cheap counts: seal numbers have no gaps."""
    last = JournalSeal.objects.order_by("-number").first()
    return JournalState(last.number if last else 0, sealing.waiting(), last, Verification.objects.order_by("-at").first())


def disk(place: Path) -> Disk:
    """Space on the partition of `place`, or of the nearest folder above it that exists."""
    while not place.exists():
        place = place.parent
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = int(cursor.fetchone()[0])
    usage = shutil.disk_usage(place)
    return Disk(usage.free, usage.total, size)

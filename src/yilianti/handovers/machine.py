"""What the machine says about the processes, the work waiting for them, slow statements, and the size of things."""

from __future__ import annotations

import contextlib
import json
import platform
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from yilianti.kernel import slow

TAIL_BYTES, SHOWN = 1_000_000, 20
LABELS = {"web": "网页", "hl7": "HL7 接口监听", "dicom": "DICOM 接收", "filing": "DICOM 归档", "folders": "采集文件夹", "worker": "后台任务", "runner": "日志执行器", "database": "数据库"}
TASKS = {"verify_journal": "核对日志链", "purge": "清理过期数据", "backup_when_due": "按计划备份与演练", "backup": "备份", "restore_drill": "恢复演练"}


@dataclass(frozen=True)
class Child:
    """One process the supervisor keeps; `memory` in bytes with all it has started, None where we may not look."""

    name: str
    since: datetime | None
    restarts: int
    memory: int | None

    @property
    def label(self) -> str:
        return LABELS.get(self.name, self.name)


def children() -> list[Child]:
    """From the supervisor's own note; empty where another service manager keeps the processes."""
    try:
        kept = json.loads((settings.HOME / "run/state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    history = kept.get("history", {})
    return [
        Child(name, _moment(history.get(name, {}).get("since")), int(history.get(name, {}).get("restarts", 0)), memory(pid))
        for name, pid in kept.get("children", {}).items()
    ]


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def memory(pid: int) -> int | None:
    """Resident bytes of a process and its descendants; shared pages count for each."""
    total = 0
    for one in _family(pid):
        with contextlib.suppress(OSError, ValueError, IndexError):
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * 4096
    return total or None


def _family(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield from _family(int(child))


@dataclass(frozen=True)
class Slow:
    """One statement with its values left out: how often it was slow, the longest and all of it, in milliseconds."""

    statement: str
    count: int
    longest: int
    total: int


def slow_statements() -> list[Slow]:
    """The last of every log, grouped by text, the most time first."""
    found: dict[str, list[int]] = {}
    for log in sorted((settings.HOME / "logs").glob("*.log")):
        for milliseconds, statement in slow.SAID.findall(_tail(log)):
            found.setdefault(statement, []).append(int(milliseconds))
    rows = [Slow(statement, len(times), max(times), sum(times)) for statement, times in found.items()]
    return sorted(rows, key=lambda row: -row.total)[:SHOWN]


def _tail(log: Path) -> str:
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL_BYTES))
        return file.read().decode(errors="replace")
    return ""


@dataclass(frozen=True)
class Connections:
    """Of the database: in use now by everybody, the most there may be; of this process's pool: all, idle, and requests waiting."""

    used: int
    most: int
    pool: int
    idle: int
    waiting: int


def connections() -> Connections:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), current_setting('max_connections')::int")
        used, most = cursor.fetchone()
    pool = getattr(connection, "pool", None)
    told: dict[str, Any] = pool.get_stats() if pool is not None else {}
    return Connections(used, most, told.get("pool_size", 0), told.get("pool_available", 0), told.get("requests_waiting", 0))


@dataclass(frozen=True)
class Job:
    """A background job that ended in failure."""

    id: int
    task: str
    attempts: int
    at: datetime | None

    @property
    def label(self) -> str:
        return TASKS.get(self.task, self.task)


def job_counts() -> dict[str, int]:
    """Background jobs by state: todo, doing, failed …"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status")
        return dict(cursor.fetchall())


def failed_jobs() -> list[Job]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT j.id, j.task_name, j.attempts, max(e.at) FROM procrastinate_jobs j LEFT JOIN procrastinate_events e ON e.job_id = j.id
               WHERE j.status = 'failed' GROUP BY j.id ORDER BY j.id DESC LIMIT %s""", [SHOWN]
        )  # fmt: skip
        return [Job(*row) for row in cursor.fetchall()]


def is_asked_for(task: str) -> bool:
    """Whether such a job waits or runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE task_name = %s AND status IN ('todo', 'doing'))", [task])
        return bool(cursor.fetchone()[0])


def take_failed(job: int) -> tuple[str, dict[str, Any]] | None:
    """Remove a failed job and return (task, arguments); one of two who try gets it."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'failed' RETURNING task_name, args", [job])
        row = cursor.fetchone()
    if row is None:
        return None
    arguments = json.loads(row[1]) if isinstance(row[1], str) else dict(row[1])
    return str(row[0]), {key: value for key, value in arguments.items() if key != "timestamp"}


def table_sizes() -> list[tuple[str, int, int]]:
    """(table, bytes with its indexes, rows as last estimated) of the largest."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, pg_total_relation_size(c.oid), greatest(c.reltuples, 0)::bigint FROM pg_class c
               JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 2 DESC LIMIT %s""", [SHOWN]
        )  # fmt: skip
        return list(cursor.fetchall())


def versions() -> list[tuple[str, str]]:
    """What runs here: (name, version)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        server = str(cursor.fetchone()[0])
    return [("平台", _own_version()), ("PostgreSQL", server), ("Python", sys.version.split()[0]), ("系统", f"{platform.system()} {platform.release()}")]


def _own_version() -> str:
    told = settings.ROOT / "VERSION"
    with contextlib.suppress(OSError):
        if told.exists():
            return str(told.read_text(encoding="utf-8").strip())
        head = (settings.ROOT / ".git/HEAD").read_text(encoding="utf-8").strip()
        found = re.fullmatch(r"ref: (.+)", head)
        return (settings.ROOT / ".git" / found[1]).read_text(encoding="utf-8").strip()[:12] if found else head[:12]
    return "未标版本"


def keys() -> list[tuple[str, int]]:
    """(file, age in days) of keys and certificates that the home holds."""
    now = time.time()
    found = [path for folder in ("keys", "tls") for path in sorted((settings.HOME / folder).rglob("*")) if path.is_file()]
    return [(str(path.relative_to(settings.HOME)), int((now - path.stat().st_mtime) // 86_400)) for path in found[:SHOWN]]

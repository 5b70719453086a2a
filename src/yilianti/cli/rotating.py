"""The logs of the processes within bounds: cut by size or week, compressed, kept as long as the policy says, all of them within a total."""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import time
from datetime import date
from pathlib import Path

from yilianti import policybook

LOG_BYTES, WEEK = 10_000_000, 7 * 86_400
TOTAL_BYTES = 2_000_000_000  # against a runaway log; a year of a county is some 100 MB
MARK = ".rotated"


def kept_days() -> int:
    """As the policy says, and never less than the law."""
    today = date.today()  # noqa: DTZ011  the machine's own day
    least = policybook.of_this_installation("operations.network_logs", today).months_least * 31
    return max(least, int(policybook.of_this_installation("operations.retention", today).process_logs_days))


def rotate(logs: Path, *, days: int, now: float | None = None) -> list[str]:
    """Compress what has grown or is a week old, and remove what is too old or too much; returns what was removed."""
    now = time.time() if now is None else now
    weekly = _week_is_over(logs, now)
    for log in logs.glob("*.log"):
        size = log.stat().st_size
        if size >= LOG_BYTES or (weekly and size):
            _cut(log, now)
    return _remove(logs, now, days)


def _week_is_over(logs: Path, now: float) -> bool:
    mark = logs / MARK
    if mark.exists() and now - mark.stat().st_mtime < WEEK:
        return False
    first = not mark.exists()
    mark.touch()
    os.utime(mark, (now, now))
    return not first


def _cut(log: Path, now: float) -> None:
    """Copy and empty: its writer appends and never has to reopen it."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    kept = log.with_name(f"{log.name}.{stamp}.gz")
    draft = kept.with_suffix(".new")
    try:
        with log.open("rb") as plain, gzip.open(draft, "wb", compresslevel=6) as packed:
            shutil.copyfileobj(plain, packed)
        draft.chmod(0o600)
        draft.replace(kept)
        os.utime(kept, (now, now))
        os.truncate(log, 0)
    finally:
        draft.unlink(missing_ok=True)


def _remove(logs: Path, now: float, days: int) -> list[str]:
    kept = sorted(logs.glob("*.log.*.gz"), key=lambda path: path.stat().st_mtime)
    total, gone = sum(path.stat().st_size for path in kept), []
    for path in kept:
        size, age = path.stat().st_size, now - path.stat().st_mtime
        if age > days * 86_400 or total > TOTAL_BYTES:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
            total -= size
            gone.append(path.name)
    return gone

"""Logs are cut, compressed and removed by size, age and total, and a day's lines are not lost meanwhile."""

from __future__ import annotations

import gzip
import os
import time
from pathlib import Path

import pytest

from yilianti.cli import rotating

DAY = 86_400


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    (tmp_path / "web.log").write_text("line\n" * 10)
    rotating.rotate(tmp_path, days=200)
    return tmp_path


def packed(logs: Path) -> list[Path]:
    return sorted(logs.glob("*.gz"))


def test_a_small_fresh_log_is_left_alone(logs: Path) -> None:
    assert not packed(logs)


def test_a_grown_log_is_cut_and_its_writer_goes_on(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotating, "LOG_BYTES", 20)
    with (logs / "web.log").open("a") as writer:
        rotating.rotate(logs, days=200)
        writer.write("after\n")
    (kept,) = packed(logs)
    assert gzip.decompress(kept.read_bytes()) == b"line\n" * 10
    assert kept.stat().st_mode & 0o077 == 0
    assert (logs / "web.log").read_text() == "after\n"


def test_a_week_is_cut_and_six_months_are_kept(logs: Path) -> None:
    now = time.time()
    rotating.rotate(logs, days=200, now=now + 8 * DAY)
    assert len(packed(logs)) == 1
    assert rotating.rotate(logs, days=200, now=now + 191 * DAY) == [], "six months are never cut"
    gone = rotating.rotate(logs, days=200, now=now + 260 * DAY)
    assert len(gone) == 1
    assert not packed(logs)


def test_the_oldest_go_when_all_are_too_much(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        path = logs / f"web.log.2026010{number}-000000.gz"
        path.write_bytes(b"x" * 100)
        os.utime(path, (time.time() - 100 + number,) * 2)
    monkeypatch.setattr(rotating, "TOTAL_BYTES", 250)
    assert rotating.rotate(logs, days=200) == ["web.log.20260100-000000.gz", "web.log.20260101-000000.gz"]


def test_the_law_is_the_least() -> None:
    """六个月: no policy of a county makes it less."""
    assert rotating.kept_days() >= 183

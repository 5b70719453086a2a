"""200,000 damaged recordings over all readers: read or refused, no crash, no hang, no memory above 512 MiB."""

from __future__ import annotations

import os
import pathlib
import platform
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tests.ecg.test_limits import MEMORY, run

TOTAL = int(os.environ.get("YILIANTI_FUZZ_RECORDINGS", "200000"))
SEED = int(os.environ.get("YILIANTI_FUZZ_SEED", "20261126"))
WORKERS = int(os.environ.get("YILIANTI_FUZZ_WORKERS", "1"))
PART = 10_000
RECORD = pathlib.Path(__file__).parents[2] / "docs/long_runs.md"
SLOWEST_SECONDS = 20.0  # a hang, not a busy machine


@pytest.mark.long
def test_damaged_recordings_neither_crash_nor_hang_nor_fill_the_memory():
    began, parts = time.monotonic(), -(-TOTAL // PART)
    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(lambda part: run("fuzz", str(SEED + part), str(PART), seconds=3600), range(parts)))
    ends = sum((Counter(one["result"]["ends"]) for one in found), Counter[str]())
    crashes = [crash for one in found for crash in one["result"]["crashes"]]
    slowest, peak = max(one["result"]["slowest"] for one in found), max(one["peak"] for one in found)
    assert not crashes, crashes
    assert ends.total() == parts * PART and slowest < SLOWEST_SECONDS and peak < MEMORY
    read = {word.partition(" ")[0]: count for word, count in ends.items() if word.endswith(" read")}
    assert set(read) >= {"aecg", "scp", "muse", "philips", "wfdb", "csv", "dicom"}, "every reader was reached"
    if os.environ.get("YILIANTI_RECORD") == "1":
        _record(ends, read, slowest, peak, (time.monotonic() - began) / 60)


def _record(ends: Counter[str], read: dict[str, int], slowest: float, peak: int, minutes: float) -> None:
    reasons = "、".join(f"{code} {count:,}" for code, count in ends.most_common() if not code.endswith(" read"))
    words = f"| {datetime.now(UTC):%Y-%m-%d} | {platform.machine()}，{os.cpu_count()} 核，Python {platform.python_version()} | {ends.total():,} | {SEED} | "
    words += f"{sum(read.values()):,}（{'、'.join(f'{word} {count:,}' for word, count in sorted(read.items()))}） | {reasons} | 0 | {slowest:.2f} 秒 | {peak >> 20} MB | {minutes:.1f} 分钟 |\n"
    text = RECORD.read_text(encoding="utf-8")
    head, mark, tail = text.partition("<!-- ecg fuzzed -->\n")
    RECORD.write_text(head + words + mark + tail, encoding="utf-8")

"""Cases paid by group, file to file: `python benchmarks/pay_by_group.py [--cases 1000000]`.

A year of a made-up region: 200 institutions, 600 groups, persons who come back; by the points sample (weights and coefficients from the same file, readmission, budget shared).
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).parents[1]
sys.path[:] = [str(ROOT / "src"), *(folder for folder in sys.path if Path(folder).resolve() != ROOT / "benchmarks")]

import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.csv as pc_csv  # noqa: E402

from yilianti import policybook  # noqa: E402
from yilianti.settlement.claims.weighing import paying, results, rules, sheets  # noqa: E402

GROUPS = tuple(f"G{number:03d}" for number in range(600))
INSTITUTIONS = {f"机构{number}": "二级" for number in range(200)}


def written(path: Path, count: int) -> None:
    """Costs around a mean of each group; every person has stays 40 days apart, some of them in the same group."""
    chance = np.random.default_rng(7)
    group, mean = chance.integers(0, len(GROUPS), count), chance.integers(2_000_00, 60_000_00, len(GROUPS))
    fen = (mean[group] * chance.uniform(0.5, 1.8, count)).astype(np.int64)
    admitted = np.datetime64("2026-01-01") + (np.arange(count) % 8) * 40
    los = chance.integers(1, 30, count)
    columns = {
        "id": np.arange(count).astype(str), "institution": np.array([*INSTITUTIONS])[chance.integers(0, len(INSTITUTIONS), count)], "department": np.array(["内科", "外科", "儿科"])[chance.integers(0, 3, count)],
        "cost": [f"{one // 100}.{one % 100:02d}" for one in fen.tolist()], "drg": np.array(GROUPS)[group], "los": los.astype(str), "resident": (np.arange(count) // 8).astype(str),
        "admitted": admitted.astype(str), "discharged": (admitted + los).astype(str), "complete": np.where(chance.random(count) < 0.02, "0", "1"),
    }  # fmt: skip
    pc_csv.write_csv(pa.table(columns), path)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    args = parser.parse_args()
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, one core of {os.cpu_count()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}\n\n| step | seconds by the clock | of CPU |\n|---|---|---|")
    policybook.open_at(None)
    of = rules.of_place(policybook.places.Place("sample-pay-points"), date(2026, 11, 30))
    with tempfile.TemporaryDirectory() as folder:
        source, target, index = (Path(folder, name) for name in ("costs.csv", "pay.csv", "cmi.csv"))
        written(source, args.cases)
        began = time.perf_counter(), time.process_time()
        cases = sheets.read(source, of, INSTITUTIONS, GROUPS)
        began = _line("read and checked", began)
        found = paying.paid(cases, of)
        began = _line("weighed and paid", began)
        results.write([(target, results.table(cases, found)), (index, results.index(cases, found))])
        _line("written, and CMI of 800 rows", began)
    assert of.budget is not None and of.budget - of.reserve == int(found.pay[found.pay >= 0].sum()) + found.left
    print(f"\n{args.cases:,} cases, {int(found.returned.sum()):,} halved after a return; peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB with the writing of the input")
    return 0


def _line(what: str, began: tuple[float, float]) -> tuple[float, float]:
    now = time.perf_counter(), time.process_time()
    print(f"| {what} | {now[0] - began[0]:.1f} | {now[1] - began[1]:.1f} |")
    return time.perf_counter(), time.process_time()


if __name__ == "__main__":
    raise SystemExit(main())

"""Cases grouped a second on one core: `python benchmarks/drg.py [--cases 400000] [--opendrg FOLDER]`.

Needs the CHS-DRG 1.1 tables at ../shared/data/terminology_drg. With --opendrg (a checkout of DRG_Python) the same cases go through that grouper in the same run
(a sample of them: it takes one at a time) and the groups are compared.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).parents[1]
sys.path[:] = [str(ROOT / "src"), *(folder for folder in sys.path if Path(folder).resolve() != ROOT / "benchmarks")]

import pyarrow as pa  # noqa: E402

from yilianti.settlement.claims import grouping  # noqa: E402
from yilianti.settlement.claims.grouping import files  # noqa: E402

TABLES = ROOT.parent / "shared/data/terminology_drg"
SAMPLE = 5_000


def written(path: Path, scheme: grouping.Scheme, count: int) -> None:
    """Cases at random: a principal diagnosis of some MDC, up to six others, up to three operations, like the sheets of a hospital in size."""
    chance = random.Random(7)  # noqa: S311
    inside = [code for mdc in scheme.mdc.values() for code in mdc["dx"]]
    others, ops = [*scheme.tables["cc"], *inside], [*scheme.tables["icd9cm3_yibao"]]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(files.COLUMNS)
        for number in range(count):
            age = chance.randint(0, 95)
            dx = [chance.choice(inside), *chance.choices(others, k=chance.randint(0, 6))]
            op = chance.choices(ops, k=chance.choice((0, 0, 1, 1, 2, 3)))
            out.writerow([number, chance.choice("12"), age, age * 365 + 100, "", chance.randint(1, 30), 1, "|".join(dx), "|".join(op)])


def ours(source: Path, target: Path, engine: grouping.Engine, count: int) -> None:
    began, used = time.perf_counter(), time.process_time()
    counts = grouping.group_file(source, target, engine)
    wall, cpu = time.perf_counter() - began, time.process_time() - used
    print(f"| yilianti, file to file | {count:,} | {count / wall:,.0f} | {count / cpu:,.0f} |")
    blocks = [part.block for part in files.parts(source, engine.words)]
    began, used = time.perf_counter(), time.process_time()
    for block in blocks:
        engine.group(block)
    wall, cpu = time.perf_counter() - began, time.process_time() - used
    print(f"| yilianti, cases in memory | {count:,} | {count / wall:,.0f} | {count / cpu:,.0f} |")
    print("\n" + "、".join(f"{status} {n:,}" for status, n in counts.items() if n))


def theirs(folder: Path, source: Path, target: Path) -> None:
    """The same cases one by one through the other grouper."""
    sys.path.insert(0, str(folder))
    from drg_group.chs_drg_11 import GroupProxy  # type: ignore[import-not-found]

    proxy = GroupProxy()
    with source.open(encoding="utf-8") as cases, target.open(encoding="utf-8") as groups:
        pairs = list(zip(csv.DictReader(cases), csv.DictReader(groups), strict=False))[:SAMPLE]
    records = [",".join([row["id"], row["gender"], row["age"], row["age_days"], row["weight_g"], "", row["los"], row["discharge_type"], row["dx"], row["op"]]) for row, _ in pairs]
    began = time.perf_counter()
    found = [proxy.group_record(record) for record in records]
    wall = time.perf_counter() - began
    same = sum((one.drg or "") == row["drg"] for one, (_, row) in zip(found, pairs, strict=True))
    print(f"| OpenDRG/DRG_Python | {len(found):,} | {len(found) / wall:,.0f} | – |\n\n{same:,} of {len(found):,} groups are the same")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=400_000)
    parser.add_argument("--opendrg", type=Path, help="a checkout of OpenDRG/DRG_Python")
    args = parser.parse_args()
    if not TABLES.is_dir():
        print(f"✗ {TABLES} is absent")
        return 1
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, one core of {os.cpu_count()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    began = time.perf_counter()
    engine = grouping.Engine(grouping.read_folder(TABLES, "chs11"))
    print(f"tables read and made ready in {time.perf_counter() - began:.1f} s\n\n| grouper | cases | a second, by the clock | a second of CPU |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "cases.csv"), Path(folder, "groups.csv")
        written(source, engine.scheme, args.cases)
        ours(source, target, engine, args.cases)
        if args.opendrg:
            theirs(args.opendrg, source, target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

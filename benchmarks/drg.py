"""Cases grouped a second on one core: `python benchmarks/drg.py [--cases 400000] [--in CASES.csv] [--opendrg FOLDER]`.

Needs the CHS-DRG 1.1 tables at ../shared/data/terminology_drg. With --opendrg (the folder of a DRG_Python that the user has, the one in which `drg_group` lies) a sample of the
same cases goes through that grouper as well in the same run (it takes one at a time); groups are compared case by case, and what differs is shown (--differences: all of it, as CSV).
"""

from __future__ import annotations

import argparse
import csv
import importlib
import os
import platform
import random
import sys
import tempfile
import time
import warnings
from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).parents[1]
sys.path[:] = [str(ROOT / "src"), *(folder for folder in sys.path if Path(folder).resolve() != ROOT / "benchmarks")]

import pyarrow as pa  # noqa: E402

from yilianti.settlement.claims import grouping  # noqa: E402
from yilianti.settlement.claims.grouping import files  # noqa: E402

TABLES = ROOT.parent / "shared/data/terminology_drg"
SHOWN = 20
#: The columns of a record of OpenDRG/DRG_Python in its order, by ours; it asks for a department, which has no part in grouping.
THEIR_LINE = ("id", "gender", "age", "age_days", "weight_g", "", "los", "discharge_type", "dx", "op")
THEIR_MODULE = "drg_group.chs_drg_11.GroupProxy"


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


def ours(source: Path, target: Path, engine: grouping.Engine) -> None:
    began, used = time.perf_counter(), time.process_time()
    counts = grouping.group_file(source, target, engine)
    wall, cpu, count = time.perf_counter() - began, time.process_time() - used, sum(counts.values())
    print(f"| yilianti, file to file | {count:,} | {count / wall:,.0f} | {count / cpu:,.0f} |")
    blocks = [part.block for part in files.parts(source, engine.words)]
    began, used = time.perf_counter(), time.process_time()
    for block in blocks:
        engine.group(block)
    wall, cpu = time.perf_counter() - began, time.process_time() - used
    print(f"| yilianti, cases in memory | {count:,} | {count / wall:,.0f} | {count / cpu:,.0f} |")
    print("\n" + "、".join(f"{status} {n:,}" for status, n in counts.items() if n))


class NotThere(Exception):
    """No such grouper in the folder."""


def grouper_in(folder: Path) -> Any:
    """The user's grouper made ready; raises NotThere."""
    home = folder.parent if folder.name == "drg_group" else folder
    if not (home / "drg_group").is_dir():
        raise NotThere(f"no folder drg_group in {home}: give the folder of a checkout of OpenDRG/DRG_Python")
    sys.path.insert(0, str(home.resolve()))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(THEIR_MODULE).GroupProxy()
    except Exception as trouble:
        raise NotThere(f"{THEIR_MODULE}.GroupProxy() cannot be made ready: {type(trouble).__name__}: {trouble}") from trouble


def their_group(proxy: Any, line: str) -> tuple[str, str]:
    """(status, group) of one record; no group where it has none (it writes 0000), and its error where it raised one."""
    try:
        found = proxy.group_record(line)
    except Exception as trouble:
        return f"{type(trouble).__name__}: {trouble}", ""
    return str(found.status), "" if found.drg in ("", "0000", None) else str(found.drg)


def kind_of(ours: str, theirs: str) -> str:
    """How the two groups of a case stand to each other."""
    if ours == theirs:
        return "the same group" if ours else "no group in either"
    if not ours or not theirs:
        return "a group in theirs only" if theirs else "a group in ours only"
    return "another group of the same ADRG" if ours[:3] == theirs[:3] else "another ADRG"


def beside(proxy: Any, source: Path, target: Path, engine: grouping.Engine, differences: Path | None) -> None:
    """The cases of `source` through both, timed, and compared one by one."""
    began = time.perf_counter()
    grouping.group_file(source, target, engine)
    wall = time.perf_counter() - began
    with source.open(encoding="utf-8-sig", newline="") as cases, target.open(encoding="utf-8", newline="") as groups:
        rows, mine = list(csv.DictReader(cases)), list(csv.DictReader(groups))
    lines = [",".join((row.get(name) or "") if name else "" for name in THEIR_LINE) for row in rows]
    print(f"| yilianti, the sample from file to file | {len(rows):,} | {len(rows) / wall:,.0f} | – |")
    began = time.perf_counter()
    found = [their_group(proxy, line) for line in lines]
    wall = time.perf_counter() - began
    print(f"| OpenDRG/DRG_Python, the sample in memory | {len(rows):,} | {len(rows) / wall:,.0f} | – |\n")
    told = [(kind_of(one["drg"], drg), row, one, status, drg) for row, one, (status, drg) in zip(rows, mine, found, strict=True)]
    for kind, count in Counter(kind for kind, *_ in told).most_common():
        print(f"{kind}: {count:,} of {len(rows):,}")
    differ = [[row["id"], row["dx"], row.get("op", ""), one["drg"], one["status"], drg, status, kind] for kind, row, one, status, drg in told if one["drg"] != drg]
    for id, dx, op, ours, said, drg, status, _ in differ[:SHOWN]:
        print(f"  {id}: {dx} {op}: ours {ours or said}, theirs {drg or status}")
    if differences is not None:
        with differences.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([["id", "dx", "op", "ours", "our_status", "theirs", "their_status", "kind"], *differ])


def first(source: Path, target: Path, count: int) -> None:
    """The header and the first so many cases."""
    with source.open(encoding="utf-8-sig", newline="") as file, target.open("w", encoding="utf-8", newline="") as out:
        out.writelines(islice(file, count + 1))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=400_000)
    parser.add_argument("--in", dest="source", type=Path, help="cases of one's own, with the columns of drg group, instead of cases at random")
    parser.add_argument("--opendrg", type=Path, metavar="FOLDER", help="a checkout of OpenDRG/DRG_Python that the user has")
    parser.add_argument("--sample", type=int, default=5_000, help="so many cases go through both")
    parser.add_argument("--differences", type=Path, metavar="FILE", help="every case that differs, as CSV")
    args = parser.parse_args()
    if not TABLES.is_dir():
        print(f"✗ {TABLES} is absent")
        return 1
    try:
        began, proxy = time.perf_counter(), grouper_in(args.opendrg) if args.opendrg else None
    except NotThere as trouble:
        print(f"✗ {trouble}", file=sys.stderr)
        return 2
    ready = time.perf_counter() - began
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, one core of {os.cpu_count()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    began = time.perf_counter()
    engine = grouping.Engine(grouping.read_folder(TABLES, "chs11"))
    print(f"tables read and made ready in {time.perf_counter() - began:.1f} s\n\n| grouper | cases | a second, by the clock | a second of CPU |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        source, target = args.source or Path(folder, "cases.csv"), Path(folder, "groups.csv")
        if not args.source:
            written(source, engine.scheme, args.cases)
        ours(source, target, engine)
        if proxy is not None:
            print(f"\nbeside it OpenDRG/DRG_Python of {args.opendrg}, made ready in {ready:.1f} s\n\n| grouper | cases | a second, by the clock | a second of CPU |\n|---|---|---|---|")
            first(source, sample := Path(folder, "sample.csv"), args.sample)
            beside(proxy, sample, target, engine, args.differences)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

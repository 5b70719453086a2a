"""Stays scored by DIP a second on one core: `python benchmarks/dip.py [--cases 400000]`.

Needs the insurance codes at ../shared/data/terminology_drg. No catalogue of a place is public in full: one of the size of a city's is made up over the real codes
(10,000 core groups, four composite groups for each three-character category, 60 auxiliary lines).
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

from yilianti.settlement.claims.grouping import files as case_files  # noqa: E402
from yilianti.settlement.claims.weighing import dip  # noqa: E402
from yilianti.settlement.claims.weighing.dip import files, scheme  # noqa: E402
from yilianti.settlement.claims.weighing.dip.terms import Treatment  # noqa: E402

TABLES = ROOT.parent / "shared/data/terminology_drg"


def catalogue(chance: random.Random) -> scheme.Scheme:
    """A made-up catalogue over the real codes."""
    dx = [row["code"] for row in _rows("icd10_yibao")]
    ops = [row["code"] for row in _rows("icd9cm3_yibao")]
    classes = [str(one) for one in Treatment if one is not Treatment.CONSERVATIVE]
    stems = sorted({code[:5] for code in dx})
    core = []
    for number in range(10_000):
        way = "+".join(chance.sample(ops, k=chance.choice((1, 1, 1, 2, 3)))) if number % 5 else ""
        core.append({"code": f"C{number:05d}", "name": "病种", "dx": chance.choice(stems), "ops": way, "only": "", "score": f"{chance.randint(100, 9000)}.25"})
    composite = [{"code": f"Z{stem}{kind[:1]}", "name": "病种", "dx": stem, "treatment": str(kind), "score": "300"} for stem in sorted({code[:3] for code in dx}) for kind in Treatment]
    blank = dict.fromkeys(scheme.COLUMNS["auxiliary"].replace("|", ",").split(","), "")
    auxiliary = [{**blank, "code": f"A{number:02d}", "name": "辅助", **chance.choice(({"age_from": "70"}, {"dx": chance.choice(stems)[:3]}, {"los_to": "3", "discharge": "5"})), "factor": "1.05"} for number in range(60)]
    tables = {"icd10_yibao": _rows("icd10_yibao"), "operations": [{"code": code, "name": "", "class": chance.choice(classes)} for code in ops], "core": core, "composite": composite, "auxiliary": auxiliary}
    return scheme.Scheme("bench", "bench", ("operations", "diagnosis", "score"), "highest", {name: tuple(rows) for name, rows in tables.items()}, "")


def _rows(name: str) -> list[dict[str, str]]:
    with (TABLES / f"{name}.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def written(path: Path, made: scheme.Scheme, count: int, chance: random.Random) -> None:
    """Stays at random: half have the diagnosis and the operations of some core group, all up to six other diagnoses and up to three operations."""
    dx, ops, core = [row["code"] for row in made.tables["icd10_yibao"]], [row["code"] for row in made.tables["operations"]], made.tables["core"]
    first: dict[str, str] = {}
    for code in dx:
        first.setdefault(code[:5], code)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(case_files.COLUMNS)
        for number in range(count):
            row = chance.choice(core)
            named = number % 2 == 0
            done = [*(row["ops"].split("+") if named and row["ops"] else ()), *chance.choices(ops, k=chance.choice((0, 0, 1, 1, 2, 3)))]
            sick = [first[row["dx"]] if named else chance.choice(dx), *chance.choices(dx, k=chance.randint(0, 6))]
            out.writerow([number, chance.choice("12"), chance.randint(0, 95), "", "", chance.randint(1, 30), chance.choice("115"), "|".join(sick), "|".join(done)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=400_000)
    args = parser.parse_args()
    if not TABLES.is_dir():
        print(f"✗ {TABLES} is absent")
        return 1
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    chance = random.Random(7)  # noqa: S311
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, one core of {os.cpu_count()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    made = catalogue(chance)
    began = time.perf_counter()
    engine = dip.Engine(made)
    print(f"tables made ready in {time.perf_counter() - began:.1f} s\n\n| | cases | a second, by the clock | a second of CPU |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "cases.csv"), Path(folder, "groups.csv")
        written(source, made, args.cases, chance)
        began, used = time.perf_counter(), time.process_time()
        counts = dip.group_file(source, target, engine)
        _line("file to file", args.cases, began, used)
        blocks = [files.stays_in(part, engine.words) for part in case_files.parts(source, engine.words)]
        began, used = time.perf_counter(), time.process_time()
        for block in blocks:
            engine.score(block)
        _line("cases in memory", args.cases, began, used)
    print("\n" + "、".join(f"{status} {count:,}" for status, count in counts.items() if count))
    return 0


def _line(what: str, count: int, began: float, used: float) -> None:
    wall, cpu = time.perf_counter() - began, time.process_time() - used
    print(f"| {what} | {count:,} | {count / wall:,.0f} | {count / cpu:,.0f} |")


if __name__ == "__main__":
    raise SystemExit(main())

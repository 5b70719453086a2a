"""Rules of supervision: precision and recall on a planted month, and a county's year scanned: `python benchmarks/supervision.py [--lines 10000000]`."""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:] = [str(ROOT / "src"), str(ROOT), *(folder for folder in sys.path if Path(folder).resolve() != ROOT / "benchmarks")]
os.environ.setdefault("OMP_NUM_THREADS", "2")

import numpy as np  # noqa: E402

BLOCK = 50_000
YEAR = date(2026, 1, 1).toordinal()


def block(claims: int, lines: int, people: int, chance: Any, book: Any) -> Any:
    """A block of people as columns, made at random: one claim in eight a stay, as many lines as asked, at list prices."""
    from yilianti.settlement.supervision.ledger import DAY, PARTS, Ledger, Words

    words = {name: Words() for name in ("item", "name", "department", "diagnosis", "disease")}
    for code, item in book.items.items():
        words["item"][code], words["name"][item.name]
    for number in range(400):
        dx = f"{'ABCDEFGHIJKLMN'[number % 14]}{number % 90 + 10}.{number % 10}00"
        words["diagnosis"][dx], words["disease"][dx[:3]]
    for number in range(20):
        words["department"][f"D{number}"]
    diseases = np.array([words["disease"][dx[:3]] for dx in words["diagnosis"].all()], np.int32)
    inpatient = chance.random(claims) < 0.125
    begin = (YEAR + chance.integers(0, 350, claims)).astype(np.int32)
    nights = np.where(inpatient, chance.integers(1, 14, claims), 0).astype(np.int32)
    dx = chance.integers(0, 400, claims).astype(np.int32)
    person = chance.integers(0, people, claims)
    sex, age = chance.integers(1, 3, people).astype(np.int8)[person], chance.integers(18, 90, people).astype(np.int16)[person]
    claim = {
        "person": person, "institution": chance.integers(1, 20, people)[person], "kind": np.where(inpatient, 0, 1).astype(np.int8), "from": begin, "until": begin + nights,
        "total": np.full(claims, 100_000), "department": chance.integers(0, 20, claims).astype(np.int32), "diagnosis": dx, "disease": diseases[dx],
        "moved": np.zeros(claims, bool), "referred": chance.random(claims) < 0.05, "judged": np.ones(claims, bool), "sex": sex, "age": age, "record_sex": sex,
        "born": (begin - age * 365.25).astype(np.int32), "died": np.zeros(claims, np.int32),
    }  # fmt: skip
    of = np.sort(chance.integers(0, claims, lines)).astype(np.int32)
    usual = [at for at, item in enumerate(book.items.values()) if item.kind != "bed" and item.code[3:6] not in ("O08", "O09", "O10", "D04", "D05", "D06", "D08")]
    item = np.array(usual, np.int32)[chance.integers(0, len(usual), lines)]
    price = np.array([one.price or 0 for one in book.items.values()])
    category = np.array([("drug", "service", "consumable", "other").index(one.category) for one in book.items.values()], np.int8)
    day = begin[of] + (chance.random(lines) * (nights[of] + 1)).astype(np.int32)
    line = {
        "claim": of, "id": np.arange(lines), "item": item, "name": item.copy(), "category": category[item], "quantity": np.full(lines, PARTS), "amount": price[item] // 100,
        "minute": (day * DAY + chance.integers(480, 1020, lines)).astype(np.int32), "own": np.zeros(lines, np.int64), "over": np.zeros(lines, np.int64),
        "supply": np.where(category[item] == 0, 7, 0).astype(np.int16),
    }  # fmt: skip
    present = np.repeat(np.flatnonzero(inpatient), nights[inpatient])
    sign = {"claim": present.astype(np.int32), "kind": np.zeros(len(present), np.int8), "day": np.repeat(begin[inpatient], nights[inpatient])}
    return Ledger([str(number) for number in range(claims)], [1] * claims, words, claim, line, sign)


def scan(lines: int) -> None:
    """Asks every rule of a county's year, block by block."""
    from tests.supervision.month import HERE, points
    from yilianti.settlement.supervision import book as books
    from yilianti.settlement.supervision import rules

    book = books.in_force(date(2026, 10, 31), HERE, points())
    claims, chance = lines // 10, np.random.default_rng(7)
    spent, processor, found = 0.0, 0.0, 0
    by_question: dict[str, float] = {}
    for at in range(0, claims, BLOCK):
        count = min(BLOCK, claims - at)
        ledger = block(count, count * 10, count // 3, chance, book)
        begun, cpu = time.perf_counter(), time.process_time()
        for question in rules.QUESTIONS:
            since = time.perf_counter()
            found += sum(1 for _ in question(ledger, book))
            by_question[question.__name__] = by_question.get(question.__name__, 0.0) + time.perf_counter() - since
        spent, processor = spent + time.perf_counter() - begun, processor + time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\n{claims:,} claims, {claims * 10:,} lines: {spent:.1f} s by the clock, {processor:.1f} s of CPU, {found:,} suspicions, peak {peak:,} MB (with the making of blocks)")
    print(", ".join(f"{name} {seconds:.1f} s" for name, seconds in sorted(by_question.items(), key=lambda pair: -pair[1])[:5]))


def measure() -> None:
    """Precision and recall on the planted month."""
    from tests.supervision.measuring import measure as of
    from tests.supervision.month import month

    made = month()
    print(f"planted month: {len(made.claims):,} claims, {len(made.lines):,} lines")
    print(f"{'family':<12}{'planted':>8}{'named':>8}{'right':>8}{'precision':>11}{'recall':>8}{'alike':>8}{'left alone':>12}")
    for one in of(made):
        print(f"{one.family:<12}{one.planted:>8}{one.found:>8}{one.right:>8}{one.precision:>11.2f}{one.recall:>8.2f}{one.alike:>8}{one.cleared:>12}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    args = parser.parse_args()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}{load}")
    measure()
    scan(args.lines)


if __name__ == "__main__":
    main()

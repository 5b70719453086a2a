"""Parts of a package billed beside it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yilianti.settlement.supervision.book import Book
from yilianti.settlement.supervision.ledger import DAY, Array, Ledger, each, runs, sums
from yilianti.settlement.supervision.rules.saying import suspected
from yilianti.settlement.supervision.terms import Rule, Suspected


def part_beside_package(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """A part of a package in the same claim (or on the same day of it, as the table says) as the package itself."""
    items = ledger.words["item"].at
    for part, holders in book.packages.items():
        for package, within in holders.items():
            if part in items and package in items:
                yield from _pairs(ledger, book, items[part], items[package], within == "day")


def _pairs(ledger: Ledger, book: Book, part: int, package: int, by_day: bool) -> Iterator[Suspected]:
    line, judged = ledger.line, ledger.claim["judged"]
    key = _key(ledger, by_day)
    both = np.flatnonzero(((line["item"] == part) | (line["item"] == package)) & (line["amount"] > 0) & judged[line["claim"]])
    order, starts = runs(both, key)
    inside = (line["item"] == part).astype(np.int64)
    counted = sums(inside, order, starts)
    for lines in each(order, starts, (counted > 0) & (counted < np.diff(starts))):
        parts, wholes = (lines[line["item"][lines] == item] for item in (part, package))
        names = [ledger.text("name", line["name"][one[0]]) for one in (wholes, parts)]
        because = f"{'当天' if by_day else '本次就诊'}已收“{names[0]}”，其中包含“{names[1]}”。"
        yield suspected(ledger, Rule.PART_BESIDE_PACKAGE, because, book.ref("packages"), [*wholes, *parts], int(line["amount"][parts].sum()))


def _key(ledger: Ledger, by_day: bool) -> Array:
    """Claim, or claim and day, as one number."""
    claim = ledger.line["claim"].astype(np.int64)
    return claim * 4_000_000 + ledger.line["minute"] // DAY if by_day else claim

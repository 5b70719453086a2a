"""Over-quantity: more on a day or in a visit than the list allows, a drug again before the last is used up, more bed days than days."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yilianti.settlement.supervision.book import Book
from yilianti.settlement.supervision.ledger import (
    CATEGORIES,
    DAY,
    KINDS,
    PARTS,
    Ledger,
    day,
    each,
    quantity,
    runs,
    sums,
)
from yilianti.settlement.supervision.rules.items import listed, of_kind
from yilianti.settlement.supervision.rules.repeated import by_day
from yilianti.settlement.supervision.rules.saying import suspected
from yilianti.settlement.supervision.terms import Rule, Suspected


def per_day(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """A drug or consumable more on one day than the list allows."""
    yield from by_day(ledger, book, Rule.PER_DAY, services=False)


def per_stay(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """More of an item in one claim than the list allows."""
    line, limit = ledger.line, listed(ledger, book, lambda item: item.per_stay)
    chosen = np.flatnonzero((limit[line["item"]] >= 0) & ledger.of_line("judged")) if len(limit) else np.zeros(0, np.int64)
    order, starts = runs(chosen, line["claim"], line["item"])
    if not len(order):
        return
    given, most = sums(line["quantity"], order, starts), limit[line["item"][order[starts[:-1]]]] * PARTS
    for at, lines in zip(np.flatnonzero(given > most), each(order, starts, given > most), strict=True):
        over = int(given[at] - most[at])
        because = f"本次就诊共 {quantity(given[at])}，目录最多 {quantity(most[at])}，多 {quantity(over)}。"
        yield suspected(ledger, Rule.PER_STAY, because, book.ref("items"), lines, int(line["amount"][lines].sum()) * over // int(given[at]))


def refilled_early(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """An out-patient's drug, prescribed in another claim while the last prescription of it lasts for more days than the policy tolerates."""
    line, early = ledger.line, int(book["quantity"].early_days)
    chosen = np.flatnonzero((line["category"] == CATEGORIES["drug"]) & (line["supply"] > 0) & (ledger.of_line("kind") != KINDS["inpatient"]))
    chosen = chosen[np.argsort(line["minute"][chosen], kind="stable")]
    order, starts = runs(chosen, ledger.of_line("person"), line["item"])
    if len(order) < 2:
        return
    first = np.zeros(len(order) + 1, bool)
    first[starts] = True
    before, after = order[:-1], order[1:]
    left = line["minute"][before] // DAY + line["supply"][before] - line["minute"][after] // DAY
    wanted = ~first[1:-1] & (line["claim"][before] != line["claim"][after]) & (left > early) & ledger.of_line("judged")[after]
    for last, again in zip(before[wanted], after[wanted], strict=True):
        ends = line["minute"][last] // DAY + line["supply"][last]
        because = f"上次开 {line['supply'][last]} 天，可用到 {day(ends - 1)}；{day(line['minute'][again] // DAY)} 又开，提前 {ends - line['minute'][again] // DAY} 天，容许 {early} 天。"
        yield suspected(ledger, Rule.REFILLED_EARLY, because, book.ref("quantity"), [last, again], int(line["amount"][again]))


def bed_days(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """More bed days charged than the stay had: the day of admission counts, that of discharge does not, and every stay has one."""
    line = ledger.line
    chosen = np.flatnonzero(of_kind(ledger, book, "bed") & (ledger.of_line("kind") == KINDS["inpatient"]) & ledger.of_line("judged"))
    order, starts = runs(chosen, line["claim"])
    if not len(order):
        return
    given = sums(line["quantity"], order, starts)
    most = (np.maximum(ledger.nights()[line["claim"][order[starts[:-1]]]], 1) + int(book["quantity"].extra_bed_days)) * PARTS
    for at, lines in zip(np.flatnonzero(given > most), each(order, starts, given > most), strict=True):
        over = int(given[at] - most[at])
        because = f"收床位 {quantity(given[at])} 天，住院只有 {quantity(most[at])} 天，多 {quantity(over)} 天。"
        yield suspected(ledger, Rule.BED_DAYS, because, book.ref("quantity"), lines, int(line["amount"][lines].sum()) * over // int(given[at]))

"""Repeated charge: one service at one moment, or on one day, more often than it can be given."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yilianti.settlement.supervision.book import Book
from yilianti.settlement.supervision.ledger import CATEGORIES, DAY, PARTS, Ledger, each, minute, quantity, runs, sums
from yilianti.settlement.supervision.rules.items import listed
from yilianti.settlement.supervision.rules.saying import any_judged, suspected
from yilianti.settlement.supervision.terms import Rule, Suspected


def same_moment(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """The same service of one person, by the same name, in more lines of one minute than the list allows (1 where it is silent). Left and right differ by name; a charge without a time of day is not asked."""
    line = ledger.line
    chosen = np.flatnonzero((line["category"] == CATEGORIES["service"]) & (line["minute"] % DAY > 0) & (line["amount"] > 0))
    order, starts = runs(chosen, ledger.of_line("person"), ledger.of_line("institution"), line["item"], line["name"], line["minute"])
    if not len(order):
        return
    most = np.maximum(listed(ledger, book, lambda item: item.per_moment, 1)[line["item"][order[starts[:-1]]]], 1)
    for lines in each(order, starts, np.diff(starts) > most):
        allowed = max(int(listed_of(ledger, book, lines[0])), 1)
        if any_judged(ledger, lines):
            because = f"{minute(line['minute'][lines[0]])} 收 {len(lines)} 次，最多 {allowed} 次。"
            yield suspected(ledger, Rule.SAME_MOMENT, because, _ref(book), lines, int(line["amount"][lines[allowed:]].sum()))


def listed_of(ledger: Ledger, book: Book, one: int) -> int:
    """How often the list allows the item of a line at one moment."""
    item = book.items.get(ledger.text("item", ledger.line["item"][one]))
    return item.per_moment or 1 if item else 1


def same_day(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """A service more often on one day, over all claims of an institution, than the list allows."""
    yield from by_day(ledger, book, Rule.SAME_DAY, services=True)


def by_day(ledger: Ledger, book: Book, rule: Rule, *, services: bool) -> Iterator[Suspected]:
    """Quantities of one item on one day above the list's; services here, drugs and consumables among the quantities."""
    line = ledger.line
    limit = listed(ledger, book, lambda item: item.per_day)
    of_kind = (line["category"] == CATEGORIES["service"]) == services
    chosen = np.flatnonzero(of_kind & (limit[line["item"]] >= 0)) if len(limit) else np.zeros(0, np.int64)
    order, starts = runs(chosen, ledger.of_line("person"), ledger.of_line("institution"), line["item"], line["minute"] // DAY)
    if not len(order):
        return
    given, most = sums(line["quantity"], order, starts), limit[line["item"][order[starts[:-1]]]] * PARTS
    for at, lines in zip(np.flatnonzero(given > most), each(order, starts, given > most), strict=True):
        if any_judged(ledger, lines):
            over = int(given[at] - most[at])
            amount = int(line["amount"][lines].sum()) * over // int(given[at])
            because = f"一天共 {quantity(given[at])}，目录最多 {quantity(most[at])}，多 {quantity(over)}。"
            yield suspected(ledger, rule, because, _ref(book), lines, amount)


def _ref(book: Book) -> str:
    return book.ref("items") if "items" in book.editions else ""

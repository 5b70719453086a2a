"""Charge above the list price: what was charged for the quantity, not only what the unit price says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yilianti.settlement.supervision.book import Book
from yilianti.settlement.supervision.ledger import Ledger, each, quantity, runs, yuan
from yilianti.settlement.supervision.rules.items import listed
from yilianti.settlement.supervision.rules.saying import suspected
from yilianti.settlement.supervision.terms import Rule, Suspected

#: Hundredths of a fen times ten-thousandths of a piece, in fen.
_TO_FEN = 1_000_000


def above_list(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """Lines of one item in one claim above the price of the list; a fen of rounding each line is nothing, and what the patient bears as over the limit is not the fund's."""
    line = ledger.line
    price = listed(ledger, book, lambda item: item.price)
    if not len(price):
        return
    allowed = (price[line["item"]] * line["quantity"] + _TO_FEN - 1) // _TO_FEN
    over = line["amount"] - line["over"] - allowed
    chosen = np.flatnonzero((price[line["item"]] >= 0) & (over > 1) & ledger.of_line("judged"))
    order, starts = runs(chosen, line["claim"], line["item"])
    for lines in each(order, starts, np.diff(starts) > 0):
        first, sum_over = lines[0], int(over[lines].sum())
        unit = int(price[line["item"][first]]) // 100
        because = f"共 {quantity(line['quantity'][lines].sum())}，收 {yuan(line['amount'][lines].sum())} 元；目录单价 {yuan(unit)} 元，高出 {yuan(sum_over)} 元。"
        yield suspected(ledger, Rule.ABOVE_LIST, because, book.ref("items"), lines, sum_over)

"""What the list says of the items of a ledger, as arrays by the ledger's own numbers of items; asked once a ledger and book."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from yilianti.settlement.supervision.book import Book, Item
from yilianti.settlement.supervision.ledger import CATEGORIES, Array, Ledger


def listed(ledger: Ledger, book: Book, value: Callable[[Item], int | None], silent: int = -1) -> Array:
    """One number for each item of the ledger; `silent` where the list has none."""
    found = (book.items.get(code) for code in ledger.words["item"].all())
    given = (value(item) if item is not None else None for item in found)
    return np.fromiter((silent if one is None else one for one in given), np.int64, len(ledger.words["item"]))


def of_kind(ledger: Ledger, book: Book, *kinds: str) -> Array:
    """For each line, whether its item is of one of the kinds."""
    chosen = listed(ledger, book, lambda item: int(item.kind in kinds), 0).astype(bool)
    return chosen[ledger.line["item"]] if len(chosen) else np.zeros(len(ledger.line["item"]), bool)


def category(item: Item) -> int | None:
    return CATEGORIES.get(item.category)

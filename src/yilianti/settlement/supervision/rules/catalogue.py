"""Catalogue mismatch: an item billed under the code of another, or not listed and claimed all the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import numpy as np

from yilianti.settlement.supervision.book import Book
from yilianti.settlement.supervision.ledger import CATEGORIES, Ledger, each, runs
from yilianti.settlement.supervision.rules.items import category, listed
from yilianti.settlement.supervision.rules.saying import suspected
from yilianti.settlement.supervision.terms import Rule, Suspected


def plain(name: str) -> str:
    """A name without blanks, width of letters and brackets, for comparing."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).lower() if sign.isalnum())


def other_name(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """Lines whose name has nothing of the listed name, or whose category is another. A brand or a side added to the listed name is no other name."""
    line = ledger.line
    pairs, at = np.unique(line["item"].astype(np.int64) * (1 << 31) + line["name"], return_inverse=True)
    differs = np.array([_differs(ledger, book, int(pair >> 31), int(pair & 0x7FFFFFFF)) for pair in pairs] or [False], bool)
    listed_as = listed(ledger, book, category)
    by_name = differs[at] if len(at) else np.zeros(0, bool)
    by_category = (listed_as[line["item"]] >= 0) & (listed_as[line["item"]] != line["category"]) if len(listed_as) else by_name
    judged = ledger.of_line("judged")
    for rule, chosen in ((Rule.OTHER_NAME, by_name & judged), (Rule.OTHER_CATEGORY, by_category & ~by_name & judged)):
        order, starts = runs(np.flatnonzero(chosen), line["claim"], line["item"])
        for lines in each(order, starts, np.diff(starts) > 0):
            item = book.items[ledger.text("item", line["item"][lines[0]])]
            kind = list(CATEGORIES)[int(line["category"][lines[0]])]
            said = f"收费名称“{ledger.text('name', line['name'][lines[0]])}”，目录中 {item.code} 是“{item.name}”" if rule is Rule.OTHER_NAME else f"按“{_LABEL[kind]}”收，目录中是“{_LABEL[item.category]}”"
            yield suspected(ledger, rule, said + "。", book.ref("items"), lines, int((line["amount"] - line["own"])[lines].sum()))


_LABEL = {"drug": "药品", "service": "医疗服务项目", "consumable": "医用耗材", "other": "其他"}


def _differs(ledger: Ledger, book: Book, item: int, name: int) -> bool:
    known = book.items.get(ledger.text("item", item))
    if known is None:
        return False
    told, listed_name = plain(ledger.text("name", name)), plain(known.name)
    return bool(told) and listed_name not in told and told not in listed_name


def not_listed(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """Items that the list does not have, of which the patient does not bear the whole; silent where there is no list."""
    if not book.items:
        return
    line = ledger.line
    known = listed(ledger, book, lambda item: 1, 0).astype(bool)
    chosen = np.flatnonzero(~known[line["item"]] & (line["amount"] > line["own"]) & ledger.of_line("judged"))
    order, starts = runs(chosen, line["claim"], line["item"])
    for lines in each(order, starts, np.diff(starts) > 0):
        amount = int((line["amount"] - line["own"])[lines].sum())
        because = f"目录里没有 {ledger.text('item', line['item'][lines[0]]) or '（无编码）'}，却没有列为全自费。"
        yield suspected(ledger, Rule.NOT_LISTED, because, book.ref("items"), lines, amount)

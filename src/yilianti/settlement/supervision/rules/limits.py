"""Items limited by sex or age, given to others: the knowledge points."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yilianti.kernel.finding import Severity
from yilianti.settlement.supervision.book import Book
from yilianti.settlement.supervision.ledger import SEXES, Ledger, each, runs
from yilianti.settlement.supervision.rules.saying import suspected
from yilianti.settlement.supervision.terms import Limit, Point, Rule, Suspected

_WHO = {1: "男", 2: "女"}


def against_limits(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """Lines of one item in one claim against a point. The record's sex counts before the claim's; an unknown sex or age is not asked; a newborn's care on its mother's claim is no fault."""
    items, claim = ledger.words["item"].at, ledger.claim
    sex = np.where(claim["record_sex"] > 0, claim["record_sex"], claim["sex"])
    mothers = ledger.words["diagnosis"].where(book["limits"].birth)[claim["diagnosis"]]
    points = [point for point in book.points if point.code in items]
    lines_of = _lines_of(ledger, {items[point.code] for point in points})
    for point in points:
        lines = lines_of[items[point.code]]
        of = ledger.line["claim"][lines]
        wrong_sex = (sex[of] > 0) & (sex[of] != SEXES[point.sex]) if point.sex else np.zeros(len(lines), bool)
        wrong_age = (claim["age"][of] >= 0) & ((claim["age"][of] < (point.age_from or 0)) | (claim["age"][of] >= (point.age_until or 32_000)))
        if point.limit == Limit.CHILD_SERVICE:
            wrong_age &= ~mothers[of]
        for rule, wrong in ((Rule.SEX_LIMIT, wrong_sex), (Rule.AGE_LIMIT, wrong_age)):
            yield from _against(ledger, point, rule, lines[wrong & claim["judged"][of]], sex)


def _lines_of(ledger: Ledger, wanted: set[int]) -> dict[int, np.ndarray]:
    """The lines of each wanted item, found in one pass."""
    chosen = np.zeros(max(len(ledger.words["item"]), 1), bool)
    chosen[list(wanted)] = True
    found = np.flatnonzero(chosen[ledger.line["item"]])
    order, starts = runs(found, ledger.line["item"])
    return {item: np.zeros(0, np.int64) for item in wanted} | {int(ledger.line["item"][group[0]]): group for group in each(order, starts, np.diff(starts) > 0)}


def _against(ledger: Ledger, point: Point, rule: Rule, lines: np.ndarray, sex: np.ndarray) -> Iterator[Suspected]:
    order, starts = runs(lines, ledger.line["claim"])
    for group in each(order, starts, np.diff(starts) > 0):
        claim = int(ledger.line["claim"][group[0]])
        who = f"患者为{_WHO[int(sex[claim])]}" if rule is Rule.SEX_LIMIT else f"患者 {ledger.claim['age'][claim]} 岁"
        severity = Severity.INFO if point.limit == Limit.CHILD_LIMITED_DRUG else Severity.WARNING
        because = f"“{point.name}”{Limit.label(point.limit)}（{told(point)}），{who}。"
        yield suspected(ledger, rule, because, point.ref, group, int((ledger.line["amount"] - ledger.line["own"])[group].sum()), severity)


def told(point: Point) -> str:
    """「限女性」「18 岁以下」."""
    parts = [f"限{'女' if SEXES[point.sex] == 2 else '男'}性"] if point.sex else []
    if point.age_from:
        parts.append(f"满 {point.age_from} 岁")
    if point.age_until is not None:
        parts.append(f"不满 {point.age_until} 岁")
    return "、".join(parts)

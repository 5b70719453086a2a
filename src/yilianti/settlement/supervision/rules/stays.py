"""Split stay: one person leaves and is admitted again, for the same disease too soon, in another department, or with another principal diagnosis."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yilianti.settlement.supervision.book import Book
from yilianti.settlement.supervision.ledger import KINDS, Array, Ledger, runs
from yilianti.settlement.supervision.rules.saying import of_stays
from yilianti.settlement.supervision.terms import Rule, Suspected


def one_after_another(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """Pairs of stays of one person that follow each other. Courses planned beforehand, who was sent on or came by referral, and fresh injuries are no pairs."""
    claim, policy = ledger.claim, book["split_stay"]
    seen: set[tuple[int, int]] = set()
    planned = ledger.words["diagnosis"].where(policy.planned)[claim["diagnosis"]]
    fresh = ledger.words["diagnosis"].where(policy.fresh)[claim["diagnosis"]]
    keys = [claim["person"], claim["institution"]] if policy.institutions == "same" else [claim["person"]]
    for before, after in _pairs(ledger, keys):
        if _excused(claim, before, after) or planned[before] or planned[after]:
            continue
        gap = int(claim["from"][after] - claim["until"][before])
        touching = gap <= policy.touching_days and claim["institution"][before] == claim["institution"][after]
        if touching and claim["department"][before] != claim["department"][after] and not fresh[after]:
            seen.add((before, after))
            yield _said(ledger, book, Rule.BETWEEN_DEPARTMENTS, before, after, gap)
        elif touching and claim["disease"][before] != claim["disease"][after] and not fresh[after]:
            seen.add((before, after))
            yield _said(ledger, book, Rule.NEW_DIAGNOSIS, before, after, gap)
    for before, after in _pairs(ledger, [*keys, claim["disease"]]):
        gap = int(claim["from"][after] - claim["until"][before])
        if (before, after) not in seen and gap <= policy.days and not (planned[before] or planned[after]) and not _excused(claim, before, after):
            yield _said(ledger, book, Rule.SAME_DISEASE, before, after, gap)


def _pairs(ledger: Ledger, keys: list[Array]) -> Iterator[tuple[int, int]]:
    """Stays next to each other in time that agree in all keys, the later one judged and not begun before the first one ended."""
    claim = ledger.claim
    stays = np.flatnonzero(claim["kind"] == KINDS["inpatient"])
    stays = stays[np.lexsort([claim["until"][stays], claim["from"][stays]])]
    order, starts = runs(stays, *keys)
    first = np.zeros(len(order) + 1, bool)
    first[starts] = True
    for at in np.flatnonzero(~first[1:-1]) if len(order) > 1 else ():
        before, after = int(order[at]), int(order[at + 1])
        if claim["judged"][after] and claim["from"][after] >= claim["until"][before]:
            yield before, after


def _excused(claim: dict[str, Array], before: int, after: int) -> bool:
    return bool(claim["referred"][after] or (claim["moved"][before] and claim["institution"][before] != claim["institution"][after]))


def _said(ledger: Ledger, book: Book, rule: Rule, before: int, after: int, gap: int) -> Suspected:
    first, second = (ledger.text("diagnosis", ledger.claim["diagnosis"][one]) for one in (before, after))
    days = "出院当天" if gap == 0 else f"出院后第 {gap} 天"
    limit = f"，界限 {book['split_stay'].days} 天" if rule is Rule.SAME_DISEASE else ""
    because = f"{days}再次住院{limit}；主要诊断先后为 {first or '未填'}、{second or '未填'}。"
    return of_stays(ledger, rule, because, book.ref("split_stay"), [before, after], int(ledger.claim["total"][after]))

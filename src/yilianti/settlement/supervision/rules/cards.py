"""Signs of a borrowed card: one person in two places, after death, or not the person of the record."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yilianti.kernel.finding import Severity
from yilianti.settlement.supervision.book import Book
from yilianti.settlement.supervision.ledger import DAY, KINDS, Array, Ledger, day, minute, runs
from yilianti.settlement.supervision.rules.items import of_kind
from yilianti.settlement.supervision.rules.saying import of_stays, suspected
from yilianti.settlement.supervision.terms import Rule, Suspected

_SEX = {1: "男", 2: "女"}


def two_places(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """Out-patient charges of one person in two institutions fewer minutes apart than the policy says. What is read from afar needs nobody there, and a charge without a time of day is not asked."""
    line = ledger.line
    here = (ledger.of_line("kind") != KINDS["inpatient"]) & (line["minute"] % DAY > 0) & ~of_kind(ledger, book, "remote")
    chosen = np.flatnonzero(here)
    chosen = chosen[np.argsort(line["minute"][chosen], kind="stable")]
    order, starts = runs(chosen, ledger.of_line("person"), line["minute"] // DAY)
    if len(order) < 2:
        return
    first = np.zeros(len(order) + 1, bool)
    first[starts] = True
    before, after = order[:-1], order[1:]
    place, judged, seen = ledger.of_line("institution"), ledger.of_line("judged"), set()
    apart = line["minute"][after] - line["minute"][before]
    near = ~first[1:-1] & (place[before] != place[after]) & (apart < book["borrowed_card"].minutes_apart) & (judged[before] | judged[after])
    for one, two in zip(before[near], after[near], strict=True):
        pair = (int(line["claim"][one]), int(line["claim"][two]))
        if pair not in seen and pair[::-1] not in seen and not (ledger.claim["referred"][pair[0]] or ledger.claim["referred"][pair[1]]):
            seen.add(pair)
            because = f"{minute(line['minute'][one])} 和 {minute(line['minute'][two])} 在两家机构，相隔 {line['minute'][two] - line['minute'][one]} 分钟，界限 {book['borrowed_card'].minutes_apart} 分钟。"
            yield suspected(ledger, Rule.TWO_PLACES, because, book.ref("borrowed_card"), [one, two], int(line["amount"][two]))


def during_stay(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """An out-patient visit on a day inside a stay elsewhere; the days of admission and discharge are not inside."""
    yield from _overlapping(ledger, book, Rule.DURING_STAY)


def two_stays(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """Two stays of one person that share a night."""
    yield from _overlapping(ledger, book, Rule.TWO_STAYS)


def _overlapping(ledger: Ledger, book: Book, rule: Rule) -> Iterator[Suspected]:
    claim, inpatient = ledger.claim, ledger.claim["kind"] == KINDS["inpatient"]
    many = np.unique(claim["person"][inpatient & (ledger.nights() > 0)])
    mine = np.flatnonzero(np.isin(claim["person"], many))
    order, starts = runs(mine[np.argsort(claim["from"][mine], kind="stable")], claim["person"])
    for at in range(len(starts) - 1):
        people = order[starts[at] : starts[at + 1]]
        stays = people[inpatient[people] & (ledger.nights()[people] > 0)] if len(people) > 1 else people[:0]
        others = stays if rule is Rule.TWO_STAYS else people[~inpatient[people]]
        for stay in stays:
            for one in others[_meets(claim, stay, others, rule)]:
                yield _met(ledger, book, rule, int(stay), int(one))


def _meets(claim: dict[str, Array], stay: int, others: Array, rule: Rule) -> Array:
    judged = claim["judged"][stay] | claim["judged"][others]
    if rule is Rule.TWO_STAYS:
        later = (claim["from"][others] > claim["from"][stay]) | ((claim["from"][others] == claim["from"][stay]) & (others > stay))
        return judged & later & (claim["from"][others] < claim["until"][stay])
    elsewhere = (claim["institution"][others] != claim["institution"][stay]) & ~claim["referred"][others]
    return judged & elsewhere & (claim["from"][others] > claim["from"][stay]) & (claim["until"][others] < claim["until"][stay])


def _met(ledger: Ledger, book: Book, rule: Rule, stay: int, one: int) -> Suspected:
    days = f"{day(ledger.claim['from'][stay])} 至 {day(ledger.claim['until'][stay])}"
    because = f"{days} 住院期间，{day(ledger.claim['from'][one])} 又{'在另一处住院' if rule is Rule.TWO_STAYS else '在另一家机构门诊'}。"
    return of_stays(ledger, rule, because, book.ref("borrowed_card"), [stay, one], int(ledger.claim["total"][one]))


def after_death(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """A claim that began on a day after the day of death on record."""
    claim = ledger.claim
    for one in np.flatnonzero((claim["died"] > 0) & (claim["from"] > claim["died"]) & claim["judged"]):
        because = f"档案记载 {day(claim['died'][one])} 死亡，{day(claim['from'][one])} 就诊。"
        yield of_stays(ledger, Rule.AFTER_DEATH, because, book.ref("borrowed_card"), [int(one)], int(claim["total"][one]), Severity.WARNING)


def other_person(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """The claim tells another sex than the record, or an age that is years away from it."""
    claim, years = ledger.claim, int(book["borrowed_card"].years_apart)
    other_sex = (claim["sex"] > 0) & (claim["record_sex"] > 0) & (claim["sex"] != claim["record_sex"])
    age = (claim["from"] - claim["born"]) * 400 // 146_097
    other_age = (claim["born"] > 0) & (claim["age"] >= 0) & (np.abs(age - claim["age"]) > years)
    for one in np.flatnonzero((other_sex | other_age) & claim["judged"]):
        said = []
        if other_sex[one]:
            said.append(f"结算为{_SEX[int(claim['sex'][one])]}，档案为{_SEX[int(claim['record_sex'][one])]}")
        if other_age[one]:
            said.append(f"结算 {claim['age'][one]} 岁，按档案 {age[one]} 岁")
        yield of_stays(ledger, Rule.OTHER_PERSON, "；".join(said) + "。", book.ref("borrowed_card"), [int(one)], int(claim["total"][one]))

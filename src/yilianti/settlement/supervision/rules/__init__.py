"""Rules of supervision: each asks one question of a ledger and answers with what it suspects; nothing is changed, and nobody is accused before both sides are heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from yilianti.settlement.supervision.book import Book
from yilianti.settlement.supervision.ledger import Ledger
from yilianti.settlement.supervision.rules import (
    beds,
    cards,
    catalogue,
    limits,
    packages,
    prices,
    quantities,
    repeated,
    stays,
)
from yilianti.settlement.supervision.terms import Suspected

Question = Callable[[Ledger, Book], Iterator[Suspected]]

QUESTIONS: tuple[Question, ...] = (
    repeated.same_moment, repeated.same_day, prices.above_list, packages.part_beside_package, stays.one_after_another, beds.empty_bed, limits.against_limits,
    quantities.per_day, quantities.per_stay, quantities.refilled_early, quantities.bed_days, catalogue.other_name, catalogue.not_listed,
    cards.two_places, cards.during_stay, cards.two_stays, cards.after_death, cards.other_person,
)  # fmt: skip


def ask(ledger: Ledger, book: Book) -> Iterator[Suspected]:
    """Everything suspected of the judged claims, family by family."""
    for question in QUESTIONS:
        yield from question(ledger, book)

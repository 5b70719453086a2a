"""Precision and recall of each family against what was planted. A hit is a claim: named as the one in question or standing beside it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.supervision.month import Month
from yilianti.settlement.supervision import rules
from yilianti.settlement.supervision.terms import Family


@dataclass(frozen=True)
class Measured:
    family: Family
    planted: int
    found: int
    right: int
    alike: int
    cleared: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.planted if self.planted else 1.0


def measure(month: Month) -> list[Measured]:
    """One line a family; `cleared` are look-alikes that no rule of the family named."""
    named: dict[Family, set[str]] = {family: set() for family in Family}
    for one in rules.ask(month.ledger(), month.book):
        named[one.family].add(one.claim)
    return [_of(family, named[family], month) for family in Family]


def _of(family: Family, named: set[str], month: Month) -> Measured:
    wrong = {claim for kind, claim in month.truth if kind is family}
    alike = {claim for kind, claim in month.alike if kind is family}
    return Measured(family, len(wrong), len(named), len(named & wrong), len(alike), len(alike - named))

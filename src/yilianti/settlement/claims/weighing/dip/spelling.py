"""How tables spell codes and numbers: `I21.9` a category, `I20-I25` a range, `*` all; `36.06+37.22|36.07` operations together or instead."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from yilianti.settlement.claims.weighing.dip.terms import UNIT

_RANGE = re.compile(r"([A-Z]\d\d)-([A-Z]\d\d)")
_SCORE = re.compile(r"\d{1,7}(\.\d{1,4})?")
_FACTOR = re.compile(r"\d{1,2}(\.\d{1,4})?")
#: How closely a spelling names a diagnosis: a whole code more than any category, a range less, `*` least.
WHOLE, RANGE, EVERY = 100, 1, 0


class Codes:
    """The codes of a table in order, so that a category is one stretch of them."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.sorted: Sequence[str] = sorted(codes)
        self._all = frozenset(self.sorted)

    def named_by(self, spelling: str) -> Sequence[str]:
        """The codes that one spelling stands for: a code of the table itself, a range of three-letter categories, or all that begin so."""
        if spelling in self._all:
            return (spelling,)
        between = _RANGE.fullmatch(spelling)
        if spelling == "*":
            return self.sorted
        first, last = (between[1], between[2]) if between else (spelling, spelling)
        return self.sorted[bisect_left(self.sorted, first) : bisect_left(self.sorted, last + "\U0010ffff")]

    def closeness(self, spelling: str) -> int:
        if spelling == "*":
            return EVERY
        return WHOLE if spelling in self._all else RANGE if _RANGE.fullmatch(spelling) else len(spelling)


def listed(text: str) -> list[str]:
    return [one.strip() for one in text.split("|") if one.strip()]


def ways(text: str) -> list[tuple[str, ...]]:
    """Alternatives, each a set of operations that are all needed; one empty set where nothing is asked."""
    return [tuple(part.strip() for part in one.split("+")) for one in listed(text)] or [()]


def score(text: str) -> int | None:
    """A score in ten-thousandths; None where it is not written as one."""
    return _fixed(text) if _SCORE.fullmatch(text) else None


def factor(text: str) -> int | None:
    return _fixed(text) if _FACTOR.fullmatch(text) else None


def _fixed(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole) * UNIT + int(part.ljust(4, "0"))


def shown(units: int) -> str:
    """A score as people read it."""
    return f"{units // UNIT}.{units % UNIT:04d}"

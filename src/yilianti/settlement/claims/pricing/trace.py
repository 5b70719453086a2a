"""The working of one claim: every step with its amount, its formula in words and numbers, and the policy it follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from yilianti.kernel.terms import Term
from yilianti.settlement.claims.pricing.terms import Step


def yuan(fen: int) -> str:
    """12345 → 123.45"""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


@dataclass(frozen=True)
class Percent:
    """Basis points to be written as per cent."""

    points: Any

    def __str__(self) -> str:
        points = int(np.ravel(self.points)[0])
        return f"{'-' if points < 0 else ''}{abs(points) / 100:g}%"


@dataclass(frozen=True)
class Said:
    """One step: `words` has a gap for each of `filled`."""

    step: Step
    fen: int
    words: str
    filled: tuple[Any, ...]
    policy_ref: str = ""

    @property
    def zh(self) -> str:
        return self.words.format(*(one.zh if isinstance(one, Term) else str(one) for one in self.filled))

    def en(self, pairs: Mapping[str, str]) -> str:
        """In English, by the pairs of the interface; Chinese where nobody paired it."""
        return pairs.get(self.words, self.words).format(*(one.en if isinstance(one, Term) else pairs.get(str(one), str(one)) for one in self.filled))


@dataclass
class Trace:
    """Steps of one claim in order; where `is_on` is off (a whole block), nothing is written."""

    is_on: bool = True
    said: list[Said] = field(default_factory=list)

    def say(self, step: Step, fen: Any, policy_ref: str, words: str, *filled: Any) -> None:
        """Numbers come as arrays of one."""
        if self.is_on:
            told = tuple(yuan(int(one[0])) if isinstance(one, np.ndarray) else one for one in filled)
            self.said.append(Said(step, int(np.ravel(fen)[0]), words, told, policy_ref))


QUIET = Trace(is_on=False)

"""Auxiliary scores: lines of the table that hold for a stay raise or lower its main score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yilianti.settlement.claims.grouping.cases import Block, Flags
from yilianti.settlement.claims.grouping.terms import NOT_GIVEN
from yilianti.settlement.claims.weighing.dip import spelling
from yilianti.settlement.claims.weighing.dip.scheme import Row, Scheme
from yilianti.settlement.claims.weighing.dip.stays import Stays, Vocabulary
from yilianti.settlement.claims.weighing.dip.terms import UNIT, Auxiliary

Numbers = npt.NDArray[np.int64]
_MOST = 10**6


@dataclass(frozen=True)
class Line:
    """One line: the groups and stays it is for, and what it does (a factor, or points that are added)."""

    code: str
    zh: str
    groups: Flags
    ages: tuple[int, int] | None
    days: tuple[int, int] | None
    dx: Flags | None
    ops: Flags | None
    discharge: npt.NDArray[np.int16] | None
    factor: int | None
    points: int

    def holds(self, stays: Stays, group: npt.NDArray[np.int32]) -> tuple[Flags, Flags]:
        """(holds, cannot be judged because age or days are not given) for each stay."""
        held, open_ = (group >= 0) & self.groups[group], np.zeros(len(stays), bool)
        for between, values in ((self.ages, stays.block.age), (self.days, stays.los)):
            if between:
                unknown = values == NOT_GIVEN
                open_ |= unknown
                held = held & (unknown | ((values >= between[0]) & (values <= between[1])))
        if self.dx is not None:
            held = held & _any_secondary(stays.block, self.dx)
        if self.ops is not None:
            held = held & stays.block.any_op(self.ops)
        if self.discharge is not None:
            held = held & np.isin(stays.discharge, self.discharge)
        return held & ~open_, held & open_

    def applied(self, score: Numbers) -> Numbers:
        """Half-up to the ten-thousandth."""
        return score + self.points if self.factor is None else (score * self.factor + UNIT // 2) // UNIT


def lines_of(scheme: Scheme, words: Vocabulary, codes: Sequence[str]) -> list[Line]:
    return [_line(row, words, codes) for row in scheme.tables["auxiliary"]]


def _line(row: Row, words: Vocabulary, codes: Sequence[str]) -> Line:
    named = {code for one in spelling.listed(row["groups"]) for code in spelling.Codes(codes).named_by(one)}
    groups = np.array([not row["groups"] or code in named for code in codes], bool)
    ended = [words.discharge[code] for code in spelling.listed(row["discharge"])]
    return Line(
        row["code"], row["name"], groups, _between(row, "age"), _between(row, "los"), words.dx_flags(row["dx"]) if row["dx"] else None, words.op_flags(row["ops"]) if row["ops"] else None,
        np.array(ended, np.int16) if ended else None, spelling.factor(row["factor"]), spelling.score(row["points"]) or 0,
    )  # fmt: skip


def _between(row: Row, name: str) -> tuple[int, int] | None:
    first, last = row[f"{name}_from"], row[f"{name}_to"]
    return (int(first or 0), int(last or _MOST)) if first or last else None


def _any_secondary(block: Block, table: Flags) -> Flags:
    held = table[block.dx]
    held[block.dx_starts[:-1][np.diff(block.dx_starts) > 0]] = False
    counted = np.concatenate(([0], np.cumsum(held, dtype=np.int32)))
    return np.asarray(counted[block.dx_starts[1:]] > counted[block.dx_starts[:-1]])


def scored(lines: Sequence[Line], how: str, stays: Stays, group: npt.NDArray[np.int32], main: Numbers) -> tuple[Numbers, Flags, Flags]:
    """(score, lines that counted, lines that could not be judged), the latter line × stay."""
    counted, unjudged = np.zeros((len(lines), len(stays)), bool), np.zeros((len(lines), len(stays)), bool)
    score, chosen = main.copy(), np.full(len(stays), -1)
    for place, line in enumerate(lines):
        held, unjudged[place] = line.holds(stays, group)
        if how == Auxiliary.ALL:
            score = np.where(held, line.applied(score), score)
            counted[place] = held
            continue
        result = line.applied(main)
        better = held & ((chosen < 0) | (result > score))
        score, chosen = np.where(better, result, score), np.where(better, place, chosen)
    if how == Auxiliary.HIGHEST:
        counted[chosen[chosen >= 0], np.flatnonzero(chosen >= 0)] = True
    return score, counted, unjudged

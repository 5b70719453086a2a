"""Stays as arrays for DIP: the cases of the grouper, with their length and how they ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yilianti.settlement.claims.grouping.cases import Block, Case, Flags, block_of
from yilianti.settlement.claims.grouping.terms import NOT_GIVEN
from yilianti.settlement.claims.weighing.dip import spelling
from yilianti.settlement.claims.weighing.dip.scheme import Scheme
from yilianti.settlement.claims.weighing.dip.terms import Treatment

TREATMENTS = tuple(Treatment)


@dataclass(frozen=True)
class Stay(Case):
    """A case with what DIP asks besides: days in hospital, and the code of how it ended."""

    los: int = NOT_GIVEN
    discharge: str = ""


@dataclass(frozen=True)
class Stays:
    """Many stays: the block of cases, days and ways of leaving (a number of the vocabulary, 0 for any that no line asks for)."""

    block: Block
    los: npt.NDArray[np.int32]
    discharge: npt.NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.block)


class Vocabulary:
    """The codes of a scheme as numbers from 2 on, as the grouper counts them."""

    def __init__(self, scheme: Scheme) -> None:
        self.dx_codes = spelling.Codes(row["code"] for row in scheme.tables["icd10_yibao"])
        self.op_codes = spelling.Codes(row["code"] for row in scheme.tables["operations"])
        self.dx = {code: number for number, code in enumerate(self.dx_codes.sorted, 2)}
        self.op = {code: number for number, code in enumerate(self.op_codes.sorted, 2)}
        self.treatment = np.zeros(len(self.op) + 2, np.int8)  # 0, conservative: an operation that the scheme does not count
        for row in scheme.tables["operations"]:
            self.treatment[self.op[row["code"]]] = TREATMENTS.index(Treatment(row["class"]))
        ended = sorted({code for row in scheme.tables["auxiliary"] for code in spelling.listed(row["discharge"])})
        self.discharge = {code: number for number, code in enumerate(ended, 1)}

    def dx_named(self, text: str) -> list[int]:
        return [self.dx[code] for one in spelling.listed(text) for code in self.dx_codes.named_by(one)]

    def op_flags(self, text: str) -> Flags:
        found = np.zeros(len(self.op) + 2, bool)
        found[[self.op[code] for one in spelling.listed(text) for code in self.op_codes.named_by(one)]] = True
        return found

    def dx_flags(self, text: str) -> Flags:
        found = np.zeros(len(self.dx) + 2, bool)
        found[self.dx_named(text)] = True
        return found


def stays_of(stays: Sequence[Stay], words: Vocabulary) -> Stays:
    """Stays written out one by one."""
    return Stays(block_of(stays, words), np.array([stay.los for stay in stays], np.int32), np.array([words.discharge.get(stay.discharge, 0) for stay in stays], np.int16))

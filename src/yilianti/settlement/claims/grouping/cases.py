"""Cases as arrays: codes become numbers once, so that a rule is one look into a table for all cases together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from yilianti.settlement.claims.grouping.scheme import Scheme
from yilianti.settlement.claims.grouping.terms import NOT_GIVEN

Flags = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int32]
#: Ids of what is not there, and of codes that the scheme does not know.
ABSENT, UNKNOWN = 0, 1


@dataclass(frozen=True)
class Case:
    """One stay as a hospital reports it; the first diagnosis and the first operation are the principal ones. `weight_g` is the weight of a newborn."""

    id: str
    sex: int
    age: int = NOT_GIVEN
    age_days: int = NOT_GIVEN
    weight_g: int = NOT_GIVEN
    dx: tuple[str, ...] = ()
    op: tuple[str, ...] = ()


class Words(Protocol):
    """Codes as numbers from 2 on, in the order of the dictionaries."""

    dx: dict[str, int]
    op: dict[str, int]


class Vocabulary:
    """The codes of a scheme as numbers, and its tables over them."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        lines = [*scheme.mdc.values(), *scheme.adrg.values()]
        dx = {*scheme.tables["icd10_yibao"], *(code for line in lines for code in line.get("dx", ()))}
        op = {*scheme.tables["icd9cm3_yibao"], *scheme.tables["valid_ops"], *(code for line in lines for key in ("op", "op1") for code in line.get(key, ()))}
        self.dx = {code: number for number, code in enumerate(sorted(dx), 2)}
        self.op = {code: number for number, code in enumerate(sorted(op), 2)}
        self.valid = self.op_table(scheme.tables["valid_ops"])
        self.mcc, self.cc, self.excluded_by = (self._numbers(name) for name in ("mcc", "cc", "cc_exclusion"))

    def dx_table(self, codes: Iterable[str]) -> Flags:
        return _flags(self.dx, codes)

    def op_table(self, codes: Iterable[str]) -> Flags:
        return _flags(self.op, codes)

    def _numbers(self, name: str) -> Ids:
        """The number of its exclusion list for each diagnosis; 0 for none."""
        found = np.zeros(len(self.dx) + 2, np.int32)
        for code, value in self.scheme.tables[name].items():
            if code in self.dx:
                found[self.dx[code]] = int(value)
        return found


def _flags(ids: dict[str, int], codes: Iterable[str]) -> Flags:
    found = np.zeros(len(ids) + 2, bool)
    found[[ids[code] for code in codes if code in ids]] = True
    return found


@dataclass(frozen=True)
class Block:
    """Many cases: one number a case, and diagnoses and operations one behind the other (`dx[starts[i]:starts[i+1]]` are those of case i)."""

    sex: npt.NDArray[np.int8]
    age: npt.NDArray[np.int16]
    age_days: npt.NDArray[np.int32]
    weight: npt.NDArray[np.int32]
    dx: Ids
    dx_starts: Ids
    op: Ids
    op_starts: Ids

    def __len__(self) -> int:
        return len(self.sex)

    @cached_property
    def main_dx(self) -> Ids:
        return _first(self.dx, self.dx_starts)

    @cached_property
    def main_op(self) -> Ids:
        return _first(self.op, self.op_starts)

    def any_dx(self, table: Flags) -> Flags:
        return _any(table[self.dx], self.dx_starts)

    def any_op(self, table: Flags) -> Flags:
        return _any(table[self.op], self.op_starts)

    def some(self, which: npt.NDArray[np.intp]) -> Block:
        """These cases only."""
        dx, dx_starts = _some(self.dx, self.dx_starts, which)
        op, op_starts = _some(self.op, self.op_starts, which)
        return Block(self.sex[which], self.age[which], self.age_days[which], self.weight[which], dx, dx_starts, op, op_starts)


def _first(values: Ids, starts: Ids) -> Ids:
    found = np.zeros(len(starts) - 1, np.int32)
    filled = starts[1:] > starts[:-1]
    found[filled] = values[starts[:-1][filled]]
    return found


def _any(held: Flags, starts: Ids) -> Flags:
    counted = np.concatenate(([0], np.cumsum(held, dtype=np.int32)))
    return np.asarray(counted[starts[1:]] > counted[starts[:-1]])


def _some(values: Ids, starts: Ids, which: npt.NDArray[np.intp]) -> tuple[Ids, Ids]:
    lengths = starts[1:][which] - starts[:-1][which]
    ends = np.concatenate(([0], np.cumsum(lengths, dtype=np.int32))).astype(np.int32)
    places = np.arange(ends[-1], dtype=np.int32) - np.repeat(ends[:-1] - starts[:-1][which], lengths)
    return values[places], ends


def block_of(cases: Sequence[Case], words: Words) -> Block:
    """A block of cases written out one by one."""
    dx = [words.dx.get(code, UNKNOWN) for case in cases for code in case.dx]
    op = [words.op.get(code, UNKNOWN) for case in cases for code in case.op]
    return Block(
        np.array([case.sex for case in cases], np.int8), np.array([case.age for case in cases], np.int16), np.array([case.age_days for case in cases], np.int32),
        np.array([case.weight_g for case in cases], np.int32), np.array(dx, np.int32), _starts([len(case.dx) for case in cases]), np.array(op, np.int32), _starts([len(case.op) for case in cases]),
    )  # fmt: skip


def _starts(lengths: Sequence[int]) -> Ids:
    return np.concatenate(([0], np.cumsum(lengths, dtype=np.int32))).astype(np.int32)

"""The grouper: MDC in order, ADRG in order, then the group by the severity of the secondary diagnoses; all cases of a block together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from yilianti.settlement.claims.grouping.cases import ABSENT, UNKNOWN, Block, Case, Flags, Vocabulary, block_of
from yilianti.settlement.claims.grouping.conditions import Condition, read
from yilianti.settlement.claims.grouping.scheme import Scheme
from yilianti.settlement.claims.grouping.terms import NOT_GIVEN, UNKNOWN_SEX, Severity, Status

#: The second letter of an ADRG of operating-room procedures.
_SURGICAL = frozenset("ABCDEFGHIJ")
STATUSES = tuple(Status)
Codes = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Adrg:
    """One ADRG: its conditions, and its groups in the order in which they are tried."""

    code: str
    conditions: tuple[Condition, ...]
    groups: tuple[tuple[int, Severity], ...]
    is_surgical: bool


@dataclass(frozen=True)
class Mdc:
    """One MDC: who enters it, and its ADRGs in order. With `sets_apart`, a case whose operation belongs to none of them is ambiguous."""

    code: str
    entry: tuple[Condition, ...]
    adrgs: tuple[Adrg, ...]
    sets_apart: bool


@dataclass(frozen=True)
class Groups:
    """What became of each case of a block, as places in the lists of the engine; NOT_GIVEN for none."""

    status: npt.NDArray[np.int8]
    mdc: Codes
    adrg: Codes
    drg: Codes


@dataclass(frozen=True)
class Grouped:
    """What became of one case; empty codes where it has none."""

    status: Status
    mdc: str = ""
    adrg: str = ""
    drg: str = ""


class Engine:
    """The rules of a scheme made ready."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme, self.words = scheme, Vocabulary(scheme)
        self.drg_codes = [*scheme.drg_codes, *(f"{scheme.mdc[code]['mdc'][-1]}QY" for code in scheme.mdc_order if scheme.mdc[code].get("qy"))]
        self.adrg_codes = [*scheme.adrg, *(code for code in self.drg_codes if code.endswith("QY"))]
        self.mdcs = [self._mdc(code) for code in scheme.mdc_order]
        self._places = {code: place for place, code in enumerate(self.adrg_codes)}

    def _mdc(self, code: str) -> Mdc:
        line = self.scheme.mdc[code]
        return Mdc(code, tuple(read(line["entry"], line, self.words)), tuple(self._adrg(one) for one in line["adrg_order"]), bool(line.get("qy")))

    def _adrg(self, code: str) -> Adrg:
        line = self.scheme.adrg[code]
        groups = tuple((self.drg_place[group["code"]], Severity(group["severity"])) for group in line["drg"])
        return Adrg(code, tuple(read(line["rule"], line, self.words)), groups, code[1] in _SURGICAL)

    @cached_property
    def drg_place(self) -> dict[str, int]:
        return {code: place for place, code in enumerate(self.drg_codes)}

    def group(self, block: Block) -> Groups:
        """Group all cases of a block."""
        size = len(block)
        found = Groups(np.full(size, STATUSES.index(Status.UNGROUPABLE), np.int8), *(np.full(size, NOT_GIVEN, np.int16) for _ in range(3)))
        known = block.main_dx > UNKNOWN
        severe = severity_of(block, self.words)
        for place, mdc in enumerate(self.mdcs):
            waiting = known & (found.drg == NOT_GIVEN)
            inside = np.flatnonzero(waiting & _all(mdc.entry, block))
            if len(inside):
                self._within(mdc, place, block.some(inside), inside, severe, found)
        self._say_why_not(block, found)
        return found

    def _within(self, mdc: Mdc, place: int, block: Block, inside: npt.NDArray[np.intp], severe: dict[Severity, Flags], found: Groups) -> None:
        """Cases that entered one MDC; who finds no ADRG there goes on to the next MDC."""
        waiting = np.ones(len(block), bool)
        if any(one.spelling == "main_dx" for one in mdc.entry):
            found.mdc[inside[found.mdc[inside] == NOT_GIVEN]] = place
        apart = mdc.sets_apart
        for adrg in mdc.adrgs:
            if apart and not adrg.is_surgical:
                apart = False
                self._set_apart(mdc, place, inside, waiting & self.words.valid[block.main_op], found)
                waiting &= found.drg[inside] == NOT_GIVEN
            hit = waiting & _all(adrg.conditions, block)
            if not hit.any():
                continue
            waiting &= ~hit
            which = inside[hit]
            found.mdc[which], found.adrg[which], found.status[which] = place, self._places[adrg.code], STATUSES.index(Status.GROUPED)
            for drg, severity in reversed(adrg.groups):  # the first whose condition holds is written last
                found.drg[which[severe[severity][which]]] = drg

    def _set_apart(self, mdc: Mdc, place: int, inside: npt.NDArray[np.intp], hit: Flags, found: Groups) -> None:
        which, code = inside[hit], f"{mdc.code[-1]}QY"
        found.mdc[which], found.adrg[which], found.drg[which] = place, self._places[code], self.drg_place[code]
        found.status[which] = STATUSES.index(Status.AMBIGUOUS)

    def _say_why_not(self, block: Block, found: Groups) -> None:
        left = found.drg == NOT_GIVEN
        for mdc in self.mdcs:
            asked = {one.spelling: one for one in mdc.entry}
            by_diagnosis = left & asked["main_dx"].test(block) if "main_dx" in asked and left.any() else None
            if by_diagnosis is None:
                continue
            for spelling in asked.keys() & {"male", "female"}:
                fails = by_diagnosis & ~asked[spelling].test(block)
                found.status[fails] = STATUSES.index(Status.WRONG_SEX)
                found.status[fails & (block.sex == UNKNOWN_SEX)] = STATUSES.index(Status.NO_SEX)
            if "age=0" in asked:
                found.status[by_diagnosis & (block.age == NOT_GIVEN)] = STATUSES.index(Status.NO_AGE)
        found.status[left & (block.main_dx == UNKNOWN)] = STATUSES.index(Status.UNKNOWN_DIAGNOSIS)
        found.status[left & (block.main_dx == ABSENT)] = STATUSES.index(Status.NO_DIAGNOSIS)

    def one(self, case: Case) -> Grouped:
        return self.many([case])[0]

    def many(self, cases: list[Case]) -> list[Grouped]:
        """Some cases written out one by one."""
        found = self.group(block_of(cases, self.words))
        return [
            Grouped(STATUSES[status], *(codes[place] if place >= 0 else "" for codes, place in ((self.mdc_codes, mdc), (self.adrg_codes, adrg), (self.drg_codes, drg))))
            for status, mdc, adrg, drg in zip(found.status, found.mdc, found.adrg, found.drg, strict=True)
        ]

    @property
    def mdc_codes(self) -> tuple[str, ...]:
        return self.scheme.mdc_order


def _all(conditions: tuple[Condition, ...], block: Block) -> Flags:
    held = conditions[0].test(block)
    for one in conditions[1:]:
        held = held & one.test(block)
    return held


def severity_of(block: Block, words: Vocabulary) -> dict[Severity, Flags]:
    """Which cases have a major complication or comorbidity, or any, that their principal diagnosis does not exclude."""
    lengths = block.dx_starts[1:] - block.dx_starts[:-1]
    excluded = np.repeat(words.excluded_by[block.main_dx], lengths)
    secondary = np.ones(len(block.dx), bool)
    secondary[block.dx_starts[:-1][lengths > 0]] = False
    has = {}
    for name, numbers in (("mcc", words.mcc), ("cc", words.cc)):
        lists = numbers[block.dx]
        counts = secondary & (lists > 0) & (lists != excluded)
        summed = np.concatenate(([0], np.cumsum(counts, dtype=np.int32)))
        has[name] = summed[block.dx_starts[1:]] > summed[block.dx_starts[:-1]]
    return {Severity.MCC: has["mcc"], Severity.MCC_OR_CC: has["mcc"] | has["cc"], Severity.ANY: np.ones(len(block), bool)}

"""The DIP grouper: the first core group that diagnosis and operations fit, else the composite group, then the auxiliary scores; all stays together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yilianti.settlement.claims.grouping.cases import ABSENT, UNKNOWN, Block
from yilianti.settlement.claims.grouping.terms import NOT_GIVEN
from yilianti.settlement.claims.weighing.dip import spelling
from yilianti.settlement.claims.weighing.dip.auxiliary import Line, lines_of, scored
from yilianti.settlement.claims.weighing.dip.scheme import Row, Scheme
from yilianti.settlement.claims.weighing.dip.stays import TREATMENTS, Stay, Stays, Vocabulary, stays_of
from yilianti.settlement.claims.weighing.dip.terms import Preference, Status, Treatment

STATUSES = tuple(Status)
Numbers = npt.NDArray[np.int64]
_NONE = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Way:
    """One diagnosis spelling with one set of operations that leads into a core group; ways stand in the order in which they are preferred."""

    group: int
    dx: str
    ops: tuple[str, ...]
    only: bool


@dataclass(frozen=True)
class Scores:
    """What became of each stay: places in lists of the engine (NOT_GIVEN for none), scores in ten-thousandths, and which auxiliary lines counted, or could not be judged."""

    status: npt.NDArray[np.int8]
    group: npt.NDArray[np.int32]
    way: Numbers
    main: Numbers
    score: Numbers
    counted: npt.NDArray[np.bool_]
    unjudged: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Scored:
    """What became of one stay."""

    status: Status
    group: str = ""
    main: int = 0
    score: int = 0
    counted: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()


class Engine:
    """The tables of a scheme made ready."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme, self.words = scheme, Vocabulary(scheme)
        rows = [*scheme.tables["core"], *scheme.tables["composite"]]
        self.codes = [row["code"] for row in rows]
        self.main = np.array([spelling.score(row["score"]) for row in rows], np.int64)
        self.ways = self._in_order(scheme.tables["core"])
        self.lines: list[Line] = lines_of(scheme, self.words, self.codes)
        self._index()
        self._composite = self._composites(scheme.tables["composite"], len(scheme.tables["core"]))

    def _in_order(self, rows: Sequence[Row]) -> list[Way]:
        ways = [Way(place, dx, ops, row["only"] == "1") for place, row in enumerate(rows) for dx in spelling.listed(row["dx"]) for ops in (tuple(filter(None, one)) for one in spelling.ways(row["ops"]))]

        def rank(way: Way) -> tuple[int, ...]:
            of = {Preference.OPERATIONS: len(way.ops), Preference.DIAGNOSIS: self.words.dx_codes.closeness(way.dx), Preference.SCORE: int(self.main[way.group])}
            return tuple(-of[Preference(one)] for one in self.scheme.prefer)

        return sorted(ways, key=rank)

    def _index(self) -> None:
        """Each way under its diagnoses and its first operation; the other operations of a way in a few columns beside it."""
        words = self.words
        elements = {one: number for number, one in enumerate(dict.fromkeys(op for way in self.ways for op in way.ops))}
        self._size = max(1, len(elements))
        pairs = sorted((words.op[code], number) for one, number in elements.items() for code in words.op_codes.named_by(one))
        self._element = np.array([number for _, number in pairs], np.int64)
        self._element_starts = np.searchsorted(np.array([op for op, _ in pairs], np.int64), np.arange(len(words.op) + 3))
        self._bare = np.full(len(words.dx) + 2, _NONE)
        keys: list[tuple[int, int]] = []
        self._others = np.full((len(self.ways), max([1, *(len(way.ops) - 1 for way in self.ways)])), -1, np.int64)
        for place, way in enumerate(self.ways):
            dx = words.dx_named(way.dx)
            if not way.ops:
                self._bare[dx] = np.minimum(self._bare[dx], place)
                continue
            self._others[place, : len(way.ops) - 1] = [elements[op] for op in way.ops[1:]]
            keys += [(one * self._size + elements[way.ops[0]], place) for one in dx]
        keys.sort()
        self._keys, self._way = (np.array([key[at] for key in keys], np.int64) for at in (0, 1))
        self._first = np.array([elements[way.ops[0]] if way.ops else -1 for way in self.ways], np.int64)
        self._only = np.array([way.only for way in self.ways], bool)
        self._group = np.array([way.group for way in self.ways], np.int32)

    def _composites(self, rows: Sequence[Row], first: int) -> npt.NDArray[np.int32]:
        """The composite group of each diagnosis and treatment; the spelling that names the diagnosis most closely wins."""
        found = np.full((len(self.words.dx) + 2, len(TREATMENTS)), NOT_GIVEN, np.int32)
        entries = [(self.words.dx_codes.closeness(one), one, place, TREATMENTS.index(Treatment(row["treatment"]))) for place, row in enumerate(rows, first) for one in spelling.listed(row["dx"])]
        for _, one, place, treatment in sorted(entries):
            found[self.words.dx_named(one), treatment] = place
        return found

    def without_composite(self) -> list[str]:
        """The diagnoses that no composite group takes in: a stay of theirs that fits no core group is nowhere."""
        return [code for code, number in self.words.dx.items() if self._composite[number, 0] == NOT_GIVEN]

    def score(self, stays: Stays) -> Scores:
        """Score all stays."""
        block = stays.block
        done = self.operations(block)
        way = self._best(block, done)
        core = way != _NONE
        group = self._composite[block.main_dx, done.treatment]
        group[core] = self._group[way[core]]
        status = np.full(len(block), STATUSES.index(Status.COMPOSITE), np.int8)
        status[core] = STATUSES.index(Status.CORE)
        status[group == NOT_GIVEN] = STATUSES.index(Status.NOWHERE)
        status[block.main_dx == UNKNOWN] = STATUSES.index(Status.UNKNOWN_DIAGNOSIS)
        status[block.main_dx == ABSENT] = STATUSES.index(Status.NO_DIAGNOSIS)
        main = np.where(group >= 0, self.main[group], 0)
        score, counted, unjudged = scored(self.lines, self.scheme.auxiliary, stays, group, main)
        return Scores(status, group, np.where(core, way, NOT_GIVEN), main, score, counted, unjudged)

    def operations(self, block: Block) -> Operations:
        """The operations of each case that the scheme counts, each once, as numbers that can be looked up."""
        case = np.repeat(np.arange(len(block), dtype=np.int64), np.diff(block.op_starts))
        counts = self.words.treatment[block.op] > 0
        width = len(self.words.op) + 2
        each, _ = _counted(case[counts] * width + block.op[counts])
        case, op = each // width, each % width
        treatment = np.zeros(len(block), np.int8)
        np.maximum.at(treatment, case, self.words.treatment[op])
        lengths = self._element_starts[op + 1] - self._element_starts[op]
        at, element = np.repeat(case, lengths), self._element[_stretches(self._element_starts[op], lengths)]
        held, times = _counted(at * self._size + element)
        return Operations(treatment, np.bincount(case, minlength=len(block)), held, times)

    def _best(self, block: Block, done: Operations) -> Numbers:
        """The most preferred way of each case; _NONE for none."""
        best = np.where(done.count == 0, self._bare[block.main_dx], _NONE)
        case, element = done.held // self._size, done.held % self._size
        asked = block.main_dx[case].astype(np.int64) * self._size + element
        first, last = np.searchsorted(self._keys, asked, "left"), np.searchsorted(self._keys, asked, "right")
        case, way = np.repeat(case, last - first), self._way[_stretches(first, last - first)]
        fits, covered = np.ones(len(way), bool), done.times_of(case * self._size + self._first[way])
        for column in self._others.T:
            other = column[way]
            asks = other >= 0
            if not asks.any():
                break
            times = np.where(asks, done.times_of(case * self._size + other), 0)
            fits &= ~asks | (times > 0)
            covered = covered + times
        fits &= ~self._only[way] | (covered == done.count[case])
        np.minimum.at(best, case[fits], way[fits])
        return best

    def one(self, stay: Stay) -> Scored:
        return self.many([stay])[0]

    def many(self, stays: Sequence[Stay]) -> list[Scored]:
        """Some stays written out one by one."""
        return list(self._written(self.score(stays_of(stays, self.words)))) if stays else []

    def _written(self, found: Scores) -> Iterator[Scored]:
        for place, status in enumerate(found.status):
            group = found.group[place]
            if group < 0:
                yield Scored(STATUSES[status])
                continue
            counted, unjudged = (tuple(line.code for line, held in zip(self.lines, flags[:, place], strict=True) if held) for flags in (found.counted, found.unjudged))
            yield Scored(STATUSES[status], self.codes[group], int(found.main[place]), int(found.score[place]), counted, unjudged)


@dataclass(frozen=True)
class Operations:
    """What was done in each case: treatment, how many counted operations, and (case × element of a way) with how many operations belong to it."""

    treatment: npt.NDArray[np.int8]
    count: Numbers
    held: Numbers
    times: Numbers

    def times_of(self, keys: Numbers) -> Numbers:
        if not len(self.held):
            return np.zeros(len(keys), np.int64)
        place = np.minimum(np.searchsorted(self.held, keys), len(self.held) - 1)
        return np.where(self.held[place] == keys, self.times[place], 0)


def _counted(keys: Numbers) -> tuple[Numbers, Numbers]:
    """Each key once, in order, and how often it was there (sorting beats hashing here)."""
    ordered = np.sort(keys)
    firsts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))[: len(ordered)])
    return ordered[firsts], np.diff(np.append(firsts, len(ordered)))


def _stretches(starts: npt.NDArray[np.intp], lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The places starts[0], starts[0]+1, … of every stretch, one behind the other."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - lengths), lengths)

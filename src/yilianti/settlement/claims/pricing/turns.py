"""Whose turn it is: everybody's first claim in the order of discharge (then id), everybody's second, and so on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from yilianti.settlement.claims.pricing.block import Block, Where, some
from yilianti.settlement.claims.pricing.terms import KINDS


@dataclass(frozen=True)
class Turns:
    """An order of the claims in which each turn stands together, and in it what shares benefit and kind of care.

    People are numbered by how many claims they have, the most first: whoever has a k-th claim has a number below `sizes[k]`.
    """

    order: Where
    person: Where
    key: npt.NDArray[np.int64]
    sizes: Where

    @property
    def people(self) -> int:
        return int(self.sizes[0])

    @classmethod
    def of(cls, block: Block, by_person: Where) -> Turns:
        """Of the claims at these places, which stand by person, and each person's in order (see `people`)."""
        person = block.person[by_person]
        starts = np.flatnonzero(np.concatenate(([True], person[1:] != person[:-1])))
        counts = np.diff(np.append(starts, len(person)))
        number = np.empty_like(starts)
        number[np.argsort(-counts, kind="stable")] = np.arange(len(starts))
        turn = np.arange(len(person)) - np.repeat(starts, counts)
        sizes = np.bincount(turn)
        number = np.repeat(number, counts)
        place = np.concatenate(([0], np.cumsum(sizes)))[turn] + number
        order, who = np.empty_like(by_person), np.empty_like(number)
        order[place], who[place] = by_person, number
        alike = some(block.benefit, order) * len(KINDS) + some(block.kind, order)
        key = np.repeat(np.arange(len(sizes)) * (int(alike.max()) + 1), sizes) + alike
        if (np.diff(key) < 0).any():
            again = np.argsort(key, kind="stable")
            order, who, key = order[again], who[again], key[again]
        return cls(order, who, key, sizes)

    def parts(self) -> Iterator[slice]:
        """What goes through the steps together."""
        edges = np.concatenate(([0], np.flatnonzero(np.diff(self.key)) + 1, [len(self.key)]))
        for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            yield slice(start, end)

    def who(self, part: slice) -> slice | Where:
        """The people of a part: a slice where they stand together."""
        who = self.person[part]
        first, last = int(who[0]), int(who[-1])
        return slice(first, last + 1) if last - first + 1 == len(who) else who


def people(block: Block, most: int) -> list[Where]:
    """Places of the claims by person, day of discharge and rank, cut between people into pieces of about so many claims."""
    if not len(block):
        return []
    order = _sorted(block)
    person = block.person[order]
    cuts = sorted({0, *(int(np.searchsorted(person, person[at])) for at in range(most, len(order), most)), len(order)})
    return [order[start:end] for start, end in pairwise(cuts)]


def _sorted(block: Block) -> Where:
    """By person, day of discharge and id: by one number where they fit into it."""
    columns = [block.person, block.discharged - block.discharged.min(), block.rank]
    sizes = [int(column.max()) + 1 for column in columns]
    if all(int(column.min()) >= 0 for column in columns) and sizes[0] * sizes[1] * sizes[2] < 1 << 62:
        return np.argsort((columns[0] * sizes[1] + columns[1]) * sizes[2] + columns[2])
    return np.lexsort(columns[::-1])

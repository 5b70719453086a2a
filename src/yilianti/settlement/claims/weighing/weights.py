"""Relative weights and coefficients from the cases of a base period: exact sums, then the named formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yilianti.settlement.claims.weighing import formulas
from yilianti.settlement.claims.weighing.formulas import Numbers

NONE = -1


@dataclass(frozen=True)
class Weights:
    """By place of the group: cases and cost in the base, relative weight (NONE without any); and by (seat, group) likewise, a seat being an institution or a level: `seat` is that of each institution."""

    count: Numbers
    cost: Numbers
    weight: Numbers
    own_count: Numbers
    own_cost: Numbers
    seat: Numbers

    @property
    def mean(self) -> Numbers:
        """Mean cost of each group in fen, half-up; 0 without cases."""
        return np.array([formulas.mean_cost(int(cost), int(count)) if count else 0 for cost, count in zip(self.cost, self.count, strict=True)], np.int64)

    def coefficients(self, new_group: int | None) -> Numbers:
        """Institution × group; that of a new group (no cases of it at the seat in the base), or NONE where the place gives none."""
        found = np.full(self.own_count.shape, NONE if new_group is None else new_group, np.int64)
        for at, group in zip(*np.nonzero((self.own_count > 0) & (self.cost > 0)), strict=True):
            found[at, group] = formulas.coefficient(int(self.own_cost[at, group]), int(self.own_count[at, group]), int(self.cost[group]), int(self.count[group]))
        return found[self.seat]


def of_cases(institution: npt.NDArray[np.int32], group: npt.NDArray[np.int32], cost: Numbers, *, seats: Sequence[str], groups: int) -> Weights:
    """From the cases that are paid by their group (see `paying.weighed`); `seats` names for each institution whose mean counts as its own."""
    names = {name: number for number, name in enumerate(dict.fromkeys(seats))}
    seat = np.array([names[name] for name in seats], np.int64)
    own_count, own_cost = np.zeros((len(names), groups), np.int64), np.zeros((len(names), groups), np.int64)
    np.add.at(own_count, (seat[institution], group), 1)
    np.add.at(own_cost, (seat[institution], group), cost)
    count, total = own_count.sum(axis=0), own_cost.sum(axis=0)
    cases, all_cost = int(count.sum()), int(total.sum())
    weight = [formulas.relative_weight(int(one), int(n), all_cost, cases) if n and all_cost else NONE for one, n in zip(total, count, strict=True)]
    return Weights(count, total, np.array(weight, np.int64), own_count, own_cost, seat)


def published(weights: Weights, codes: list[str], given: dict[str, int]) -> Weights:
    """The same base with the weights that a place publishes; a group that it does not name has none."""
    return Weights(weights.count, weights.cost, np.array([given.get(code, NONE) for code in codes], np.int64), weights.own_count, weights.own_cost, weights.seat)

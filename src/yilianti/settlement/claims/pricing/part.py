"""The claims that go through the steps together: one benefit, one kind of care, one claim a person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from yilianti.settlement.claims.pricing.benefits import Benefit
from yilianti.settlement.claims.pricing.block import Block, Chain, Fen, Flags, Prices, Where
from yilianti.settlement.claims.pricing.memory import Memory
from yilianti.settlement.claims.pricing.terms import AREAS, BIT, GAP, WAYS, Area, Gap, Group, Kind, Way
from yilianti.settlement.claims.pricing.trace import Trace

HERE = AREAS.index(Area.HERE)


@dataclass(frozen=True)
class Part:
    """Claims, what their people have used up, and what is found of them; `chain` and `before` (the stays they follow) where any claim of the block follows another."""

    claims: Block
    kind: Kind
    held: Memory
    benefit: Benefit
    found: Prices
    trace: Trace
    chain: Chain | None = None
    before: Chain | None = None

    @cached_property
    def is_given(self) -> Flags:
        """The basic fund's part has been settled before."""
        return np.asarray(self.claims.given_basic >= 0)

    @cached_property
    def is_any_given(self) -> bool:
        return bool(self.is_given.any())

    @cached_property
    def is_outside(self) -> Flags:
        return np.asarray(self.claims.area != HERE)

    @cached_property
    def follows(self) -> Flags:
        return np.asarray(self.claims.follows >= 0)

    @cached_property
    def elsewhere(self) -> Where:
        """Places of the claims whose area and way the policy for care elsewhere names."""
        rule = self.benefit.elsewhere
        return np.flatnonzero(rule.stated[self.claims.area, self.claims.way]) if rule is not None else np.zeros(0, np.intp)

    def or_given(self, reckoned: Fen, given: Fen) -> Fen:
        """What was settled before, where it was; else what is reckoned."""
        return np.where(self.is_given, given, reckoned) if self.is_any_given else reckoned

    def belongs(self, group: Group) -> Flags:
        held = self.claims.has(BIT[group])
        return held | (self.claims.way == WAYS.index(Way.REFERRED)) if group is Group.REFERRED else held

    def lack(self, gap: Gap, where: Flags) -> None:
        """Note what the policy does not say, the first of them."""
        if where.any():
            self.found.gap[where & (self.found.gap == GAP[Gap.NONE])] = GAP[gap]

    def is_kind(self, *kinds: Kind) -> bool:
        return self.kind in kinds


"""The claims that go through the steps together: one benefit, one kind of care, one claim a person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yilianti.settlement.claims.pricing.benefits import Benefit
from yilianti.settlement.claims.pricing.block import Block, Flags, Prices
from yilianti.settlement.claims.pricing.memory import Memory
from yilianti.settlement.claims.pricing.terms import AREAS, BIT, GAP, WAYS, Area, Gap, Group, Kind, Way
from yilianti.settlement.claims.pricing.trace import Trace

HERE = AREAS.index(Area.HERE)


@dataclass(frozen=True)
class Part:
    """Claims, what their people have used up, the stays they follow, and what is found of them."""

    claims: Block
    kind: Kind
    held: Memory
    before: Prices
    before_level: np.ndarray
    benefit: Benefit
    found: Prices
    trace: Trace

    @property
    def is_given(self) -> Flags:
        """The basic fund's part has been settled before."""
        return np.asarray(self.claims.given_basic >= 0)

    @property
    def is_outside(self) -> Flags:
        return np.asarray(self.claims.area != HERE)

    @property
    def follows(self) -> Flags:
        return np.asarray(self.claims.follows >= 0)

    def belongs(self, group: Group) -> Flags:
        held = self.claims.has(BIT[group])
        return held | (self.claims.way == WAYS.index(Way.REFERRED)) if group is Group.REFERRED else held

    def lack(self, gap: Gap, where: Flags) -> None:
        """Note what the policy does not say, the first of them."""
        self.found.gap[where & (self.found.gap == 0)] = GAP[gap]

    def is_kind(self, *kinds: Kind) -> bool:
        return self.kind in kinds


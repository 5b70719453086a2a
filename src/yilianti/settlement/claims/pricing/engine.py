"""The evaluator: claims in the order of discharge, the k-th claim of every person together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from yilianti.settlement.claims.pricing import basic, beyond
from yilianti.settlement.claims.pricing.benefits import Benefit
from yilianti.settlement.claims.pricing.block import Block, Prices
from yilianti.settlement.claims.pricing.memory import Memory
from yilianti.settlement.claims.pricing.part import Part
from yilianti.settlement.claims.pricing.terms import GAP, KINDS, Gap
from yilianti.settlement.claims.pricing.trace import QUIET, Trace
from yilianti.settlement.claims.pricing.turns import Turns


def price(block: Block, benefits: Sequence[Benefit], traces: Sequence[Trace] | None = None) -> Prices:
    """Who pays how much of each claim.

    A claim whose place's policy does not say enough has a gap and no shares, and so have the later ones of that person in that year.
    With a trace for each claim they go one by one through the same steps, and each leaves its working.
    """
    if not len(block):
        return Prices.empty(0)
    turns = Turns.of(block)
    # Put in order once: from here on, what goes through the steps together stands together, and is looked at in place.
    ordered = block.some(turns.order)
    place = np.empty_like(turns.order)
    place[turns.order] = np.arange(len(block))
    if ordered.follows.max() >= 0:
        ordered = replace(ordered, follows=np.where(ordered.follows >= 0, place[ordered.follows], -1))
    found, memory = Prices.empty(len(block)), Memory.of(turns.people)
    for some in turns.parts() if traces is None else (slice(one, one + 1) for one in range(len(block))):
        claims, who = ordered.some(some), turns.who(some)
        held = memory.some(who)
        held.forget(claims.year)
        _price(claims, ordered, found, some, held, benefits, QUIET if traces is None else traces[int(turns.order[some][0])])
        if not isinstance(who, slice):
            memory.put(who, held)
    return found.some(place)


def _price(claims: Block, ordered: Block, found: Prices, some: slice, held: Memory, benefits: Sequence[Benefit], trace: Trace) -> None:
    """The steps, over claims of one benefit and one kind of care, one claim a person."""
    follows = claims.follows >= 0
    earlier = np.maximum(claims.follows, 0)
    before, level = (found.some(earlier), ordered.level[earlier]) if follows.any() else (Prices.empty(len(claims)), claims.level)
    part = Part(claims, KINDS[int(claims.kind[0])], held, before, level, benefits[int(claims.benefit[0])], found.some(some), trace)
    part.lack(Gap.EARLIER, (held.broken > 0) | (follows & (before.gap > 0)))
    basic.scope(part)
    basic.fund(part)
    beyond.insure(part)
    beyond.aid(part)
    _withhold(part)


def _withhold(part: Part) -> None:
    """A claim with a gap has no shares: half a price is none."""
    gap = part.found.gap != GAP[Gap.NONE]
    if not gap.any():
        return
    part.held.broken[gap] = 1
    for amounts in (part.found.deductible, part.found.basic, part.found.catastrophic, part.found.aid):
        amounts[gap] = 0

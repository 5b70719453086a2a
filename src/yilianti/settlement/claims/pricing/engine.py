"""The evaluator: claims in the order of discharge, the k-th claim of every person together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from yilianti.settlement.claims.pricing import basic, beyond
from yilianti.settlement.claims.pricing.benefits import Benefit
from yilianti.settlement.claims.pricing.block import Block, Prices, Where
from yilianti.settlement.claims.pricing.memory import Memory
from yilianti.settlement.claims.pricing.part import Part
from yilianti.settlement.claims.pricing.terms import GAP, KINDS, Gap
from yilianti.settlement.claims.pricing.trace import QUIET, Trace


def price(block: Block, benefits: Sequence[Benefit], traces: Sequence[Trace] | None = None) -> Prices:
    """Who pays how much of each claim.

    A claim whose place's policy does not say enough has a gap and no shares, and so have the later ones of that person in that year.
    With a trace for each claim they go one by one through the same steps, and each leaves its working.
    """
    found = Prices.empty(len(block))
    _, person = np.unique(block.person, return_inverse=True)
    memory = Memory.of(int(person.max()) + 1 if len(block) else 0)
    for take in rounds(block):
        for some in _alike(block, take) if traces is None else np.split(take, len(take)):
            trace = QUIET if traces is None else traces[int(some[0])]
            priced, held = _part(block, some, found, memory.some(person[some]).in_year(block.year[some]), benefits, trace)
            found.put(some, priced)
            memory.put(person[some], held)
    return found


def rounds(block: Block) -> Iterator[Where]:
    """Places of claims: everybody's first in the order of discharge (then id), everybody's second, and so on."""
    if not len(block):
        return
    order = np.lexsort((block.rank, block.discharged, block.person))
    person = block.person[order]
    starts = np.flatnonzero(np.concatenate(([True], person[1:] != person[:-1])))
    turn = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    by_turn = np.argsort(turn, kind="stable")
    yield from np.split(order[by_turn], np.flatnonzero(np.diff(turn[by_turn])) + 1)


def _alike(block: Block, take: Where) -> Iterator[Where]:
    """The claims of a round by benefit and kind of care."""
    key = block.benefit[take] * len(KINDS) + block.kind[take]
    order = np.argsort(key, kind="stable")
    yield from np.split(take[order], np.flatnonzero(np.diff(key[order])) + 1)


def _part(block: Block, some: Where, found: Prices, held: Memory, benefits: Sequence[Benefit], trace: Trace) -> tuple[Prices, Memory]:
    claims = block.some(some)
    before = np.maximum(claims.follows, 0)
    part = Part(claims, KINDS[int(claims.kind[0])], held, found.some(before), block.level[before], benefits[int(claims.benefit[0])], Prices.empty(len(some)), trace)
    part.lack(Gap.EARLIER, (held.broken > 0) | ((claims.follows >= 0) & (part.before.gap > 0)))
    basic.scope(part)
    basic.fund(part)
    beyond.insure(part)
    beyond.aid(part)
    _withhold(part)
    return part.found, part.held


def _withhold(part: Part) -> None:
    """A claim with a gap has no shares: half a price is none."""
    gap = part.found.gap != GAP[Gap.NONE]
    part.held.broken[gap] = 1
    for amounts in (part.found.deductible, part.found.basic, part.found.catastrophic, part.found.aid):
        amounts[gap] = 0

"""The evaluator: claims in the order of discharge, the k-th claim of every person together."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from yilianti.settlement.claims.pricing import basic, beyond
from yilianti.settlement.claims.pricing.benefits import Benefit
from yilianti.settlement.claims.pricing.block import Block, Chain, Prices, Where
from yilianti.settlement.claims.pricing.memory import Memory
from yilianti.settlement.claims.pricing.part import Part
from yilianti.settlement.claims.pricing.terms import GAP, KINDS, Gap
from yilianti.settlement.claims.pricing.trace import QUIET, Trace
from yilianti.settlement.claims.pricing.turns import Turns, people

#: Claims taken at once, two such pieces side by side: nobody's claims depend on those of another person, and numpy lets go of the interpreter while it counts.
_PIECE = 200_000


def price(block: Block, benefits: Sequence[Benefit], traces: Sequence[Trace] | None = None) -> Prices:
    """Who pays how much of each claim.

    A claim whose place's policy does not say enough has a gap and no shares, and so have the later ones of that person in that year.
    With a trace for each claim they go one by one through the same steps, and each leaves its working.
    """
    found = Prices.empty(len(block))
    found.in_scope[:] = block.in_scope
    pieces = people(block, _PIECE if traces is None else len(block))
    if len(pieces) > 1:
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda piece: _piece(block, piece, found, benefits, None), pieces))
    else:
        for piece in pieces:
            _piece(block, piece, found, benefits, traces)
    return found


def _piece(block: Block, by_person: Where, found: Prices, benefits: Sequence[Benefit], traces: Sequence[Trace] | None) -> None:
    """All claims of some people, in turns."""
    turns = Turns.of(block, by_person)
    # Put in order once: from here on, what goes through the steps together stands together, and is looked at in place.
    ordered, chain = _chained((block if traces else block.bare).some(turns.order), turns.order, len(block))
    prices, memory = Prices.empty(len(ordered)), Memory.of(turns.people)
    prices.in_scope[:] = found.in_scope[turns.order]
    for some in turns.parts() if traces is None else (slice(one, one + 1) for one in range(len(ordered))):
        claims, who = ordered.some(some), turns.who(some)
        held = memory.some(who)
        held.forget(claims.year)
        part = Part(claims, KINDS[int(claims.kind[0])], held, benefits[int(claims.benefit[0])], prices.some(some), QUIET if traces is None else traces[int(turns.order[some][0])])
        if chain is not None:
            part = replace(part, chain=chain.some(some), before=chain.some(np.maximum(claims.follows, 0)) if part.follows.any() else None)
        _price(part)
        if not isinstance(who, slice):
            memory.put(who, held)
    found.put(turns.order, prices)


def _chained(ordered: Block, order: Where, size: int) -> tuple[Block, Chain | None]:
    """`follows` as places in the order, and the chains kept; None where nothing follows anything."""
    if ordered.follows.max() < 0:
        return ordered, None
    place = np.zeros(size, np.intp)
    place[order] = np.arange(len(order))
    return replace(ordered, follows=np.where(ordered.follows >= 0, place[ordered.follows], -1)), Chain.empty(len(order))


def _price(part: Part) -> None:
    """The steps, over claims of one benefit and one kind of care, one claim a person."""
    earlier = part.held.broken > 0
    part.lack(Gap.EARLIER, earlier if part.before is None else earlier | (part.follows & (part.before.gap > 0)))
    basic.scope(part)
    basic.fund(part)
    beyond.insure(part)
    beyond.aid(part)
    _withhold(part)


def _withhold(part: Part) -> None:
    """A claim with a gap has no shares: half a price is none."""
    gap = part.found.gap != GAP[Gap.NONE]
    if part.chain is not None:
        part.chain.gap[:], part.chain.level[:] = gap, part.claims.level
    if not gap.any():
        return
    part.held.broken[gap] = 1
    for amounts in (part.found.deductible, part.found.basic, part.found.catastrophic, part.found.aid):
        amounts[gap] = 0

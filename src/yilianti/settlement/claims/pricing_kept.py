"""Prices of stored claims: a year of a person as a whole, in the order of discharge, whatever the order of filing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from yilianti.kernel import batching
from yilianti.settlement.claims import written
from yilianti.settlement.claims.keeping import SHARES
from yilianti.settlement.claims.models import Claim, ClaimPrice
from yilianti.settlement.claims.pricing import telling
from yilianti.settlement.claims.pricing.engine import price as reckon
from yilianti.settlement.claims.pricing.making import made
from yilianti.settlement.claims.pricing.terms import GAPS, Gap, Way
from yilianti.settlement.claims.pricing.trace import Trace
from yilianti.settlement.claims.written import Kept

_PRICED = ("gap", *SHARES, "policy_refs")
_WRITTEN = [*_PRICED, "way", "referral", "follows", "turn"]
Result = dict[str, object]


def price(years: Iterable[tuple[int, int]], at: datetime) -> int:
    """Price every claim of these (resident, year), and of next years that follow them; how many came out otherwise than before. Each of those leaves a line. The caller holds the people."""
    kept = written.of_years(years)
    ways = {row.pk: (row.way, row.referral, row.follows_id) for row in kept.rows}
    written.settle_ways(kept)
    found = results(kept, at)
    touched, lines = [], []
    for row in kept.rows:
        if (kept.same[row.resident_id], row.discharged_on.year) not in kept.asked:
            continue
        result = found[row.pk]
        is_other = any(getattr(row, name) != result[name] for name in _PRICED) or not row.turn
        if is_other or ways[row.pk] != (row.way, row.referral, row.follows_id):
            touched.append(row)
        if is_other:
            lines.append(_line(row, result, at))
    batching.update_many(touched, _WRITTEN)
    batching.insert(lines)
    return len(lines)


def _line(row: Claim, result: Result, at: datetime) -> ClaimPrice:
    """The row takes its new price; the line to keep of it."""
    row.turn += 1
    for name in _PRICED:
        setattr(row, name, result[name])
    return ClaimPrice(claim=row, turn=row.turn, version=row.version, at=at, total=row.total, hospital=row.hospital, **result)


def results(kept: Kept, at: datetime) -> dict[int, Result]:
    """What the policies make of each claim: shares, gap, and the editions used, by primary key."""
    ready = written.written(kept, at)
    ids = {row.number: row.pk for row in kept.rows}
    found = {pk: _nothing(gap) for pk, gap in ready.gaps.items()}
    if not ready.claims:
        return found
    block = made(ready.claims)
    prices = reckon(block.block, [one.benefit for one in block.holdings])
    for place, claim in enumerate(ready.claims):
        gap = GAPS[int(prices.gap[place])]
        amounts = telling.amounts(block.block, prices, place)
        refs = sorted(block.of(place).refs)
        found[ids[claim.id]] = _nothing(str(gap.value)) if gap is not Gap.NONE else {"gap": "", **{name: amounts[name] for name in SHARES}, "policy_refs": refs}
    return found


def _nothing(gap: str) -> Result:
    return {"gap": gap, **dict.fromkeys(SHARES, 0), "policy_refs": []}


def working(row: Claim, at: datetime) -> list[Trace]:
    """Every step of this claim's price, by the same evaluator over the person's year with a trace; empty where it has none."""
    ready = written.written(written.of_years([(row.resident_id, row.discharged_on.year)]), at)
    if row.number not in {claim.id for claim in ready.claims}:
        return []
    block, traces = made(ready.claims), [Trace() for _ in ready.claims]
    reckon(block.block, [one.benefit for one in block.holdings], traces)
    return [trace for claim, trace in zip(ready.claims, traces, strict=True) if claim.id == row.number]


def otherwise(row: Claim, way: Way, at: datetime) -> Result:
    """What the claim would come to had its person come by another way, following no other stay; writes nothing. Empty where it cannot be priced."""
    kept = written.of_years([(row.resident_id, row.discharged_on.year)])
    for one in kept.rows:
        if one.pk == row.pk:
            one.way, one.follows = way.value, None
    return results(kept, at).get(row.pk, {})

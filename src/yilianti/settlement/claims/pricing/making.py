"""Claims as written, with the policies of their places and days, made into a block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.settlement.claims.pricing import places
from yilianti.settlement.claims.pricing.block import Block, block_of
from yilianti.settlement.claims.pricing.claim import Claim, ClaimsRefused, depth
from yilianti.settlement.claims.pricing.places import Holding
from yilianti.settlement.claims.pricing.terms import AREAS, BIT, KINDS, LEVELS, WAYS


@dataclass(frozen=True)
class Made:
    """The block, and the holding of each claim."""

    block: Block
    holdings: tuple[Holding, ...]
    places: tuple[int, ...]

    def of(self, number: int) -> Holding:
        return self.holdings[self.places[number]]


def made(claims: list[Claim]) -> Made:
    """Raises ClaimsRefused where a place is not known or has no policy on the day of discharge."""
    found, faults = {}, []
    for case in dict.fromkeys((claim.discharged_on, claim.place) for claim in claims):
        try:
            found[case] = places.holding(*case)
        except Refused as silent:
            faults += [f"费用 {claim.id} 的 discharged_on 为“{claim.discharged_on}”：{silent.zh}" for claim in claims if (claim.discharged_on, claim.place) == case]
    known = {edition.place for edition in policybook.current()}
    faults += [f"费用 {claim.id} 的 consortium 为“{claim.place.consortium}”：没有这个医共体的政策；只按区划计算的，不写 consortium。"
               for claim in claims if claim.place.consortium and f"local/{claim.place.consortium}" not in known]  # fmt: skip
    if faults:
        raise ClaimsRefused(faults)
    holdings = {held.refs: held for held in found.values()}
    numbers = {refs: number for number, refs in enumerate(holdings)}
    where = [numbers[found[claim.discharged_on, claim.place].refs] for claim in claims]
    people = {person: number for number, person in enumerate(sorted({claim.person for claim in claims}))}
    by_id = {claim.id: claim for claim in claims}
    in_order = sorted(claims, key=lambda one: (one.admitted_on, depth(one, by_id), one.id))  # of those discharged on one day
    ranks = {claim.id: number for number, claim in enumerate(in_order)}
    ids = {claim.id: number for number, claim in enumerate(claims)}
    block = block_of([_row(claim, people, ranks, ids) for claim in claims])
    block.benefit[:] = np.array(where)
    return Made(block, tuple(holdings.values()), tuple(where))


def _row(claim: Claim, people: dict[str, int], ranks: dict[str, int], ids: dict[str, int]) -> dict[str, int]:
    return {
        "person": people[claim.person], "rank": ranks[claim.id], "discharged": claim.discharged_on.toordinal(), "year": claim.discharged_on.year,
        "kind": KINDS.index(claim.kind), "level": LEVELS.index(claim.level), "area": AREAS.index(claim.area), "way": WAYS.index(claim.way),
        "groups": sum(BIT[one] for one in set(claim.groups)), "grade": claim.grade, "signed": int(claim.signed), "diseases": claim.diseases,
        "follows": ids[claim.follows] if claim.follows else -1, **claim.amounts, **{f"given_{name}": fen for name, fen in claim.settled.items()},
    }  # fmt: skip

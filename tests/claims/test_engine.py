"""The evaluator over arrays, against the slow reading of the same policies; and what holds whatever the claims."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.claims import random_claims, reference
from yilianti import policybook
from yilianti.policybook.places import Place
from yilianti.settlement.claims.pricing import Prices, Trace, engine, price
from yilianti.settlement.claims.pricing.block import Block
from yilianti.settlement.claims.pricing.claim import Claim
from yilianti.settlement.claims.pricing.making import made

TRIAL = Place("trial")


@pytest.fixture(autouse=True, scope="module")
def trial() -> Iterator[None]:
    policybook.open_at(random_claims.HOME)
    yield
    policybook.open_at(None)


def priced(claims: list[Claim], traced: bool = False) -> tuple[Block, Prices]:
    ready = made(claims)
    return ready.block, price(ready.block, [one.benefit for one in ready.holdings], [Trace() for _ in claims] if traced else None)


def shares(found: Prices) -> list[tuple[int, ...]]:
    return list(zip(*(column.tolist() for column in (found.deductible, found.basic, found.catastrophic, found.aid, found.gap)), strict=True))


def test_ten_thousand_claims_together_cost_what_they_cost_one_by_one_and_read_slowly() -> None:
    claims = random_claims.claims(10_000)
    _, together = priced(claims)
    _, one_by_one = priced(claims, traced=True)
    assert shares(together) == shares(one_by_one)
    slowly = reference.price_all(claims)
    for claim, (*found, gap) in zip(claims, shares(together), strict=True):
        assert (None if gap else tuple(found)) == slowly[claim.id], claim
    silent = sum(one is None for one in slowly.values())
    assert 500 < silent < 7_000, "both kinds should be in the sample"
    assert all((column > 0).sum() > 300 for column in (together.deductible, together.basic, together.catastrophic, together.aid))


def identities(block: Block, found: Prices) -> None:
    of = found.shares(block)
    assert (of["fund"] + of["person"] + of["hospital"] == block.total).all()
    assert (found.basic + found.catastrophic + found.aid == of["fund"]).all()
    assert (found.in_scope == block.total - block.fully_own - block.over_limit - block.first_self - block.hospital).all()
    for amounts in (*of.values(), found.deductible, found.basic, found.catastrophic, found.aid):
        assert (amounts >= 0).all()
    assert (found.deductible + found.basic <= found.in_scope).all()
    assert (of["fund"] <= found.in_scope).all()


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_identities_hold_and_the_order_of_import_does_not_matter(seed: int) -> None:
    claims = random_claims.claims(60, seed)
    block, found = priced(claims)
    identities(block, found)
    again = claims[:]
    random.Random(seed).shuffle(again)
    _, other = priced(again)
    assert dict(zip((one.id for one in claims), shares(found), strict=True)) == dict(zip((one.id for one in again), shares(other), strict=True))


@given(seed=st.integers(0, 10_000), base=st.integers(1, 60_000_000), more=st.integers(1, 5_000_000))
@settings(max_examples=120, deadline=None)
def test_a_higher_bill_never_lowers_the_share_of_the_fund(seed: int, base: int, more: int) -> None:
    """Of that claim: what is in scope grows, the rest stays. (Later claims of the year may get less: the caps are nearer.)"""
    one = replace(random_claims.claims(1, seed)[0], follows="", amounts={"total": 0, "fully_own": 0, "over_limit": 0, "first_self": 0, "hospital": 0})
    bills = [base, base + 1, base + more]
    _, found = priced([replace(one, id=str(n), person=str(n), amounts={**one.amounts, "total": bill}) for n, bill in enumerate(bills)])
    if not found.gap.any():
        for lower, higher in pairwise(range(3)):
            assert found.fund[lower] <= found.fund[higher]
            # Two parts that are rounded each by itself may both gain a fen.
            assert found.fund[higher] - found.fund[lower] <= bills[higher] - bills[lower] + 1


@given(seed=st.integers(0, 10_000), which=st.integers(0, 10), more=st.integers(1, 30_000_000))
@settings(max_examples=80, deadline=None)
def test_a_higher_bill_never_lowers_what_the_fund_pays_in_the_year(seed: int, which: int, more: int) -> None:
    """Of one person: what a cap takes from a later claim, the earlier one has had before. Each part of each claim is rounded by itself, so a few fen may go."""
    mine = [claim for claim in random_claims.claims(12, seed, [TRIAL]) if claim.person == "1"]
    before = priced(mine)[1]
    one = mine[which % len(mine)]
    after = priced([replace(claim, amounts={**claim.amounts, "total": claim.amounts["total"] + more}) if claim is one else claim for claim in mine])[1]
    if before.gap.any() or after.gap.any():
        return
    years = np.array([claim.discharged_on.year for claim in mine])
    for year in set(years):
        here = years == year
        assert int(before.fund[here].sum()) - int(after.fund[here].sum()) <= 4 * int(here.sum())


def test_every_band_edge_and_cap_is_monotone_to_the_fen() -> None:
    """Bills a fen apart around the edges of the trial ladder."""
    one = next(claim for claim in random_claims.claims(200, 3, [TRIAL]) if claim.kind.value == "inpatient")
    bills = [edge + step for edge in (80_000, 2_000_000, 2_080_000, 10_000_000, 30_000_000) for step in range(-300, 300)]
    for level in ("township", "level2", "level3"):
        _, found = priced([replace(one, id=str(n), person=str(n), follows="", groups=(), level=type(one.level)(level), amounts={**dict.fromkeys(one.amounts, 0), "total": bill}) for n, bill in enumerate(bills)])
        gained, grown = np.diff(found.fund), np.diff(np.array(bills))
        assert (gained >= 0).all() and (gained <= grown).all()


@pytest.mark.parametrize("piece", [1, 37, 400])
def test_pieces_side_by_side_cost_what_the_whole_costs(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many people at once are taken in pieces by two threads; referred stays stay together, and a year may have any name."""
    claims = random_claims.claims(1_000, 5)
    block, whole = priced(claims)
    monkeypatch.setattr(engine, "_PIECE", piece)
    benefits = [one.benefit for one in made(claims).holdings]
    for years in (block.year, block.year - block.year.min()):
        assert shares(price(replace(block, year=years), benefits)) == shares(whole)


def test_an_empty_block_costs_nothing() -> None:
    block, found = priced(random_claims.claims(5, 1))
    none = np.array([], np.intp)
    assert len(price(block.some(none), []).basic) == 0 and len(found.basic) >= 5

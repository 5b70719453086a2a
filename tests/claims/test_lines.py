"""Charge lines summed to claims: exact, in any order."""

from __future__ import annotations

import random
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilianti.settlement.claims.pricing import lines

AMOUNT = st.integers(-(1 << 40), 1 << 40)


@given(rows=st.lists(st.tuples(st.one_of(st.integers(-5, 5), st.integers(-(1 << 60), 1 << 60)), AMOUNT, AMOUNT), max_size=60))
@settings(max_examples=80, deadline=None)
def test_sums_are_those_of_plain_counting(rows: list[tuple[int, int, int]]) -> None:
    expected: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for claim, first, second in rows:
        expected[claim][0] += first
        expected[claim][1] += second
    claim, first, second = (np.array([row[place] for row in rows], np.int64) for place in range(3))
    numbers, sums = lines.summed(claim, {"first": first, "second": second})
    assert numbers.tolist() == sorted(expected)
    assert list(zip(sums["first"].tolist(), sums["second"].tolist(), strict=True)) == [tuple(expected[one]) for one in sorted(expected)]


@given(rows=st.lists(st.tuples(st.integers(0, 6), st.integers(1, 1 << 40)), min_size=1, max_size=40), taken_back=st.integers(0, 40), order=st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_net_sums_do_not_depend_on_the_order_of_import(rows: list[tuple[int, int]], taken_back: int, order: random.Random) -> None:
    """A correction is a new line with the amount taken back; lines may come in any order, in one piece or in two."""
    given = [*rows, *((claim, -amount) for claim, amount in rows[:taken_back])]
    moved = given[:]
    order.shuffle(moved)
    found = [lines.summed(*arrays(given)), lines.summed(*arrays(moved))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_MANY", 1)
        found.append(lines.summed(*arrays(moved)))
    told = [dict(zip(numbers.tolist(), sums["total"].tolist(), strict=True)) for numbers, sums in found]
    assert told[0] == told[1] == told[2] == {claim: sum(amount for other, amount in rows[taken_back:] if other == claim) for claim, _ in given}


def arrays(rows: list[tuple[int, int]]) -> tuple[lines.Numbers, dict[str, lines.Fen]]:
    claim, total = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    return claim, {"total": total}


@pytest.mark.parametrize("spread", [1, 1_000_003], ids=["close numbers", "scattered numbers"])
def test_more_lines_than_are_taken_at_once_and_no_float_on_the_way(spread: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """2**53 + 1 is the first whole number that a float cannot hold."""
    monkeypatch.setattr(lines, "_MANY", 7)
    claim = np.repeat(np.array([3, 1, 2, 1], np.int64), 10) * spread
    numbers, sums = lines.summed(claim, {"total": np.full(40, (1 << 53) + 1, np.int64)})
    assert numbers.tolist() == [1 * spread, 2 * spread, 3 * spread]
    assert sums["total"].tolist() == [20 * ((1 << 53) + 1), 10 * ((1 << 53) + 1), 10 * ((1 << 53) + 1)]


def test_no_lines_are_no_claims() -> None:
    none = np.array([], np.int64)
    numbers, sums = lines.summed(none, {"total": none})
    assert len(numbers) == len(sums["total"]) == 0

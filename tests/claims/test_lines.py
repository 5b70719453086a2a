"""Charge lines summed to claims: exact, in any order."""

from __future__ import annotations

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

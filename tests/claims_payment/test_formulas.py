"""The formulas one by one, and what must hold whatever the numbers are."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilianti.kernel.finding import Refused
from yilianti.settlement.claims.weighing import formulas, paying, results
from yilianti.settlement.claims.weighing.paying import BECAUSES, STANDINGS, Costs, Paid
from yilianti.settlement.claims.weighing.rules import Rules
from yilianti.settlement.claims.weighing.terms import Because, Incomplete, Method, Standing

POINTS = Rules(Method.POINTS, Incomplete.WITH_COEFFICIENT, 10_000, return_days=15, return_keeps=5_000, fewest_cases=3, bed_days={"PSY": 45_000}, budget=90_000_000, reserve=1_234_567)


def arr(*values: int) -> formulas.Numbers:
    return np.array(values, np.int64)


def cases(count: int, seed: int) -> Costs:
    chance = np.random.default_rng(seed)
    admitted = np.sort(chance.integers(0, 60, count))  # few persons, so that stays meet; overlap is the reader's to refuse
    return Costs(
        pa.array([str(one) for one in range(count)]), chance.integers(0, 3, count).astype(np.int32), pa.array(chance.choice(["甲", "乙", ""], count)), chance.integers(-1, 4, count).astype(np.int32),
        chance.integers(1, 9_000_000, count), chance.integers(0, 70, count).astype(np.int32), chance.integers(-1, max(1, count // 3), count), admitted, admitted + chance.integers(0, 5, count),
        chance.random(count) < 0.2, chance.random(count) < 0.85, np.where(chance.random(count) < 0.1, 0, -1).astype(np.int32), np.where(chance.random(count) < 0.3, chance.integers(0, 900_000, count), -1),
        ("一", "二", "三"), ("A", "B", "C", "D"), ("PSY",),
    )  # fmt: skip


@given(st.integers(0, 10**12), st.integers(0, 10**9), st.integers(1, 10**9))
def test_products_are_exact_whatever_their_size(value: int, factor: int, bottom: int) -> None:
    exact = (Decimal(value) * factor / bottom).quantize(Decimal(1), ROUND_HALF_UP) if value * factor < 10**20 else Decimal(formulas.half_up(value * factor, bottom))
    if exact < 2**63:
        assert formulas.scaled(arr(value), arr(factor), arr(bottom))[0] == int(exact) == formulas.half_up(value * factor, bottom)


@given(st.lists(st.integers(0, 10**10), min_size=1, max_size=40).filter(any), st.integers(0, 10**13))
def test_pay_and_what_is_left_make_the_pool(points: list[int], pool: int) -> None:
    value = formulas.point_value(pool, sum(points))
    pay = formulas.pay_by_points(arr(*points), value)
    # half a hundredth of a fen in the value for every point, half a fen in every pay
    assert 2 * abs(pool - int(pay.sum())) <= sum(points) // (formulas.UNIT * formulas.VALUE) + len(points) + 2


@given(st.integers(1, 10**8), st.integers(1, 100_000), st.integers(0, 10**9), st.integers(1, 10**8))
def test_an_incomplete_stay_is_never_above_its_base_and_grows_with_its_cost(base: int, coefficient: int, cost: int, mean: int) -> None:
    for one in (formulas.incomplete_without_coefficient(arr(base, base), arr(cost, cost + 100), arr(mean, mean)), formulas.incomplete_with_coefficient(arr(base, base), arr(coefficient, coefficient), arr(cost, cost + 100), arr(mean, mean))):
        assert 0 <= one[0] <= one[1] <= base


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 2), st.integers(0, 40), st.integers(0, 6), st.booleans()), max_size=25), st.integers(0, 20))
def test_who_came_back_agrees_with_the_slow_reading(stays: list[tuple[int, int, int, int, bool]], days: int) -> None:
    person, group, admitted, length, excused = (np.array([stay[at] for stay in stays], np.int64) for at in range(5))
    found = formulas.returned_too_soon(person, group, admitted, admitted + length, excused.astype(bool), days)
    order = sorted(range(len(stays)), key=lambda at: (admitted[at], admitted[at] + length[at], at))
    for place, at in enumerate(order):
        later = [other for other in order[place + 1 :] if person[other] == person[at] >= 0 and group[other] == group[at] >= 0 and not excused[other]]
        assert found[at] == bool(later and admitted[later[0]] - (admitted[at] + length[at]) <= days)


@settings(max_examples=60, deadline=None)
@given(st.integers(5, 120), st.integers(0, 10**6))
def test_identities_of_a_settlement(count: int, seed: int) -> None:
    made = cases(count, seed)
    try:
        found = paying.paid(made, POINTS)
    except Refused as refusal:
        assert refusal.code in {"no_incomplete", "nothing_to_share"}
        return
    has = found.pay >= 0
    assert POINTS.budget is not None and found.value is not None
    assert POINTS.budget - POINTS.reserve == int(found.pay[has].sum()) + found.left
    assert (has == (found.points >= 0)).all() and (found.points[found.returned] <= found.before_return[found.returned]).all()
    panel = np.isin(found.standing, [STANDINGS.index(Standing.PANEL)])
    assert (found.points[panel] == -1).all() and (found.weight[panel] == -1).all()
    rows = results.index(made, found).to_pylist()
    whole, total = [row for row in rows if row["institution"] and not row["department"]], rows[-1]
    for name in ("cases", "weighted", "paid", "cost", "pay", "points", "difference"):
        assert sum(Decimal(row[name]) for row in whole) == Decimal(total[name]), name
    assert Decimal(total["pay"]) * 100 == int(found.pay[has].sum())


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 60), st.integers(0, 10**6), st.randoms())
def test_the_order_of_the_rows_changes_nothing(count: int, seed: int, chance: object) -> None:
    made = replace(cases(count, seed), person=np.arange(count, dtype=np.int64))
    order = np.random.default_rng(seed).permutation(count)
    moved = {name: value if isinstance(value, tuple) else value.take(pa.array(order)) if isinstance(value, pa.Array) else value[order] for name, value in vars(made).items()}
    shuffled = replace(made, **moved)  # type: ignore[arg-type]
    first, second = tried(made), tried(shuffled)
    if isinstance(first, str) or isinstance(second, str):
        assert first == second
        return
    assert (first.pay[order] == second.pay).all() and (first.points[order] == second.points).all() and first.left == second.left


def tried(made: Costs) -> Paid | str:
    try:
        return paying.paid(made, POINTS)
    except Refused as refusal:
        return refusal.code


def simple(*costs: int, **other: object) -> Costs:
    """Cases of one group at one institution."""
    size = len(costs)
    none, days = np.full(size, -1, np.int64), np.full(size, 5, np.int32)
    made = Costs(pa.array([str(one) for one in range(size)]), np.zeros(size, np.int32), pa.array([""] * size), np.zeros(size, np.int32), arr(*costs), days, none, none, none, np.zeros(size, bool), np.ones(size, bool), none.astype(np.int32), none, ("一",), ("A",))
    return replace(made, **other)  # type: ignore[arg-type]


def because(found: Paid) -> list[str]:
    return [str(BECAUSES[one]) for one in found.because]


def test_few_cases_and_extreme_cost_go_to_the_panel() -> None:
    rules = replace(POINTS, budget=None, extreme_times=30_000)
    assert because(paying.paid(simple(100, 100), rules)) == [Because.FEW] * 2
    # mean (4 × 100 + 1600) / 5 = 400; three times that is 1200
    found = paying.paid(simple(100, 100, 100, 100, 1600), rules)
    assert because(found) == ["", "", "", "", Because.EXTREME] and found.points[4] == -1
    assert because(paying.paid(simple(100, 100, 100, 100, 1600), replace(rules, extreme_times=None))) == [""] * 5


def test_stays_that_are_too_short_or_too_long_are_outside() -> None:
    rules = replace(POINTS, budget=None, short_stay=2, long_stay=60, without_bed_days=True)
    found = paying.paid(simple(100, 100, 100, 100, 100, 100, los=np.array([2, 3, 59, 60, 5, 5], np.int32), bed_day=np.array([-1, -1, -1, -1, 0, -1], np.int32), bed_days=("PSY",)), rules)
    assert because(found) == [Because.SHORT, "", "", Because.LONG, Because.BED_DAY, ""] and found.points.tolist() == [-1, 1_000_000, 1_000_000, -1, -1, 1_000_000]
    assert found.weights.count.tolist() == [3]


def test_no_point_value_without_points() -> None:
    with pytest.raises(ValueError, match="no points"):
        formulas.point_value(5, 0)
    with pytest.raises(Refused) as refusal:
        paying.paid(simple(100, 100), POINTS)
    assert refusal.value.field == "budget"

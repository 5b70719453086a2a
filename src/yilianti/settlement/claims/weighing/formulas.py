"""The formulas of payment by groups, named, over arrays of whole numbers: no float, every rounding half-up and said where it stands.

Units: money in fen; relative weights, coefficients, points and scores in ten-thousandths (UNIT); a point value in hundredths of a fen (ten-thousandths of a 元).
Group by group the numbers are Python's; case by case they are int64, and Python's again where a product would not fit.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

UNIT = 10_000
POINTS_PER_WEIGHT = 100
#: Parts of a fen in a point value.
VALUE = 100
Numbers = npt.NDArray[np.int64]


def half_up(top: int, bottom: int) -> int:
    """top / bottom to the nearest whole number, a half upwards; for non-negative top."""
    return (2 * top + bottom) // (2 * bottom)


def scaled(values: Numbers, factors: Numbers | int, bottom: Numbers | int) -> Numbers:
    """values × factors / bottom half-up, for what is not negative; by Python's numbers where int64 would not hold the product."""
    if values.size and int(values.max()) * int(np.max(factors)) >= 2**62:
        wide = (np.broadcast_to(np.asarray(one, object), values.shape) for one in (values, factors, bottom))
        return np.array([half_up(one * factor, under) for one, factor, under in zip(*wide, strict=True)], np.int64)
    whole, rest = np.divmod(values * factors, bottom)
    return np.asarray(whole + (2 * rest >= bottom), np.int64)


def mean_cost(total: int, cases: int) -> int:
    """Mean cost in fen, half-up to the fen."""
    return half_up(total, cases)


def relative_weight(group_total: int, group_cases: int, total: int, cases: int) -> int:
    """RW_g = mean cost of the group / mean cost of all cases, from the exact sums, half-up to four decimals."""
    return half_up(group_total * cases * UNIT, group_cases * total)


def base_point(weight: int) -> int:
    """RW × 100."""
    return weight * POINTS_PER_WEIGHT


def coefficient(own_total: int, own_cases: int, group_total: int, group_cases: int) -> int:
    """Mean cost of the group at the institution / mean cost of the group everywhere, from the exact sums, half-up to four decimals."""
    return half_up(own_total * group_cases * UNIT, own_cases * group_total)


def complete_points(base: Numbers, coefficients: Numbers) -> Numbers:
    """Base point × coefficient, half-up to four decimals."""
    return scaled(base, coefficients, UNIT)


def incomplete_with_coefficient(base: Numbers, coefficients: Numbers, cost: Numbers, mean: Numbers) -> Numbers:
    """浙江 2019: base × coefficient (rounded as for a complete stay) × cost / mean cost of the group, half-up to four decimals, at most the base point."""
    return np.minimum(base, scaled(complete_points(base, coefficients), cost, mean))


def incomplete_without_coefficient(base: Numbers, cost: Numbers, mean: Numbers) -> Numbers:
    """金华 2017: base × cost / mean cost of the group, half-up to four decimals, at most the base point."""
    return np.minimum(base, scaled(base, cost, mean))


def bed_day_points(per_day: Numbers, days: Numbers) -> Numbers:
    """Bed-day base point × days."""
    return per_day * days


def kept_after_return(points: Numbers, kept: int) -> Numbers:
    """What an earlier stay keeps when the person comes back into the same group too soon: points × kept (5000 is a half), half-up to four decimals."""
    return scaled(points, kept, UNIT)


def point_value(pool: int, points: int) -> int:
    """(Budget − reserve) / Σ points, in hundredths of a fen, half-up; ValueError where there are no points or the reserve is larger than the budget."""
    if points <= 0 or pool < 0:
        raise ValueError("no points, or no money left to share")
    return half_up(pool * VALUE * UNIT, points)


def budget_point_value(years: list[tuple[int, int, int]]) -> int:
    """For about three years of (weight of the year, money in fen, points): Σ weight × money / Σ weight × points, in hundredths of a fen, half-up."""
    return point_value(sum(weight * money for weight, money, _ in years), sum(weight * points for weight, _, points in years))


def pay_by_points(points: Numbers, value: int) -> Numbers:
    """Points × point value, half-up to the fen."""
    return scaled(points, value, UNIT * VALUE)


def standard_by_rate(rate: int, weights: Numbers) -> Numbers:
    """Base rate × RW, half-up to the fen."""
    return scaled(weights, rate, UNIT)


def adjusted(standard: Numbers, adjustment: Numbers) -> Numbers:
    """Standard × adjustment of the institution, half-up to the fen."""
    return scaled(standard, adjustment, UNIT)


def case_mix_index(weights: int, cases: int) -> int:
    """CMI = Σ n_g·RW_g / Σ n_g, half-up to four decimals."""
    return half_up(weights, cases)


def cost_of_pay(cost: int, pay: int) -> int:
    """Cost as a part of pay in basis points, half-up; 0 where nothing is paid."""
    return half_up(cost * UNIT, pay) if pay else 0


def returned_too_soon(person: Numbers, group: Numbers, admitted: Numbers, discharged: Numbers, excused: npt.NDArray[np.bool_], days: int) -> npt.NDArray[np.bool_]:
    """Which stays are followed by one of the same person (−1: unknown) in the same group (−1: none) that began within so many days of discharge and is not excused."""
    if not len(person):
        return np.zeros(0, bool)
    order = np.lexsort((discharged, admitted, group, person))
    who, what = person[order], group[order]
    place = np.where(excused[order], len(order), np.arange(len(order)))
    later = np.append(np.minimum.accumulate(place[::-1])[::-1][1:], len(order))  # the next stay that is not excused, of anybody
    there = later < len(order)
    then = np.where(there, later, 0)
    same = there & (who[then] == who) & (what[then] == what) & (who >= 0) & (what >= 0)
    soon = same & (admitted[order][then] - discharged[order] <= days)
    found = np.zeros(len(order), bool)
    found[order] = soon
    return found

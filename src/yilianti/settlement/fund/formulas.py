"""The base formulas of the package, named, over whole fen and basis points; each rounds once, half-up to the fen."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from yilianti.settlement.fund.exact import UNIT, half_up, part


def remainder(funding: int, risk: int, catastrophic: int, share: int) -> int:
    """Reading A of the 95 %: (T − R − C) × share."""
    return part(funding - risk - catastrophic, share)


def deduction(funding: int, share: int) -> int:
    """Reading B of the 95 %: T × share, R and C inside the rest."""
    return part(funding, share)


def reserves(funding: int, risk: int, relief: int, carried: int, adjustment: int) -> int:
    """F1: T − T × risk − T × relief + carry-over − adjustment."""
    return funding - part(funding, risk) - part(funding, relief) + carried - adjustment


def income(received: int, share: int) -> int:
    """Income of the fund × share."""
    return part(received, share)


def mean(paid: Sequence[int], growth: int) -> int:
    """F2, start year: mean of the past years × (1 + growth)."""
    return half_up(sum(paid) * (UNIT + growth), len(paid) * UNIT)


def last(total: int, growth: int, fund_growth: int) -> int:
    """F2, later years: last year's total × (1 + growth), growth at most that of the pooled fund."""
    return part(total, UNIT + min(growth, fund_growth))


def weighted_share(own: Sequence[int], everybody: Sequence[int], weights: Sequence[int]) -> Fraction:
    """F3: Σ weight × own ÷ everybody, over Σ weight; the years in the order given, never rounded."""
    shares = (Fraction(mine, total) * weight for mine, total, weight in zip(own, everybody, weights, strict=True))
    return sum(shares, Fraction(0)) * Fraction(1, sum(weights))


def weighted(total: int, share: Fraction, growth: int) -> int:
    """F3: the year's total × weighted share × (1 + growth)."""
    exact = share * total * Fraction(UNIT + growth, UNIT)
    return half_up(exact.numerator, exact.denominator)

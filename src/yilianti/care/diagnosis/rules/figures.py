"""Shares and agreement with their uncertainty: Wilson's interval for a share, Cohen's kappa for two readers. What has no denominator is None, never 0."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt

#: 95 per cent, two-sided.
_Z = 1.959963984540054


@dataclass(frozen=True)
class Share:
    """So many of so many, in per cent to one place, with the 95 % interval of Wilson."""

    counted: int
    out_of: int
    value: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Kappa:
    """Agreement beyond chance, with its 95 % interval by the large-sample variance of Fleiss, Cohen and Everitt (1969)."""

    value: Decimal
    low: Decimal
    high: Decimal


def per_cent(counted: int, out_of: int) -> Decimal | None:
    """To one place; None where nothing could have been counted."""
    return _rounded(Decimal(100 * counted) / out_of, "0.1") if out_of else None


def share(counted: int, out_of: int, least: int = 1) -> Share | None:
    """The share with its interval; None below `least` cases."""
    value = per_cent(counted, out_of)
    if value is None or out_of < least:
        return None
    p, n = counted / out_of, out_of
    middle, reach = p + _Z**2 / (2 * n), _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
    low, high = max(0.0, (middle - reach) / (1 + _Z**2 / n)), min(1.0, (middle + reach) / (1 + _Z**2 / n))
    return Share(counted, out_of, value, _rounded(Decimal(100 * low), "0.1"), _rounded(Decimal(100 * high), "0.1"))


def kappa(both: int, first: int, second: int, neither: int, least: int = 1) -> Kappa | None:
    """Cohen's kappa of one statement said by both, only the first, only the second, or neither. None below `least` cases, and where chance alone
    would already agree wholly (nobody said it, or both always did)."""
    n = both + first + second + neither
    if n < max(least, 1):
        return None
    cells = [[both / n, first / n], [second / n, neither / n]]
    rows, columns = [sum(row) for row in cells], [sum(column) for column in zip(*cells, strict=True)]
    observed, expected = cells[0][0] + cells[1][1], sum(r * c for r, c in zip(rows, columns, strict=True))
    if expected >= 1:
        return None
    value = (observed - expected) / (1 - expected)
    spread = sum(cells[i][i] * (1 - (rows[i] + columns[i]) * (1 - value)) ** 2 for i in (0, 1))
    spread += (1 - value) ** 2 * sum(cells[i][j] * (columns[i] + rows[j]) ** 2 for i, j in ((0, 1), (1, 0)))
    variance = max(0.0, spread - (value - expected * (1 - value)) ** 2) / (n * (1 - expected) ** 2)
    reach = _Z * sqrt(variance)
    return Kappa(*(_rounded(Decimal(one), "0.01") for one in (value, max(-1.0, value - reach), min(1.0, value + reach))))


def _rounded(value: Decimal, to: str) -> Decimal:
    return value.quantize(Decimal(to), ROUND_HALF_UP)

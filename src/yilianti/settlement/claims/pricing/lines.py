"""Charge lines summed to claims, in whole fen."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from scipy import sparse

from yilianti.settlement.claims.pricing.block import Fen

#: Claim numbers that lie so close together are places of a table; others are sorted first.
_SPARSE = 4
#: Lines taken at once, so that what is made for them stays small.
_PART = 1 << 18
Numbers = npt.NDArray[np.int64]


def summed(claim: Numbers, amounts: Mapping[str, Fen]) -> tuple[Numbers, dict[str, Fen]]:
    """The numbers of the claims in ascending order, and each amount summed; lines may come in any order."""
    if not len(claim):
        return claim[:0], {name: values[:0] for name, values in amounts.items()}
    low, high = int(claim.min()), int(claim.max())
    if 0 <= low and high <= _SPARSE * len(claim):
        low = 0  # numbers are places as they are
    if high - low > _SPARSE * len(claim):
        numbers, places = np.unique(claim, return_inverse=True)
        return numbers, _sums(places, len(numbers), amounts)
    sums = _sums(claim, high - low + 1, amounts, low)
    there = np.zeros(high - low + 1, bool)
    for values in sums.values():
        there |= values != 0
    if not there.all():
        there[claim - low] = True  # lines that add up to nothing, and numbers that nobody has
    if there.all():
        return np.arange(low, high + 1), sums
    return np.flatnonzero(there) + low, {name: values[there] for name, values in sums.items()}


def _sums(places: Numbers, size: int, amounts: Mapping[str, Fen], low: int = 0) -> dict[str, Fen]:
    """Sums by place: the two halves of the lines side by side, then together."""
    half = len(places) // 2 if len(places) > _PART else 0
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(lambda part: _counted(places, size, amounts, low, *part), ((0, half), (half, len(places))))
    return {name: values + second[name] for name, values in first.items()} if half else second


def _counted(places: Numbers, size: int, amounts: Mapping[str, Fen], low: int, start: int, end: int) -> dict[str, Fen]:
    """Sums of the lines from `start` to `end`, as the product of a matrix of ones with the amounts: whole numbers all the way."""
    found = {name: np.zeros(size, np.int64) for name in amounts}
    most = min(_PART, end - start)
    ones, columns = np.ones(most, np.int64), np.arange(most + 1)
    for at in range(start, end, _PART):
        here = places[at : min(at + _PART, end)]
        matrix = sparse.csc_array((ones[: len(here)], here - low if low else here, columns[: len(here) + 1]), shape=(size, len(here)))
        for name, values in amounts.items():
            found[name] += matrix @ values[at : at + len(here)]
    return found

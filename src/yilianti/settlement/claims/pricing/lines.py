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
#: From so many lines on, two halves are counted side by side.
_MANY = 1 << 18
Numbers = npt.NDArray[np.int64]


def summed(claim: Numbers, amounts: Mapping[str, Fen]) -> tuple[Numbers, dict[str, Fen]]:
    """The numbers of the claims in ascending order, and each amount summed; lines may come in any order."""
    if not len(claim):
        return claim[:0], {name: values[:0] for name, values in amounts.items()}
    low, high = int(claim.min()), int(claim.max())
    if high - low > _SPARSE * len(claim):
        numbers, places = np.unique(claim, return_inverse=True)
        return numbers, _sums(places, len(numbers), amounts)
    low = 0 if low >= 0 and high <= _SPARSE * len(claim) else low
    places = claim - low if low else claim
    sums = _sums(places, high - low + 1, amounts)
    there = np.logical_or.reduce([values != 0 for values in sums.values()])
    if not there.all():
        there[places] = True  # claims that add up to nothing; what is still not there are numbers that nobody has
    if there.all():
        return np.arange(low, high + 1), sums
    return np.flatnonzero(there) + low, {name: values[there] for name, values in sums.items()}


def _sums(places: Numbers, size: int, amounts: Mapping[str, Fen]) -> dict[str, Fen]:
    if len(places) < _MANY:
        return _counted(places, size, amounts)
    half = len(places) // 2
    with ThreadPoolExecutor(2) as threads:
        halves = [threads.submit(_counted, places[part], size, {name: values[part] for name, values in amounts.items()}) for part in (slice(half), slice(half, None))]
    first, second = (one.result() for one in halves)
    for name, values in first.items():
        values += second[name]
    return first


def _counted(places: Numbers, size: int, amounts: Mapping[str, Fen]) -> dict[str, Fen]:
    """Sums by place, each as a matrix of one column that may name a row many times, multiplied by one: whole numbers all the way, and no copy of the lines."""
    column, one = np.array([0, len(places)]), np.ones(1, np.int64)
    return {name: sparse.csc_array((values, places, column), shape=(size, 1)) @ one for name, values in amounts.items()}

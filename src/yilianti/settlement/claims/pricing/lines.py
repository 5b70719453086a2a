"""Charge lines summed to claims, in whole fen."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy import sparse

from yilianti.settlement.claims.pricing.block import Fen

#: Claim numbers that lie so close together are places of a table; others are sorted first.
_SPARSE = 4
#: Lines taken at once, so that what is made for them stays small.
_PART = 1 << 19
Numbers = npt.NDArray[np.int64]


def summed(claim: Numbers, amounts: Mapping[str, Fen]) -> tuple[Numbers, dict[str, Fen]]:
    """The numbers of the claims in ascending order, and each amount summed; lines may come in any order."""
    if not len(claim):
        return claim[:0], {name: values[:0] for name, values in amounts.items()}
    low, high = int(claim.min()), int(claim.max())
    if high - low > _SPARSE * len(claim):
        numbers, places = np.unique(claim, return_inverse=True)
        return numbers, _sums(places, len(numbers), amounts)
    there = np.zeros(high - low + 1, bool)
    sums = _sums(claim, high - low + 1, amounts, low, there)
    return np.flatnonzero(there) + low, {name: values[there] for name, values in sums.items()}


def _sums(places: Numbers, size: int, amounts: Mapping[str, Fen], low: int = 0, there: npt.NDArray[np.bool_] | None = None) -> dict[str, Fen]:
    """Sums by place, as the product of a matrix of ones with the amounts: whole numbers all the way. Notes in `there` which places occur."""
    found = {name: np.zeros(size, np.int64) for name in amounts}
    most = min(_PART, len(places))
    ones, columns = np.ones(most, np.int64), np.arange(most + 1, dtype=np.int32)
    for start in range(0, len(places), _PART):
        here = (places[start : start + _PART] - low).astype(np.int32)
        if there is not None:
            there[here] = True
        matrix = sparse.csc_array((ones[: len(here)], here, columns[: len(here) + 1]), shape=(size, len(here)))
        for name, values in amounts.items():
            found[name] += matrix @ values[start : start + _PART]
    return found

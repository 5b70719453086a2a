"""Wilson's interval and Cohen's kappa against values computed another way."""

from __future__ import annotations

from decimal import Decimal
from math import sqrt

import numpy as np
import pytest

from yilianti.care.diagnosis.rules import figures


def test_without_a_denominator_nothing_is_computed() -> None:
    assert figures.per_cent(0, 0) is None and figures.share(0, 0) is None
    assert figures.share(29, 29, least=30) is None and figures.share(30, 30, least=30) is not None
    assert figures.kappa(0, 0, 0, 0) is None
    assert figures.kappa(0, 0, 0, 50) is None, "nobody said it: chance alone agrees"
    assert figures.kappa(10, 5, 5, 9, least=30) is None


@pytest.mark.parametrize(("counted", "out_of", "low", "high"), [(0, 10, "0.0", "27.8"), (10, 10, "72.2", "100.0"), (81, 263, "25.5", "36.6"), (1, 29, "0.6", "17.2")])
def test_wilson_as_published(counted: int, out_of: int, low: str, high: str) -> None:
    """The last two stand in Newcombe 1998 (25.53–36.62 %; 0.61–17.18 %)."""
    found = figures.share(counted, out_of)
    assert found and (found.low, found.high) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize("cells", [(20, 5, 10, 15), (45, 15, 25, 15), (40, 2, 3, 155)])
def test_kappa_and_its_interval_by_the_delta_method(cells: tuple[int, int, int, int]) -> None:
    """The variance again, from the numerical gradient of kappa and the covariance of a multinomial."""
    n = sum(cells)
    p = np.array(cells) / n

    def kappa(p: np.ndarray) -> float:
        a, b, c, d = p / p.sum()
        expected = (a + b) * (a + c) + (c + d) * (b + d)
        return float((a + d - expected) / (1 - expected))

    step = 1e-6
    slope = np.array([(kappa(p + step * e) - kappa(p - step * e)) / (2 * step) for e in np.eye(4)])
    spread = 1.959963984540054 * sqrt(float(slope @ (np.diag(p) - np.outer(p, p)) @ slope) / n)
    found = figures.kappa(*cells)
    assert found is not None
    for ours, theirs in ((found.value, kappa(p)), (found.low, kappa(p) - spread), (found.high, kappa(p) + spread)):
        assert float(ours) == pytest.approx(min(1.0, theirs), abs=0.0051)


def test_kappa_of_the_textbook() -> None:
    found = figures.kappa(20, 5, 10, 15)
    assert found and found.value == Decimal("0.40")

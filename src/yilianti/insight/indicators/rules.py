"""From numerator and denominator to a figure, and figures in words. Nothing is a float, and nothing divides by zero."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CANNOT = "无法计算"
_TENTH = Decimal("0.1")


def share_of(numerator: int, denominator: int) -> Decimal | None:
    """Per cent to one place; None where the denominator is zero: that cannot be computed, it is not 0."""
    if denominator == 0:
        return None
    return (Decimal(100 * numerator) / Decimal(denominator)).quantize(_TENTH, ROUND_HALF_UP)


def duration(seconds: Decimal | int) -> str:
    """「2 小时 14 分」「3 分 20 秒」「1 天 4 小时」: the two largest parts."""
    whole = int(Decimal(seconds).to_integral_value(ROUND_HALF_UP))
    sizes = ((86400, "天"), (3600, "小时"), (60, "分"), (1, "秒"))
    for (size, name), (next_size, next_name) in zip(sizes, sizes[1:], strict=False):
        if whole >= size:
            rest = whole % size // next_size
            return f"{whole // size} {name} {rest} {next_name}" if rest else f"{whole // size} {name}"
    return f"{whole} 秒"


def heights(values: Sequence[Decimal | None], tallest: int) -> list[int]:
    """Bars of a small trend: the largest is `tallest`, none is invisible, and what cannot be computed has none."""
    largest = max((value for value in values if value is not None), default=Decimal(0))
    return [0 if value is None else max(1, int(tallest * value / largest)) if largest else 1 for value in values]

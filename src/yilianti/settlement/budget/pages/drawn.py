"""Pictures of a year as SVG in whole units of the paper; the table beside each says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from yilianti.kernel.falling import ACROSS
from yilianti.kernel.money import Money


@dataclass(frozen=True)
class Stripe:
    """A row of parts, such as the spending of one resident by place."""

    label: str
    whole: str
    parts: list[tuple[int, int, str, str]]


def stripes(rows: Sequence[tuple[str, Sequence[tuple[str, int, str]]]]) -> list[Stripe]:
    """Rows of (label, parts of (name, fen, tone)) on one scale; a part is (x, width, tone, what it says)."""
    whole = max((sum(fen for _, fen, _ in parts) for _, parts in rows), default=0) or 1
    found = []
    for label, parts in rows:
        starts = [0, *accumulate(fen for _, fen, _ in parts)]
        placed = [(begin * ACROSS // whole, fen * ACROSS // whole, tone, f"{name} {Money(fen)} 元") for (name, fen, tone), begin in zip(parts, starts, strict=False) if fen > 0]
        found.append(Stripe(label, str(Money(starts[-1])), placed))
    return found


WIDE, HIGH, LEFT, TOP, BOTTOM, RIGHT = 560, 300, 8, 24, 268, 548


@dataclass(frozen=True)
class Chart:
    """The year's path, what was spent, and the band of the forecast; points are x,y of the paper."""

    path: str
    spent: str
    dots: list[tuple[int, int, str, bool]]
    band: str
    likely: str
    package_y: int
    package: str
    ticks: list[tuple[int, str]]
    wide: int = WIDE
    high: int = HIGH
    left: int = LEFT
    right: int = RIGHT
    bottom: int = BOTTOM


def chart(package: int, path: Sequence[int], spent: Sequence[tuple[int, bool]], forecast: tuple[int, int, int] | None) -> Chart | None:
    """`path`: twelve sums of the plan; `spent`: sums of the months reckoned and whether each is above; `forecast`: likely, least, most. None before any month."""
    if not spent:
        return None
    most = max([package, *path, *(fen for fen, _ in spent), *(forecast or ()), 1])
    low = min([0, *(fen for fen, _ in spent)])

    def at(month: int, fen: int) -> tuple[int, int]:
        return LEFT + (RIGHT - LEFT) * month // 12, BOTTOM - (BOTTOM - TOP) * (fen - low) // (most - low)

    def line(points: Sequence[tuple[int, int]]) -> str:
        return " ".join(f"{x},{y}" for x, y in points)

    done, last = len(spent), spent[-1][0]
    likely, least, most_spent = forecast or (last, last, last)
    band = line([at(done, last), at(12, most_spent), at(12, least)]) if forecast and done < 12 else ""
    dots = [(*at(number, fen), f"{number} 月累计 {Money(fen)} 元，路径 {Money(path[number - 1])} 元", above) for number, (fen, above) in enumerate(spent, 1)]
    return Chart(line([at(0, 0), *(at(number, fen) for number, fen in enumerate(path, 1))]), line([at(0, 0), *((x, y) for x, y, _, _ in dots)]), dots, band,
                 line([at(done, last), at(12, likely)]) if band else "", at(0, package)[1], str(Money(package)), [(at(number, 0)[0], f"{number}月") for number in range(1, 13)])  # fmt: skip

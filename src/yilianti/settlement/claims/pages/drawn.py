"""Small pictures of costs beside pay, drawn as SVG; the table beside says the same. Fractions here are places on the paper, never money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yilianti.kernel.money import Money
from yilianti.settlement.claims.pages.weighed import Line

WIDTH, HEIGHT, EDGE = 360, 240, 34


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    radius: float
    url: str
    said: str
    tone: str


@dataclass(frozen=True)
class Scatter:
    """Mean cost to the right, mean pay upwards; above the line more is paid than it cost."""

    dots: list[Dot]
    most: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = EDGE
    right: int = WIDTH - EDGE
    top: int = EDGE
    bottom: int = HEIGHT - EDGE


def scatter(lines: Sequence[Line]) -> Scatter | None:
    """None without a paid group."""
    paid = [(one, one.values["mean"] or 0, one.values["mean_pay"] or 0) for one in lines if one.values["mean_pay"] is not None]
    most = max((max(cost, pay) for _, cost, pay in paid), default=0)
    if not most:
        return None
    wide, high, whole = WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE, most * 11 // 10 + 1
    largest = max(one.values["cases"] or 1 for one, _, _ in paid)
    dots = [Dot(round(EDGE + wide * cost / whole, 1), round(HEIGHT - EDGE - high * pay / whole, 1), round(3 + 7 * ((one.values["cases"] or 1) / largest) ** 0.5, 1), one.url,
                f"{one.title} {one.note}：例均费用 {Money(cost)}，例均付费 {Money(pay)}，{one.values['cases']} 例", "loss" if (one.values["difference"] or 0) < 0 else "gain") for one, cost, pay in paid]  # fmt: skip
    return Scatter(sorted(dots, key=lambda dot: -dot.radius), str(Money(most)))


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    said: str


@dataclass(frozen=True)
class Spread:
    """How many cases cost how much; `mean_x` and `pay_x` mark the mean cost and the mean pay."""

    bars: list[Bar]
    mean_x: float
    pay_x: float | None
    least: str
    most: str
    width: int = 2 * WIDTH
    height: int = HEIGHT // 2 + 20
    top: int = 22
    bottom: int = HEIGHT // 2 - 2


def spread(costs: Sequence[int], mean: int, pay: int | None, parts: int = 24) -> Spread | None:
    """None without cases."""
    if not costs:
        return None
    ends = [*costs, mean, *([pay] if pay is not None else [])]
    low, high = min(ends), max(max(ends), min(ends) + parts)
    counts = [0] * parts
    for cost in costs:
        counts[min(parts - 1, (cost - low) * parts // (high - low))] += 1
    wide, tall, edge = 2 * WIDTH, HEIGHT // 2 + 20, 22
    step, scale = wide / parts, (tall - 2 * edge) / max(counts)
    bars = [Bar(round(at * step + 1, 1), round(tall - edge - count * scale, 1), round(step - 2, 1), round(count * scale, 1),
                f"{Money(low + (high - low) * at // parts)} 至 {Money(low + (high - low) * (at + 1) // parts)}：{count} 例") for at, count in enumerate(counts) if count]  # fmt: skip

    def place(value: int) -> float:
        return round(wide * (value - low) / (high - low), 1)

    return Spread(bars, place(mean), None if pay is None else place(pay), str(Money(low)), str(Money(high)))

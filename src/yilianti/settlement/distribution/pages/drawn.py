"""Bars of what each member received and would have received; the table beside says the same. Numbers here are places on the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yilianti.kernel.money import Money
from yilianti.settlement.fund.api import fen

#: As wide as the paper is; the picture stretches.
WIDTH = 10_000


@dataclass(frozen=True)
class Bar:
    """From the line of zero to the right, or to the left for what is owed."""

    x: int
    y: int
    width: int
    tone: str
    said: str


@dataclass(frozen=True)
class Row:
    name: str
    bars: tuple[Bar, ...]
    said: tuple[str, ...]
    zero: int
    height: int


def rows(names: Sequence[str], columns: Sequence[tuple[str, Sequence[int]]]) -> list[Row]:
    """A row a member with a bar a column; `columns` are (label, fen), at most four. Nothing where there is nothing to show."""
    amounts = [column for _, column in columns]
    least, most = min((min(one, default=0) for one in amounts), default=0), max((max(one, default=0) for one in amounts), default=0)
    low, high = min(0, least), max(0, most)
    if low == high:
        return []
    zero = WIDTH * -low // (high - low)
    found = []
    for at, name in enumerate(names):
        bars = tuple(_bar(amounts[number][at], high - low, zero, number, f"{label} {Money(amounts[number][at])} 元") for number, (label, _) in enumerate(columns))
        found.append(Row(name, bars, tuple(str(Money(column[at])) for column in amounts), zero, 12 * len(columns)))
    return found


def whole(written: str) -> int:
    """元 with its sign in fen."""
    return -fen(written[1:], "amount") if written.startswith("-") else fen(written, "amount")


def _bar(amount: int, span: int, zero: int, number: int, said: str) -> Bar:
    width = WIDTH * abs(amount) // span
    return Bar(zero - width if amount < 0 else zero, 12 * number + 1, max(width, 20 if amount else 0), f"bar-{number}", said)

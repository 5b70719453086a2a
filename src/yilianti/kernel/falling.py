"""A waterfall of money: where it begins, what comes off, what is left; the figures stand beside the bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yilianti.kernel.money import Money

#: How wide a bar's paper is; its height is the style sheet's.
ACROSS = 1_000


@dataclass(frozen=True)
class Bar:
    """One step of the waterfall: what it is called, its money, and where its bar lies. A total stands on the ground."""

    label: str
    fen: int
    x: int
    width: int
    tone: str
    is_total: bool = False

    @property
    def money(self) -> str:
        return str(Money(self.fen)) if self.is_total or self.fen <= 0 else f"+{Money(self.fen)}"


def waterfall(steps: Sequence[tuple[str, int, bool]]) -> list[Bar]:
    """Bars of (label, fen, is a total): others go on from where the one before ended."""
    ends, so_far = [], 0
    for _, fen, is_total in steps:
        begin, so_far = (0, fen) if is_total else (so_far, so_far + fen)
        ends.append((min(begin, so_far), max(begin, so_far)))
    low, high = min((a for a, _ in ends), default=0), max((b for _, b in ends), default=0)
    whole = max(high - low, 1)
    return [Bar(label, fen, (a - low) * ACROSS // whole, max((b - a) * ACROSS // whole, 4) if fen else 0, _tone(fen, is_total), is_total) for (label, fen, is_total), (a, b) in zip(steps, ends, strict=True)]


def _tone(fen: int, is_total: bool) -> str:
    if is_total:
        return "short" if fen < 0 else "total"
    return "minus" if fen < 0 else "plus"

"""Money: whole fen, never floats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, order=True)
class Money:
    """An amount in fen (1 元 = 100 fen)."""

    fen: int

    def __post_init__(self) -> None:
        if not isinstance(self.fen, int):
            raise TypeError("Money takes whole fen")

    @classmethod
    def yuan(cls, amount: str | int | Decimal) -> Money:
        """From yuan written with at most two decimals; ValueError otherwise."""
        fen = Decimal(amount) * 100
        if fen != fen.to_integral_value():
            raise ValueError(f"{amount} 元 is not a whole number of fen")
        return cls(int(fen))

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __str__(self) -> str:
        sign = "-" if self.fen < 0 else ""
        return f"{sign}{abs(self.fen) // 100:,}.{abs(self.fen) % 100:02d}"

    @property
    def in_yuan(self) -> Decimal:
        """As a number, for a cell of a spreadsheet."""
        return Decimal(self.fen).scaleb(-2)

    def shared(self, weights: Sequence[int]) -> list[Money]:
        """Split by whole weights so that the parts add up exactly (largest remainder first)."""
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must be non-negative and not all zero")
        parts = [self.fen * weight // total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(self.fen * weights[i] % total), i))
        for index in by_remainder[: self.fen - sum(parts)]:
            parts[index] += 1
        return [Money(part) for part in parts]

"""Quantity and Coded: a measured value with its unit, and a value out of a code system (FHIR R4 names)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Quantity:
    """A decimal value with its UCUM unit; compared only within one unit."""

    value: Decimal
    unit: str

    def __lt__(self, other: Quantity) -> bool:
        if self.unit != other.unit:
            raise ValueError(f"cannot compare {self.unit} with {other.unit}")
        return self.value < other.value

    def __str__(self) -> str:
        return f"{self.value} {self.unit}".strip()


@dataclass(frozen=True)
class Coded:
    """A code with its system and the text a person reads."""

    system: str
    code: str
    display: str = ""

    def __str__(self) -> str:
        return self.display or self.code

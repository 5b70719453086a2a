"""One line of the doctor's report."""

from __future__ import annotations

from dataclasses import dataclass

WELL, HINT, GRAVE = "✓", "△", "✗"


@dataclass(frozen=True)
class Line:
    """A mark, what was examined, and what was found."""

    mark: str
    name: str
    text: str


def line(well: bool, name: str, text: str, *, otherwise: str = GRAVE) -> Line:
    return Line(WELL if well else otherwise, name, text)

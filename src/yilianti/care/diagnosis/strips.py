"""Which lead stands where on paper: twelve leads as three rows of four and a rhythm strip, other lead sets in the same places, what lasts longer on further pages."""

from __future__ import annotations

from dataclasses import dataclass

from yilianti.record.recordings.api import LEADS, Tracing

#: What one row of paper holds, in seconds; a recording a little longer is not worth another page.
ROW_SECONDS, TOLERANCE = 10.0, 0.5
#: Rows of the further pages, and how many of those pages are printed: a longer recording is read on the screen.
ROWS_A_PAGE, MOST_PAGES = 6, 3
RHYTHM = "II"


@dataclass(frozen=True)
class Piece:
    """One lead from one second to another."""

    lead: str
    start: float
    end: float


Row = tuple[Piece, ...]


@dataclass(frozen=True)
class Plan:
    """The rows of each page, and from which second on nothing is printed (0 where all is)."""

    pages: tuple[tuple[Row, ...], ...]
    unprinted_from: float = 0.0


def plan(tracing: Tracing) -> Plan:
    """The whole recording on paper; a tracing without leads is one empty page."""
    names = in_order(tracing.names())
    first = min(tracing.seconds, ROW_SECONDS + TOLERANCE if tracing.seconds <= ROW_SECONDS + TOLERANCE else ROW_SECONDS)
    if not names or not first:
        return Plan(((),))
    shown = [name for name in names if len(names) <= 3 or name == _rhythm(names)]
    later = [(Piece(name, at, min(at + ROW_SECONDS, tracing.seconds)),) for at in _steps(first, tracing.seconds) for name in shown]
    size = ROWS_A_PAGE // len(shown) * len(shown)
    pages = tuple(tuple(later[n : n + size]) for n in range(0, len(later), size))
    rest = pages[MOST_PAGES][0][0].start if len(pages) > MOST_PAGES else 0.0
    return Plan((_first(names, first), *pages[:MOST_PAGES]), rest)


def in_order(names: tuple[str, ...]) -> list[str]:
    """The twelve in their order, then whatever else the file holds."""
    return [*(name for name in LEADS if name in names), *(name for name in names if name not in LEADS)]


def _rhythm(names: list[str]) -> str:
    return RHYTHM if RHYTHM in names else names[0]


def _steps(start: float, end: float) -> list[float]:
    found = []
    while end - start > TOLERANCE:
        found.append(start)
        start += ROW_SECONDS
    return found


def _first(names: list[str], seconds: float) -> tuple[Row, ...]:
    """Columns of equal length side by side; leads beyond the twelve in rows below; one lead over the whole length at the foot."""
    twelve = all(name in names for name in LEADS)
    placed, extra = (list(LEADS), names[len(LEADS) :]) if twelve else (names, [])
    height = min(3, len(placed))
    columns = -(-len(placed) // height)
    rows = [[placed[n] for n in range(row, len(placed), height)] for row in range(height)]
    rows += [extra[n : n + columns] for n in range(0, len(extra), columns)]
    part = seconds / columns
    made: list[Row] = [tuple(Piece(name, column * part, (column + 1) * part) for column, name in enumerate(row)) for row in rows]
    return (*made, (Piece(_rhythm(names), 0.0, seconds),)) if columns > 1 else tuple(made)

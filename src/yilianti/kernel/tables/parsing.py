"""From the cells of a file to rows: each cell read, repeats found; what the rows mean is for their room to judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from yilianti.kernel.tables import cells
from yilianti.kernel.tables.layout import Fault, Layout, Row
from yilianti.kernel.tables.opening import Table


def missing(layout: Layout, places: Mapping[str, int]) -> list[str]:
    """Keys of columns that must be there and are not."""
    return [column.key for column in layout.columns if column.required and column.key not in places]


def rows_of(layout: Layout, table: Table, places: Mapping[str, int]) -> Iterator[list[Row]]:
    """The rows of a file in batches, each cell read; a row that names what an earlier row named is at fault."""
    seen: dict[tuple[str, ...], int] = {}
    parsed = (_row(layout, number, given, places, seen) for number, given in table.rows)
    while batch := list(islice(parsed, layout.at_once)):
        yield batch


def _row(layout: Layout, number: int, given: Sequence[Any], places: Mapping[str, int], seen: dict[tuple[str, ...], int]) -> Row:
    row = Row(number, {})
    for column in layout.columns:
        raw = given[place] if (place := places.get(column.key, -1)) >= 0 and place < len(given) else None
        try:
            row.values[column.key] = cells.read(column, raw)
        except cells.CellFault as fault:
            row.values[column.key] = cells.plain(raw)[:200]
            row.faults.append(Fault(column.label, row.values[column.key][:80], str(fault)))
            continue
        if column.required and not row.values[column.key]:
            row.faults.append(Fault(column.label, "", f"请填写{column.label}。"))
    _refuse_repeat(layout, row, seen)
    return row


def _refuse_repeat(layout: Layout, row: Row, seen: dict[tuple[str, ...], int]) -> None:
    named = tuple(row.values.get(key, "").upper() for key in layout.identity)
    if not any(named) or row.faults:
        return
    first = seen.setdefault(named, row.number)
    if first != row.number:
        labels = "、".join(layout.column(key).label for key in layout.identity)
        row.faults.append(Fault(layout.column(layout.identity[0]).label, named[0], f"与第 {first} 行重复（{labels}相同）；请只保留一行。"))

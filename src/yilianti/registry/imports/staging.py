"""From the cells of a file to rows: parsed, checked for repeats, and judged by the room whose table it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from yilianti.kernel.tables import cells
from yilianti.kernel.tables.layout import Fault, Layout, Row
from yilianti.kernel.tables.opening import Table
from yilianti.registry.imports.models import ImportRow


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


def staged(import_id: int, row: Row) -> ImportRow:
    """A judged row as it is kept until the import is over."""
    kept = {key: value for key, value in row.values.items() if value and not key.startswith("_")}
    ref = f"resident:{row.known.pk}" if row.known is not None and row.known._meta.label == "residents.Resident" else ""
    return ImportRow(of_id=import_id, number=row.number, values=kept, verdict=row.verdict.value, changes=row.changes, notes=row.notes,
                     faults=[fault.as_json() for fault in row.faults], ref=ref)  # fmt: skip


def restored(row: ImportRow) -> Row:
    """A row to be judged again: what was true when it was looked at may have changed."""
    return Row(row.number, dict(row.values))

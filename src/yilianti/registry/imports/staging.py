"""Rows between the file and the register: as they are kept until the import is over."""

from __future__ import annotations

from yilianti.kernel.tables.layout import Row
from yilianti.registry.imports.models import ImportRow


def staged(import_id: int, row: Row) -> ImportRow:
    """A judged row as it is kept until the import is over."""
    kept = {key: value for key, value in row.values.items() if value and not key.startswith("_")}
    ref = f"resident:{row.known.pk}" if row.known is not None and row.known._meta.label == "residents.Resident" else ""
    return ImportRow(of_id=import_id, number=row.number, values=kept, verdict=row.verdict.value, changes=row.changes, notes=row.notes,
                     faults=[fault.as_json() for fault in row.faults], ref=ref)  # fmt: skip


def restored(row: ImportRow) -> Row:
    """A row to be judged again: what was true when it was looked at may have changed."""
    return Row(row.number, dict(row.values))

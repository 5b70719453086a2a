"""The file and its rows between the upload and the register: as they are kept until the import is over."""

from __future__ import annotations

import tempfile
from functools import partial
from typing import IO

from yilianti.kernel.tables.layout import Row
from yilianti.registry.imports.models import Import, ImportFile, ImportRow

_PIECE, _IN_MEMORY = 1 << 20, 4 << 20


def keep(one: Import, source: IO[bytes]) -> None:
    """Keep the file, piece by piece."""
    source.seek(0)
    for place, piece in enumerate(iter(partial(source.read, _PIECE), b"")):
        ImportFile.objects.create(of=one, place=place, content=piece)


def kept(one: Import) -> IO[bytes]:
    """The file as it came, to be read once; a large one lies on disk, under no name."""
    whole = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by whoever asked
    for piece in one.pieces.order_by("place").values_list("content", flat=True).iterator(chunk_size=2):
        whole.write(piece)
    return whole


def staged(import_id: int, row: Row) -> ImportRow:
    """A judged row as it is kept until the import is over."""
    kept = {key: value for key, value in row.values.items() if value and not key.startswith("_")}
    ref = f"resident:{row.known.pk}" if row.known is not None and row.known._meta.label == "residents.Resident" else ""
    return ImportRow(of_id=import_id, number=row.number, values=kept, verdict=row.verdict.value, changes=row.changes, notes=row.notes,
                     faults=[fault.as_json() for fault in row.faults], ref=ref)  # fmt: skip


def restored(row: ImportRow) -> Row:
    """A row to be judged again: what was true when it was looked at may have changed."""
    return Row(row.number, dict(row.values))

"""Lists taken out as CSV or .xlsx, for people who open them in a spreadsheet program."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any
from urllib.parse import quote

from django.http import FileResponse, HttpResponse
from django.utils import timezone

#: A cell that begins so would be run as a formula.
_RUNS = ("=", "+", "-", "@", "\t", "\r")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDEST, _NARROWEST = 48, 8


def sheet(name: str, rows: Iterable[Iterable[object]]) -> HttpResponse:
    """The rows as a file to save, kept in no cache: .xlsx where `name` ends so, else CSV with the mark those programs look for.

    The first row is the headings. No cell is a formula; in .xlsx days stay days, and numbers numbers.
    """
    if name.endswith(".xlsx"):
        return file(name, _workbook(rows))
    out = io.StringIO()
    csv.writer(out).writerows([safe("" if cell is None else str(cell)) for cell in row] for row in rows)
    return file(name, b"\xef\xbb\xbf" + out.getvalue().encode(), "text/csv; charset=utf-8")


def file(name: str, content: bytes, kind: str = EXCEL) -> HttpResponse:
    """Bytes as a file to save, kept in no cache; the name may be Chinese."""
    plain = name.encode("ascii", "ignore").decode() or "file"
    told = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}" if plain != name else f'attachment; filename="{name}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": told, "Cache-Control": "no-store"})


def safe(cell: str) -> str:
    """A text that no spreadsheet program runs."""
    return f"'{cell}" if cell.startswith(_RUNS) else cell


def _workbook(rows: Iterable[Iterable[object]]) -> bytes:
    out = io.BytesIO()
    _write([("名单", rows)], out)
    return out.getvalue()


def streamed(name: str, sheets: Sequence[tuple[str, Iterable[Iterable[object]]]]) -> FileResponse:
    """The same for lists of any length: written row by row to a file on disk and sent from there, never whole in memory.

    `sheets` are (title, rows); a CSV holds the first alone.
    """
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    if name.endswith(".xlsx"):
        _write(sheets, out)
    else:
        text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
        csv.writer(text).writerows([safe("" if cell is None else str(cell)) for cell in row] for row in sheets[0][1])
        text.detach()
    out.seek(0)
    kind = EXCEL if name.endswith(".xlsx") else "text/csv; charset=utf-8"
    return FileResponse(out, as_attachment=True, filename=name, content_type=kind, headers={"Cache-Control": "no-store"})


def _write(sheets: Sequence[tuple[str, Iterable[Iterable[object]]]], out: IO[bytes]) -> None:
    """An .xlsx; rows are read once, and openpyxl keeps them on disk until it is saved."""
    from openpyxl import Workbook  # imported here: only who exports needs it
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for title, rows in sheets:
        page, source = book.create_sheet(title), iter(rows)
        page.freeze_panes = "A2"
        first = [[_cell(value) for value in row] for row in islice(source, 200)]
        for place in range(1, max((len(row) for row in first), default=0) + 1):
            page.column_dimensions[get_column_letter(place)].width = _width(row[place - 1] for row in first if len(row) >= place)
        for number, row in enumerate(chain(first, ([_cell(value) for value in row] for row in source))):
            page.append([_typed(page, value, is_heading=number == 0) for value in row])
    book.save(out)


def _typed(page: Any, value: object, *, is_heading: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(page, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # a text stays a text, whatever it begins with
    if is_heading:
        cell.font = Font(bold=True)
    return cell


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    text = "".join(character for character in str(value) if character >= " " or character == "\n")
    return safe(text)


def _width(values: Iterable[object]) -> int:
    """Chinese characters count two."""
    widths = [sum(2 if ord(character) > 0x2E7F else 1 for character in str(value)) for value in values if value is not None]
    return min(_WIDEST, max([_NARROWEST, *(width + 2 for width in widths)]))

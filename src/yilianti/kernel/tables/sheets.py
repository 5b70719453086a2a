"""Lists taken out as CSV or .xlsx, for people who open them in a spreadsheet program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from urllib.parse import quote

from django.http import HttpResponse
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
    from openpyxl import Workbook  # imported here: only who exports needs it
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    listed = [[_cell(value) for value in row] for row in rows]
    book = Workbook(write_only=True)
    page = book.create_sheet("名单")
    page.freeze_panes = "A2"
    for place in range(1, max((len(row) for row in listed), default=0) + 1):
        page.column_dimensions[get_column_letter(place)].width = _width(row[place - 1] for row in listed[:200] if len(row) >= place)
    for number, row in enumerate(listed):
        cells = []
        for value in row:
            cell = WriteOnlyCell(page, value=value)
            if isinstance(value, str):
                cell.data_type = "s"  # a text stays a text, whatever it begins with
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        page.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if value is None or isinstance(value, int | float | date):
        return value
    text = "".join(character for character in str(value) if character >= " " or character == "\n")
    return safe(text)


def _width(values: Iterable[object]) -> int:
    """Chinese characters count two."""
    widths = [sum(2 if ord(character) > 0x2E7F else 1 for character in str(value)) for value in values if value is not None]
    return min(_WIDEST, max([_NARROWEST, *(width + 2 for width in widths)]))

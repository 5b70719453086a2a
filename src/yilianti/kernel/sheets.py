"""Lists taken out as CSV, for people who open them in a spreadsheet program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.http import HttpResponse

#: A cell that begins so would be run as a formula.
_RUNS = ("=", "+", "-", "@", "\t", "\r")


def sheet(name: str, rows: Iterable[Iterable[object]]) -> HttpResponse:
    """The rows as a file to save: UTF-8 with the mark those programs look for, no cell a formula, kept in no cache."""
    out = io.StringIO()
    csv.writer(out).writerows([_plain(str(cell)) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(b"\xef\xbb\xbf" + out.getvalue().encode(), content_type="text/csv; charset=utf-8", headers=headers)


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RUNS) else cell

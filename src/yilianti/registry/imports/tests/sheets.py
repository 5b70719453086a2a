"""Spreadsheets as a hospital's information office makes them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook

from yilianti.registry.residents import rules


def book(headings: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "Sheet1") -> bytes:
    made = Workbook()
    sheet = made.active
    sheet.title = title
    sheet.append(list(headings))
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def id_card(number: int, born_on: date = date(1959, 3, 14), area: str = "530921") -> str:
    """A number whose check digit holds; odd for men."""
    first = f"{area}{born_on:%Y%m%d}{number:03d}"
    return first + rules.check_digit(first)

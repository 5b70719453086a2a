"""The rows behind a figure, on a page and as a file; who is named in a row is noted as looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.insight.facts import api as facts
from yilianti.insight.indicators import access, queries, rows
from yilianti.insight.indicators.pages import forms, showing
from yilianti.insight.indicators.pages.views import card_or_404, choices, chosen, name_of
from yilianti.insight.indicators.rows import Asked, Found
from yilianti.insight.indicators.terms import By, Part
from yilianti.kernel.facts import Column, Holds
from yilianti.kernel.finding import Refused
from yilianti.kernel.months import month_of
from yilianti.kernel.pages import Request, looked_at, numbered, page
from yilianti.kernel.tables.sheets import sheet
from yilianti.registry.institutions import api as institutions

MOST = 10_000


@page(access.DRILL)
def behind(request: Request, code: str) -> HttpResponse:
    """A page of rows: which count, which do not."""
    asked, form, figure = _asked(request, code)
    start = numbered(request.GET.get("start", "")) or 0
    found = _found(request, asked, start=start, limit=rows.PAGE)
    kept = {key: str(value) for key, value in request.GET.items() if key != "start" and value}
    columns = [found.table.by_name[name] for name in found.table.listed]
    names = institutions.names(showing.places_in(columns, found.rows))
    opens = found.table.page if request.actor.may(found.table.opens) else ""
    return render(request, "indicators/rows.html", {
        "card": asked.card, "whose": asked.whose, "name": name_of(request.actor, asked.whose), "month": asked.month, "form": form, "figure": figure,
        "label": showing.label(asked.card), "columns": [column.zh for column in columns[1:]], "found": found,
        "lines": [_line(columns, row, names, opens) for row in found.rows], "text": showing.figure_text(asked.card, figure),
        "next_url": _turn(kept, start + rows.PAGE) if start + rows.PAGE < found.total else "",
        "previous_url": _turn(kept, max(0, start - rows.PAGE)) if start else "", "shown": _shown(found, start), "export": urlencode(kept),
    })  # fmt: skip


@page(access.DRILL)
def export(request: Request, code: str) -> HttpResponse:
    """The same rows as CSV, or as an Excel file with `?as=xlsx`."""
    asked, _, _ = _asked(request, code)
    found = _found(request, asked, limit=MOST)
    if found.total > MOST:
        raise Refused("too_many_rows", f"共 {found.total} 行，超过一次导出的 {MOST} 行；请先选一家机构，或只选“未计入分子”。", "too many rows to export")
    name = f"{asked.card.code.rpartition('.')[2]}-{asked.month:%Y-%m}"
    return sheet(f"{name}.{'xlsx' if request.GET.get('as') == 'xlsx' else 'csv'}", _sheet(found))


def _asked(request: Request, code: str) -> tuple[Asked, forms.RowsForm, Any]:
    """Which rows; the figure's own seal, so that rows and figure agree to the unit."""
    whose, _ = chosen(request)
    given = request.GET.copy()
    given["whose"] = whose.key
    given.setdefault("month", timezone.localdate().isoformat()[:7])
    places = choices(request.actor)
    pair = [(whose.key, name_of(request.actor, whose))] if whose.by is By.PAIR else []
    form = forms.RowsForm(given, places=places + pair, institutions=[place for place in places if place[0] != "whole"])
    month = forms.clean(form, "month", month_of(timezone.now()))
    found = card_or_404(request.actor, code, month)
    figure = queries.figures(whose, [code], [month]).get((code, month))
    mark = facts.watermark()
    upto = figure.sealed_number if figure else mark.sealed_number if mark else 0
    part = Part(forms.clean(form, "part", Part.ALL.value))
    return Asked(found, whose, month, upto, part, int(forms.clean(form, "institution", 0))), form, figure


def _found(request: Request, asked: Asked, *, start: int = 0, limit: int) -> Found:
    """The rows, each resident in them noted."""
    try:
        found = rows.behind(asked, request.actor.reaches(access.DRILL), timezone.now(), start=start, limit=limit)
    except LookupError as error:
        raise Refused("no_facts_yet", "统计事实还没有导出；请稍候片刻再打开。", "facts were not exported yet") from error
    resident = next((column.name for column in found.table.columns if column.holds is Holds.RESIDENT), "")
    for row in found.rows if resident else ():
        looked_at(request, row[resident], f"指标明细：{asked.card.short}")
    return found


def _line(columns: list[Column], row: dict[str, Any], names: dict[int, str], opens: str) -> dict[str, Any]:
    number, *cells = (showing.short(column, row[column.name], names) for column in columns)
    return {"number": number, "url": opens.format(number) if opens else "", "cells": list(zip([c.zh for c in columns[1:]], cells, strict=True)),
            "counts": row["_counts"]}  # fmt: skip


def _turn(kept: dict[str, str], start: int) -> str:
    return f"?{urlencode({**kept, 'start': start})}"


def _shown(found: Found, start: int) -> str:
    return f"第 {start + 1}–{start + len(found.rows)} 行，共 {found.total} 行" if found.rows else ""


def _sheet(found: Found) -> Iterator[list[object]]:
    columns = [column for column in found.table.columns if column.holds is not Holds.RESIDENT]
    names = institutions.names(showing.places_in(columns, found.rows))
    yield [*(column.zh for column in columns), "计入分子"]
    for row in found.rows:
        yield [*(showing.cell(column, row[column.name], names) for column in columns), "是" if row["_counts"] else "否"]

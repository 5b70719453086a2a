"""The directory in spreadsheets: taken out, brought, looked at, applied."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.capacity.services import access, bringing, queries, tables
from yilianti.capacity.services.models import TableBrought, TableRow
from yilianti.capacity.services.pages.forms import BringForm
from yilianti.capacity.services.terms import TableState
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, Slice, blame, done, numbered, page
from yilianti.kernel.tables import sheets, writing
from yilianti.kernel.tables.layout import Layout, Verdict

_TONES = {TableState.READY: "wait", TableState.DONE: "ok"}
_SHOWN, _MOST_ERRORS = 4, bringing.MOST_ROWS
_LEDGER = {"label": "目录导入导出", "url": "/services/tables/"}


def _layout(request: Request, kind: str) -> Layout:
    if kind not in tables.KINDS:
        raise Http404("没有这种表。")
    access.require_exchange(request.actor, tables.KINDS[kind].permission, request.actor.institution)
    return tables.KINDS[kind].layout(request.actor, timezone.localdate())


def _in_view(request: Request, number: int) -> TableBrought:
    one = queries.table(request.actor, number)
    if one is None:
        raise Http404("没有这张表，或您无权查看。")
    return one


def _line(one: TableBrought) -> dict[str, Any]:
    return {"one": one, "title": tables.TITLES[one.kind], "state": TableState.label(one.state), "tone": _TONES.get(TableState(one.state), "idle"), "counts": one.counts}


def _row_line(layout: Layout, row: TableRow) -> dict[str, Any]:
    said = layout.words(row.values)
    return {"row": row, "cells": [said.get(column.key, "") for column in layout.columns[:_SHOWN]],
            "changes": [{"label": label, "old": old, "new": new} for label, (old, new) in row.changes.items()]}  # fmt: skip


def _first_pile(one: TableBrought) -> str:
    """What needs looking at first."""
    order = (Verdict.ERROR, Verdict.CHANGED, Verdict.NEW)
    return next((verdict.value for verdict in order if one.counts.get(verdict.value)), Verdict.UNCHANGED.value)


@page(access.EXCHANGE)
def ledger(request: Request) -> HttpResponse:
    """「目录导入导出」: the kinds, and what has been brought."""
    actor = request.actor
    listed = queries.tables(actor, before=numbered(request.GET.get("before", "")))
    kinds = [{"key": key, "title": tables.TITLES[key], "icon": tables.ICONS[key]} for key, kind in tables.KINDS.items() if access.may_exchange(actor, kind.permission, actor.institution)]
    return render(request, "services/tables.html", {
        "kinds": kinds, "rows": [_line(one) for one in listed.rows], "next_url": f"?{urlencode({'before': listed.next_key})}" if listed.next_key else "",
    })  # fmt: skip


@page(access.EXCHANGE, methods=("GET", "POST"))
def bring(request: Request, kind: str) -> HttpResponse:
    """「导入…」: the template, and the file."""
    layout = _layout(request, kind)
    form = BringForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            one = bringing.bring(actor=request.actor, kind=kind, file_name=given.name, content=given.read(), at=timezone.now())
            return redirect("services:table", table=one.pk)
        except Refused as refusal:
            blame(form, refusal)
    recent = [_line(one) for one in queries.tables(request.actor, kind=kind, size=5).rows]
    context = {"kind": kind, "layout": layout, "form": form, "rows": recent, "crumbs": [_LEDGER, {"label": layout.title}]}
    return render(request, "services/bring_table.html", context, status=422 if form.errors else 200)


@page(access.EXCHANGE)
def template(request: Request, kind: str) -> HttpResponse:
    """The .xlsx to fill in."""
    layout = _layout(request, kind)
    return sheets.file(f"{layout.title}导入模板.xlsx", writing.template(layout))


@page(access.EXCHANGE)
def export(request: Request, kind: str) -> HttpResponseBase:
    """「导出」: what is on record in the columns of the template, to be mended and brought again."""
    layout, day = _layout(request, kind), timezone.localdate()
    heads = [column.label for column in layout.columns]
    return sheets.streamed(f"{layout.title}{day:%Y%m%d}.xlsx", [(layout.title, [heads, *tables.KINDS[kind].taken_out(request.actor, day)])])


@page(access.EXCHANGE)
def detail(request: Request, table: int) -> HttpResponse:
    """One table: what it would do, or what became of it."""
    one = _in_view(request, table)
    layout = tables.KINDS[one.kind].layout(request.actor, timezone.localdate())
    may = access.may_exchange(request.actor, tables.KINDS[one.kind].permission, one.institution_id)
    verdict = request.GET.get("rows") or _first_pile(one)
    listed = queries.table_rows(one, verdict, after=numbered(request.GET.get("after", "")) or 0) if may else Slice([], "")
    return render(request, "services/table.html", _line(one) | {
        "layout": layout, "may": may, "is_ready": one.state == TableState.READY, "is_done": one.state == TableState.DONE,
        "good": one.counts.get("new", 0) + one.counts.get("changed", 0), "heads": [column.label for column in layout.columns[:_SHOWN]],
        "lines": [_row_line(layout, row) for row in listed.rows],
        "tabs": [{"label": found.zh, "url": f"?rows={found.value}", "active": found == verdict, "count": one.counts.get(found.value, 0)} for found in Verdict],
        "next_url": f"?{urlencode({'rows': verdict, 'after': listed.next_key})}" if listed.next_key else "",
        "crumbs": [_LEDGER, {"label": layout.title, "url": f"/services/tables/kinds/{one.kind}/"}, {"label": "这次导入"}],
    })  # fmt: skip


@page(access.EXCHANGE, methods=("POST",))
def apply(request: Request, table: int) -> HttpResponse:
    """「写入」"""
    one = bringing.apply(actor=request.actor, table=_in_view(request, table).pk, at=timezone.now())
    return done(request, f"/services/tables/{one.pk}/", f"已写入：新增 {one.counts['new']} 行，更改 {one.counts['changed']} 行。")


@page(access.EXCHANGE, methods=("POST",))
def discard(request: Request, table: int) -> HttpResponse:
    """「作废」"""
    one = bringing.discard(actor=request.actor, table=_in_view(request, table).pk, at=timezone.now())
    return done(request, f"/services/tables/kinds/{one.kind}/", "已作废，没有写入任何内容。")


@page(access.EXCHANGE, methods=("POST",))
def undo(request: Request, table: int) -> HttpResponse:
    """「撤销导入」"""
    one = _in_view(request, table)
    taken = bringing.undo(actor=request.actor, table=one.pk, at=timezone.now())
    return done(request, f"/services/tables/{one.pk}/", f"已撤销这次导入新增的 {taken} 行。")


@page(access.EXCHANGE)
def errors(request: Request, table: int) -> HttpResponse:
    """The rows at fault as the same sheet, each with what to mend."""
    one = _in_view(request, table)
    access.require_exchange(request.actor, tables.KINDS[one.kind].permission, one.institution_id)
    layout = tables.KINDS[one.kind].layout(request.actor, timezone.localdate())
    bad = queries.table_rows(one, Verdict.ERROR.value, size=_MOST_ERRORS).rows
    rows = [(layout.words(row.values), "；".join(f"{fault['column']}：{fault['sentence']}" for fault in row.faults)) for row in bad]
    return sheets.file(f"{layout.title}有误的行.xlsx", writing.faulty(layout, rows))

"""Bringing a file, looking at what it would do, letting it be done."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, done, looked_at, numbered, page
from yilianti.kernel.tables import sheets, writing
from yilianti.kernel.tables.layout import Layout, TakenOut
from yilianti.registry.imports import access, actions, kinds, queries, tasks, working
from yilianti.registry.imports.models import Import
from yilianti.registry.imports.pages import showing
from yilianti.registry.imports.pages.forms import BringForm, mapping_form

_MOST_ERRORS = 5000
_LEDGER = {"label": "批量导入", "url": "/imports/"}


def _layout(request: Request, kind: str) -> Layout:
    if kind not in kinds.every():
        raise Http404("没有这种导入。")
    access.require(request.actor, kind, request.actor.institution)
    return kinds.of(kind).layout(request.actor, timezone.localdate())


def _in_view(request: Request, number: int) -> Import:
    one = queries.one(request.actor, number)
    if one is None:
        raise Http404("没有这个导入，或您无权查看。")
    return one


@page(access.USE)
def ledger(request: Request) -> HttpResponse:
    """「批量导入」: the kinds, and what has been brought."""
    listed = queries.ledger(request.actor, before=numbered(request.GET.get("before", "")))
    return render(request, "imports/ledger.html", {
        "kinds": kinds.open_to(request.actor),
        "rows": [showing.line(one) for one in listed.rows], "next_url": f"?{urlencode({'before': listed.next_key})}" if listed.next_key else "",
    })  # fmt: skip


@page(access.USE, methods=("GET", "POST"))
def bring(request: Request, kind: str) -> HttpResponse:
    """「导入…」: the template, and the file."""
    layout = _layout(request, kind)
    form = BringForm(layout, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("imports:detail", number=_brought(request, kind, form.cleaned_data["file"]).pk)
        except Refused as refusal:
            blame(form, refusal)
    recent = [showing.line(one) for one in queries.ledger(request.actor, kind=kind, size=5).rows]
    context = {"kind": kind, "layout": layout, "is_taken_out": isinstance(kinds.of(kind), TakenOut), "form": form, "rows": recent, "crumbs": [_LEDGER, {"label": layout.title}]}
    return render(request, "imports/bring.html", context, status=422 if form.errors else 200)


def _brought(request: Request, kind: str, given: Any) -> Import:
    """Keep the file; a small one is read while the person waits."""
    now, actor = timezone.now(), request.actor
    post = next((post.id for post in request.signed_in.posts if post.active), None)
    one = actions.bring(actor=actor, kind=kind, file_name=given.name, source=given.file, at=now, post=post)
    _read(request, one)
    return one


def _read(request: Request, one: Import) -> None:
    if one.size <= working.SMALL_FILE:
        working.read(one.pk, request.actor, timezone.now())
    else:
        tasks.ask(one.pk)


@page(access.USE)
def template(request: Request, kind: str) -> HttpResponse:
    """The .xlsx to fill in."""
    layout = _layout(request, kind)
    return sheets.file(f"{layout.title}导入模板.xlsx", writing.template(layout))


@page(access.USE)
def export(request: Request, kind: str) -> HttpResponseBase:
    """「导出」: what is on record in the columns of the template, to be mended and brought again."""
    layout, day, importer = _layout(request, kind), timezone.localdate(), kinds.of(kind)
    if not isinstance(importer, TakenOut):
        raise Http404("这种表不能导出。")
    heads = [column.label for column in layout.columns]
    return sheets.streamed(f"{layout.title}{day:%Y%m%d}.xlsx", [(layout.title, [heads, *importer.taken_out(request.actor, day)])])


@page(access.USE)
def detail(request: Request, number: int) -> HttpResponse:
    """One import: preview, progress, or what became of it."""
    one = _in_view(request, number)
    layout = kinds.of(one.kind).layout(request.actor, timezone.localdate())
    context = showing.shown(one, layout)
    if one.state == "mapping":
        context["mapping_form"] = mapping_form(layout, one.headings)
    verdict = request.GET.get("rows") or showing.first_pile(one)
    context["may"] = access.may_bring(request.actor, one.kind, one.institution_id)
    listed = queries.rows_of(one, verdict, after=numbered(request.GET.get("after", "")) or 0) if context["may"] else queries.Slice([], "")
    for row in listed.rows:
        if row.ref.startswith("resident:") and row.values:
            looked_at(request, int(row.ref.removeprefix("resident:")), "核对导入的居民")
    context |= {"crumbs": [_LEDGER, {"label": layout.title, "url": f"/imports/kinds/{one.kind}/"}, {"label": "这次导入"}]}
    context |= {"lines": [showing.row_line(layout, row) for row in listed.rows], "verdict": verdict, "tabs": showing.tabs(one, verdict),
                "next_url": f"?{urlencode({'rows': verdict, 'after': listed.next_key})}" if listed.next_key else ""}  # fmt: skip
    return render(request, "imports/detail.html", context)


@page(access.USE)
def progress(request: Request, number: int) -> HttpResponse:
    """How far it is; once over, the whole page is fetched anew."""
    one = _in_view(request, number)
    if not one.is_at_work:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "imports/_progress.html", showing.advance(one))


@page(access.USE, methods=("POST",))
def columns(request: Request, number: int) -> HttpResponse:
    """「列名对应好了」"""
    one = _in_view(request, number)
    chosen = {key.removeprefix("column-"): str(value) for key, value in request.POST.items() if key.startswith("column-") and value in one.headings}
    _read(request, actions.name_columns(actor=request.actor, import_id=one.pk, headings=chosen, at=timezone.now()))
    return redirect("imports:detail", number=one.pk)


@page(access.USE, methods=("POST",))
def apply(request: Request, number: int) -> HttpResponse:
    """「写入」: good rows, or all or nothing."""
    now = timezone.now()
    one = actions.begin(actor=request.actor, import_id=_in_view(request, number).pk, whole_or_nothing=request.POST.get("how") == "whole", at=now)
    if one.total <= working.FEW_ROWS:
        working.apply(one.pk, request.actor, now)
    else:
        tasks.ask(one.pk)
    return redirect("imports:detail", number=one.pk)


@page(access.USE, methods=("POST",))
def discard(request: Request, number: int) -> HttpResponse:
    """「作废」"""
    one = actions.discard(actor=request.actor, import_id=_in_view(request, number).pk, at=timezone.now())
    return done(request, f"/imports/kinds/{one.kind}/", "已作废，没有写入任何内容。")


@page(access.USE, methods=("POST",))
def undo(request: Request, number: int) -> HttpResponse:
    """「撤销导入」"""
    one = _in_view(request, number)
    taken = actions.undo(actor=request.actor, import_id=one.pk, at=timezone.now())
    return done(request, f"/imports/{one.pk}/", f"已撤销这次导入新增的 {taken} 行。")


@page(access.USE)
def errors(request: Request, number: int) -> HttpResponse:
    """The rows at fault as the same sheet, each with what to mend."""
    one = _in_view(request, number)
    access.require(request.actor, one.kind, one.institution_id)
    layout = kinds.of(one.kind).layout(request.actor, timezone.localdate())
    rows = [(layout.words(row.values), "；".join(f"{fault['column']}：{fault['sentence']}" for fault in row.faults)) for row in queries.errors_of(one.pk)[:_MOST_ERRORS]]
    return sheets.file(f"{layout.title}有误的行.xlsx", writing.faulty(layout, rows))


@page(access.USE, methods=("POST",))
def passwords(request: Request, number: int) -> HttpResponse:
    """「印发一次性密码」: a sheet to cut up and hand out."""
    one = _in_view(request, number)
    told = actions.issue_passwords(actor=request.actor, import_id=one.pk, at=timezone.now())
    return sheets.sheet("一次性密码.xlsx", [("账号", "一次性密码", "说明"), *((name, once, "首次登录后改为自己的密码") for name, once in told)])


progress.background = True  # type: ignore[attr-defined]

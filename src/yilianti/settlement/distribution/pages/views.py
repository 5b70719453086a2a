"""「年度清算」: the list, one settlement with its statements and steps, the same in a spreadsheet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, page
from yilianti.kernel.tables.sheets import sheet
from yilianti.settlement.budget import api as budget
from yilianti.settlement.distribution import access, explaining, queries
from yilianti.settlement.distribution.models import Run, Settlement
from yilianti.settlement.distribution.pages import showing
from yilianti.settlement.distribution.terms import Line, StatementState


@page("distribution.view")
def listing(request: Request) -> HttpResponse:
    """Settlements of every year, and packages whose year may be settled."""
    today = timezone.localdate()
    unions = access.consortia(request.actor, today, "distribution.reckon")
    held = queries.settlements(request.actor, today)
    settled = {one.package_id for one in held if one.state != "withdrawn"}
    open_to = [one for one in budget.Package.objects.filter(consortium__in=unions, state="fixed", year__lt=today.year).select_related("consortium").order_by("-year") if one.pk not in settled]
    return render(request, "distribution/list.html", {"lines": [showing.settlement_line(one) for one in held], "packages": [{"one": one, "fund": budget.Fund.label(one.fund)} for one in open_to], "year": today.year - 1,
                                                      "consortia": [(one.consortium.code, one.consortium.name) for one in held[:1]]})  # fmt: skip


def found(request: Request, number: str) -> Settlement:
    one = queries.settlement(request.actor, number, timezone.localdate())
    if one is None:
        raise Http404("没有这次清算，或您无权查看。")
    return one


@page("distribution.view")
def detail(request: Request, number: str) -> HttpResponse:
    """Statements, sums, the steps of each run."""
    one = found(request, number)
    return render(request, "distribution/settlement.html", _whole(request, one))


def _whole(request: Request, one: Settlement) -> dict[str, Any]:
    statements = queries.statements(request.actor, one)
    keys = [item for item in Line if any(line.key == item for each in statements for line in each.lines.all())]
    rows = []
    for each in statements:
        by_key = {line.key: line for line in each.lines.all()}
        rows.append({**showing.statement_line(each), "cells": [(key.zh, Money(by_key[str(key)].fen) if str(key) in by_key else "") for key in keys]})
    sums = [Money(sum(line.fen for each in statements for line in each.lines.all() if line.key == key)) for key in keys]
    return {"settlement": one, **showing.settlement_line(one), "rows": rows, "keys": [key.zh for key in keys], "sums": sums, "total": Money(sum(each.final for each in statements)),
            "agreed": sum(each.state not in ("prepared", "disputed", "accepted") for each in statements), "steps": showing.settlement_steps(request.actor, one, timezone.localdate()),
            "runs": [{"run": run, "steps": _steps(run)} for run in queries.runs(one)], "may_simulate": one.state not in ("begun", "withdrawn") and access.may(request.actor, "simulate", one.consortium_id, timezone.localdate()),
            "may_resume": one.state == "begun" and access.may(request.actor, "reckon", one.consortium_id, timezone.localdate())}  # fmt: skip


def _steps(run: Run) -> list[dict[str, Any]]:
    working = explaining.Working(run)
    return [{"name": name, "nodes": working.nodes(name)} for name in working.by_name]


@page("distribution.view")
def export(request: Request, number: str) -> HttpResponse:
    """Statements as a sheet, a row a line."""
    one = found(request, number)
    rows: list[list[object]] = [["清算单", "版本", "机构代码", "机构", "状态", "项目", "金额（元）", "步骤", "政策", "决议"]]
    for each in queries.statements(request.actor, one):
        rows += [[each.number, each.version, each.institution.code, each.institution.name, StatementState.label(each.state), Line.label(line.key), Decimal(line.fen).scaleb(-2), line.step, line.policy_ref, line.authority] for line in each.lines.all()]
    return sheet(f"清算-{one.consortium.code}-{one.year}.xlsx", rows)

"""「年度清算」: the list, one settlement with its statements and steps, the same in a spreadsheet."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, page
from yilianti.kernel.tables.sheets import sheet
from yilianti.settlement.budget import api as budget
from yilianti.settlement.distribution import access, queries
from yilianti.settlement.distribution.models import Settlement
from yilianti.settlement.distribution.pages import showing, summing
from yilianti.settlement.distribution.terms import Line, State, StatementState


@page("distribution.view")
def listing(request: Request) -> HttpResponse:
    """Settlements of every year, narrowed as asked, and packages whose year may be settled."""
    today, asked = timezone.localdate(), {key: value for key in ("text", "year", "state", "fund") if (value := request.GET.get(key, "").strip()[:40])}
    held = queries.settlements(request.actor, today, asked, request.GET.get("before", ""))
    packages = [] if asked or request.GET.get("before") else queries.to_settle(access.consortia(request.actor, today, "distribution.reckon"), today)
    url = f"?{urlencode(asked | {'before': held.next_key})}" if held.next_key else ""
    return render(request, "distribution/list.html", {
        "lines": [showing.settlement_line(one) for one in held.rows], "packages": [{"one": one, "fund": budget.Fund.label(one.fund)} for one in packages], "said": asked, "next_url": url,
        "years": [str(year) for year in range(today.year + 1, today.year - 9, -1)], "states": State.choices(), "funds": budget.Fund.choices()})  # fmt: skip


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
    statements, today = queries.statements(request.actor, one), timezone.localdate()
    held = {each.pk: {line.key: line for line in each.lines.all()} for each in statements}
    keys = [key for key in Line if any(str(key) in own for own in held.values())]
    rows = [{**showing.statement_line(each), "cells": [{"label": key.zh, "amount": Money(held[each.pk][str(key)].fen) if str(key) in held[each.pk] else ""} for key in keys]} for each in statements]
    sums = [Money(sum(own[str(key)].fen for own in held.values() if str(key) in own)) for key in keys]
    bills, total = budget.unpriced(one.package) if one.fund != budget.Fund.PUBLIC_HEALTH else (0, 0)
    may = access.permitted(request.actor, ("reckon", "answer", "approve", "post", "lock", "simulate"), one.consortium_id, today)
    return {"settlement": one, **showing.settlement_line(one), "unpriced": {"bills": bills, "total": Money(total)}, "rows": rows, "keys": [key.zh for key in keys], "sums": sums, "total": Money(sum(each.final for each in statements)), "bars": summing.bars(summing.totals(queries.last_steps(one))),
            "agreed": sum(each.state not in ("prepared", "disputed", "accepted") for each in statements), "steps": showing.settlement_steps(may, one), **summing.unconfirmed(one, statements, today), "cash": summing.cash(statements),
            "runs": queries.runs(one) if access.sees_whole(request.actor, one) else [], "may_remind": "answer" in may, "may_simulate": "simulate" in may and one.state not in ("begun", "withdrawn"), "may_resume": one.state == "begun" and "reckon" in may}  # fmt: skip


@page("distribution.view")
def cash(request: Request, number: str) -> HttpResponse:
    """What is to be paid to whom, as the bank's list wants it; collections below."""
    one = found(request, number)
    rows: list[list[object]] = [["序号", "收（付）款单位", "机构代码", "开户银行", "账号", "付款金额（元）", "应收金额（元）", "摘要", "清算单", "清算单状态"]]
    statements = sorted(queries.statements(request.actor, one), key=lambda each: (each.final < 0, each.institution.code))
    said = f"{one.year}年{budget.Fund.label(one.fund)}医共体清算"
    for position, each in enumerate((each for each in statements if each.final), 1):
        rows.append([position, each.institution.name, each.institution.code, "", "", Money(each.final).in_yuan if each.final > 0 else None, Money(-each.final).in_yuan if each.final < 0 else None, said, f"{each.number} 第 {each.version} 版", StatementState.label(each.state)])
    rows.append(["", "合计", "", "", "", Money(sum(each.final for each in statements if each.final > 0)).in_yuan, Money(-sum(each.final for each in statements if each.final < 0)).in_yuan, "" if one.state in ("approved", "posted", "locked") else "还没有批准，不作付款依据", "", State.label(one.state)])
    return sheet(f"清算付款表-{one.consortium.code}-{one.year}.xlsx", rows)


@page("distribution.view")
def export(request: Request, number: str) -> HttpResponse:
    """Statements as a sheet, a row a line."""
    one = found(request, number)
    rows: list[list[object]] = [["清算单", "版本", "机构代码", "机构", "状态", "项目", "金额（元）", "步骤", "政策", "决议"]]
    for each in queries.statements(request.actor, one):
        rows += [[each.number, each.version, each.institution.code, each.institution.name, StatementState.label(each.state), Line.label(line.key), Money(line.fen).in_yuan, line.step, line.policy_ref, line.authority] for line in each.lines.all()]
    return sheet(f"清算-{one.consortium.code}-{one.year}.xlsx", rows)

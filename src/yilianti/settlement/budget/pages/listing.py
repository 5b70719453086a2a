"""「总额」: packages by year and state, and the fragment for the start page of those who work with them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.pages import Request, numbered, page
from yilianti.settlement.budget import access, queries
from yilianti.settlement.budget.pages import glance
from yilianti.settlement.budget.terms import Fund, State


@page("budget.view")
def worklist(request: Request) -> HttpResponse:
    """The newest year first; a few lines a consortium."""
    said = {name: request.GET.get(name, "")[:20] for name in ("year", "state", "fund")}
    chosen = queries.Filters(numbered(said["year"]), said["state"] if said["state"] in set(State) else "", said["fund"] if said["fund"] in set(Fund) else "")
    listed, counted = queries.worklist(request.actor, chosen), queries.counts(request.actor, chosen)
    rest = {name: value for name, value in said.items() if value and name != "state"}
    tabs = [{"label": state.zh, "url": f"?{urlencode({**rest, 'state': str(state)})}", "active": chosen.state == state, "count": counted.get(str(state)) or None} for state in State]
    tabs.insert(0, {"label": "全部", "url": f"?{urlencode(rest)}", "active": not chosen.state, "count": sum(counted.values()) or None})
    return render(request, "budget/list.html", {
        "lines": lines(listed), "tabs": tabs, "said": {name: value for name, value in said.items() if value}, "years": queries.years(request.actor), "funds": Fund.choices(),
        "may_draft": request.actor.may(access.DRAFT),
    })  # fmt: skip


@page("budget.view")
def pile(request: Request) -> HttpResponse:
    """This year's packages at a glance and what is to be done about them; three statements."""
    today = timezone.localdate()
    listed = queries.worklist(request.actor, queries.Filters(today.year))
    return render(request, "budget/_pile.html", {"lines": [{**line, "waits": _waits(line)} for line in lines(listed)], "year": today.year, "may_draft": request.actor.may(access.DRAFT)})


def lines(listed: list[Any]) -> list[dict[str, Any]]:
    """Packages with their latest month."""
    latest = queries.latest(listed)
    return [glance.line(one, latest.get(one.pk)) for one in listed]


def _waits(line: dict[str, Any]) -> list[tuple[str, str]]:
    """What somebody has to do, with its tone."""
    today, package, last = timezone.localdate(), line["one"], line["last"]
    found = []
    if package.state == State.DRAFTED:
        found.append(("等医保局核定", "wait"))
    elif package.state == State.FIXED and line["has_months"]:
        month = glance.next_month(package, last, today)
        found += [(f"{month:%Y-%m} 可以核算", "info")] if month else []
        found += [("支出高于路径", "bad")] if last and last.above else []
        found += [(f"{last.unpriced} 笔没有算出", "warn")] if last and last.unpriced else []
    return found

"""「分组结果」: CMI, cost and pay by institution, department and group; the same as Excel, and the cases as the file that `drg pay` reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.pages import Request, page
from yilianti.kernel.tables.sheets import file, streamed
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.claims import access, grouping_kept, weighing_kept
from yilianti.settlement.claims.pages import drawn, spans
from yilianti.settlement.claims.pages import weighed as showing
from yilianti.settlement.claims.pages.spans import Asked
from yilianti.settlement.claims.terms import NO_SCHEME
from yilianti.settlement.claims.weighing import results
from yilianti.settlement.claims.weighing.terms import Method, Standing
from yilianti.settlement.claims.weighing.working import value_shown
from yilianti.settlement.claims.weighing_kept import Weighed

_METHODS = {Method.RATE: "费率法", Method.POINTS: "点数法"}
_MOST_SHOWN = 10


@page("claims.view")
def overview(request: Request) -> HttpResponse:
    """A span of months; the head, by institution or department, by group."""
    asked, found = _found(request)
    kind, lines = showing.places(found, asked)
    groups = showing.groups(found, asked)
    order = (asked.words.get("sort", ""), asked.words.get("order", ""))
    return render(request, "claims/grouped.html", {
        "asked": asked, "month": f"{asked.month:%Y-%m}", "lengths": spans.LENGTHS, "places": _places(request), "query": asked.url(), **_head(found), **_about(found, asked),
        "kind": kind, "lines": [(one, one.cells(showing.FIGURES)) for one in showing.ordered(lines, *order)], "headings": showing.headings(showing.FIGURES, asked),
        "groups": [(one, one.cells(showing.GROUP_FIGURES)) for one in showing.ordered(groups, *order)], "group_headings": showing.headings(showing.GROUP_FIGURES, asked),
        "cmis": _bars(lines), "scatter": drawn.scatter(groups), "why": _why(found), "all_url": asked.url(institution=""),
        "previous_url": asked.url(month=f"{spans.shifted(asked.month, -1):%Y-%m}"), "next_url": asked.url(month=f"{spans.shifted(asked.month, 1):%Y-%m}"),
    })  # fmt: skip


def _found(request: Request) -> tuple[Asked, Weighed]:
    asked = spans.asked(request)
    return asked, weighing_kept.weighed(request.actor, asked.span, timezone.now(), asked.institution)


def _head(found: Weighed) -> dict[str, Any]:
    """The figures above the tables."""
    whole = found.by_department()[-1][2]
    total = showing.line("", whole)
    grouped = int((found.cases.group >= 0).sum())
    share = grouped * 10_000 // whole["cases"] if whole["cases"] else 0
    return {"total": {name: showing.told(name, value) for name, value in total.values.items()}, "whole": whole, "has_pay": whole["paid"] > 0, "has_groups": grouped > 0,
            "is_loss": (total.values["difference"] or 0) < 0, "grouped": f"{share // 100}.{share % 100:02d}%", "ungrouped": whole["cases"] - grouped,
            "ungrouped_note": f"{whole['cases'] - grouped} 例未入组"}  # fmt: skip


def _about(found: Weighed, asked: Asked) -> dict[str, Any]:
    """By what it was reckoned."""
    rules, value = found.rules, found.found.value
    return {"refs": found.refs, "notes": found.notes, "scheme": found.scheme, "method": _METHODS.get(rules.method, "") if rules else "", "from_cases": rules is None or rules.weights is None,
            "value": value_shown(value) if value is not None else "", "is_unfinished": value is not None and asked.span.until > timezone.localdate(),
            "is_imported": bool(found.scheme and grouping_kept.engine_of(found.scheme))}  # fmt: skip


def _places(request: Request) -> list[tuple[str, str]]:
    """Institutions to choose from, where there is a choice."""
    named = institutions.names(request.actor.reaches(access.VIEW))
    return sorted(((str(key), name) for key, name in named.items()), key=lambda pair: pair[1]) if len(named) > 1 else []


def _why(found: Weighed) -> list[tuple[str, int]]:
    return sorted(((why_of(said), count) for said, count in found.why.items()), key=lambda pair: (-pair[1], pair[0]))


def why_of(status: str) -> str:
    """Why a stay has no group, in words."""
    return {NO_SCHEME: "没有装入分组方案", "": "还没有分组"}.get(status, status)


def _bars(lines: list[showing.Line]) -> list[tuple[showing.Line, str, int]]:
    """CMI as bars, the largest first: (line, text, width of 300)."""
    weighed = [(one, one.values["cmi"]) for one in lines]
    known = sorted(((one, cmi) for one, cmi in weighed if cmi), key=lambda pair: -pair[1])[:_MOST_SHOWN]
    return [(one, showing.told("cmi", cmi), max(1, 300 * cmi // known[0][1])) for one, cmi in known]


@page("claims.view")
def export(request: Request) -> FileResponse:
    """The tables as a workbook."""
    asked, found = _found(request)
    kind, lines = showing.places(found, asked)
    sheets = [
        (f"按{kind}", _sheet(kind, lines, showing.FIGURES)), ("按组", _sheet("组", showing.groups(found, asked), showing.GROUP_FIGURES)),
        ("未入组", [["原因", "例数"], *_why(found)]), ("说明", _told(request, asked, found)),
    ]  # fmt: skip
    return streamed(f"分组结果-{asked.span.first:%Y%m}-{spans.shifted(asked.span.until, -1):%Y%m}.xlsx", sheets)


def _sheet(title: str, lines: list[showing.Line], figures: tuple[tuple[str, str], ...]) -> Iterator[list[object]]:
    yield [title, "名称", *(label for _, label in figures)]
    for one in showing.ordered(lines, "cases", ""):
        yield [one.title, one.note, *(showing.cell(name, one.values[name]) for name, _ in figures)]


def _told(request: Request, asked: Asked, found: Weighed) -> Iterator[list[object]]:
    yield ["出院月份", asked.title]
    yield ["机构", institutions.names([asked.institution]).get(asked.institution, "") if asked.institution else "有权查看的全部机构"]
    yield ["分组方案", found.scheme or "没有装入分组方案"]
    yield ["权重", "以本期病例算出" if found.rules is None or found.rules.weights is None else "按政策公布的权重"]
    yield ["依据", "、".join(found.refs) or "本地没有按组付费的政策，未算付费"]
    for note in found.notes:
        yield ["说明", note]
    yield ["导出时间", timezone.now()]
    yield ["导出人", f"{request.actor.name}（{request.actor.institution_name}）"]


@page("claims.view")
def cases(request: Request) -> HttpResponse:
    """The cases in the columns of `drg pay`, so that anybody can reckon them again; without names."""
    asked, found = _found(request)
    listed = found.cases
    columns = (listed.ids.to_pylist(), [listed.institutions[at] for at in listed.institution], listed.department.to_pylist(), results.money(listed.cost).to_pylist(),
               results.spelled(listed.group, listed.groups).to_pylist(), listed.los.tolist())  # fmt: skip
    rows = "".join(",".join(_quoted(str(one)) for one in row) + "\n" for row in zip(*columns, strict=True))
    content = f"id,institution,department,cost,drg,los\n{rows}".encode()
    return file(f"分组病例-{asked.span.first:%Y%m}.csv", content, "text/csv; charset=utf-8")


def _quoted(text: str) -> str:
    """No cell is run as a formula, none breaks its line."""
    text = f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
    return '"' + text.replace('"', '""').replace("\n", " ") + '"' if any(mark in text for mark in ',"\n\r') else text


@page("claims.view")
def group(request: Request, drg: str) -> HttpResponseBase:
    """One group: how its costs spread beside what is paid, its dearest and cheapest cases, by institution."""
    asked, found = _found(request)
    mine = found.cases.group == (found.cases.groups.index(drg) if drg in found.cases.groups else len(found.cases.groups))
    if not mine.any():
        raise Http404
    of = found.of(mine)
    whole = showing.line(drg, of.by_department()[-1][2])
    rows = _cases(of)
    engine = grouping_kept.engine_of(found.scheme) if found.scheme else None
    _, lines = showing.places(of, asked)
    mean, pay = whole.values["mean"] or 0, whole.values["mean_pay"]
    return render(request, "claims/group.html", {
        "drg": drg, "name": engine.scheme.name_of(drg) if engine else "", "asked": asked, "back": f"/claims/groups/{asked.url()}", "total": {name: showing.told(name, value) for name, value in whole.values.items()},
        "spread": drawn.spread([int(one) for one in of.cases.cost], mean, pay), "lines": [(one, one.cells(showing.FIGURES)) for one in showing.ordered(lines, "cases", "")], "figures": showing.FIGURES,
        "high": sorted(rows, key=lambda row: -row["fen"])[:_MOST_SHOWN], "low": sorted(rows, key=lambda row: row["fen"])[:_MOST_SHOWN] if len(rows) > _MOST_SHOWN else [],
        "has_pay": pay is not None, "notes": found.notes, "times": _times(found),
    })  # fmt: skip


def _times(found: Weighed) -> str:
    """From how many times the mean on a cost is extreme here; empty where the place does not say."""
    times = found.rules.extreme_times if found.rules else None
    return f"{times / 10_000:g}" if times else ""


def _cases(of: Weighed) -> list[dict[str, Any]]:
    """Each case of a group."""
    money, pays = results.money(of.cases.cost).to_pylist(), of.found.pay >= 0
    table = results.table(of.cases, of.found).to_pylist()
    return [{**row, "fen": int(of.cases.cost[at]), "cost": money[at], "days": int(of.cases.los[at]), "short": of.places[row["institution"]].short_name, "is_panel": row["status"] == Standing.PANEL,
             "is_loss": bool(pays[at]) and int(of.found.pay[at]) < int(of.cases.cost[at])} for at, row in enumerate(table)]  # fmt: skip

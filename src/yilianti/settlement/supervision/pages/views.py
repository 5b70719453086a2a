"""「基金监管」: the worklist, one suspicion, the same on paper and in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, done, looked_at, numbered, page
from yilianti.kernel.tables.sheets import file, streamed
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.supervision import actions, queries
from yilianti.settlement.supervision.models import Suspicion
from yilianti.settlement.supervision.pages import showing
from yilianti.settlement.supervision.terms import Family, Rule, State

_TABS = (State.RAISED, State.EXPLAINED, State.CONFIRMED, State.RECOVERED, State.CLEARED, State.WITHDRAWN, State.SUPERSEDED)
MOST = 50_000
HEADINGS = ("线索编号", "状态", "类别", "规则", "机构", "居民编号", "费用编号", "费用月份", "原因", "涉及金额（元）", "认定金额（元）", "退回金额（元）", "提出", "期限")


def month_of(text: str) -> date | None:
    """The first day of a month written 2026-10; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None


def asked(request: Request) -> tuple[queries.Filters, dict[str, str]]:
    """The filters of the address, and its words that mean something."""
    said = {name: request.GET.get(name, "").strip()[:40] for name in ("state", "family", "institution", "month", "text")}
    chosen = queries.Filters(
        state=said["state"] if said["state"] in set(State) else "", family=said["family"] if said["family"] in set(Family) else "",
        institution=numbered(said["institution"]), month=month_of(said["month"]), text=said["text"],
    )  # fmt: skip
    return chosen, {name: value for name, value in said.items() if value}


@page("supervision.view")
def worklist(request: Request) -> HttpResponse:
    """Newest first, by state."""
    chosen, said = asked(request)
    listed = queries.worklist(request.actor, chosen, before=numbered(request.GET.get("before", "")))
    counted, today = queries.counts(request.actor, chosen), timezone.localdate()
    rest = {name: value for name, value in said.items() if name != "state"}
    tabs = [{"label": state.zh, "url": f"?{urlencode({**rest, 'state': str(state)})}", "active": chosen.state == state, "count": counted.get(str(state), (0, 0))[0] or None} for state in _TABS]
    tabs.insert(0, {"label": "全部", "url": f"?{urlencode(rest)}", "active": not chosen.state, "count": sum(many for many, _ in counted.values()) or None})
    total = counted.get(chosen.state, (0, 0))[1] if chosen.state else sum(fen for _, fen in counted.values())
    return render(request, "supervision/list.html", {
        "lines": [showing.line(one, today) for one in listed.rows], "tabs": tabs, "said": said, "families": Family.choices(), "query": f"?{urlencode(said)}", "total": Money(total),
        "places": _places(request) if len(request.actor.reaches("supervision.view")) > 1 else [], "may_scan": request.actor.may("supervision.scan"),
        "next_url": f"?{urlencode({**said, 'before': listed.next_key})}" if listed.next_key else "", "this_month": f"{today:%Y-%m}",
    })  # fmt: skip


def _places(request: Request) -> list[tuple[str, str]]:
    named = institutions.names(request.actor.reaches("supervision.view"))
    return [(str(key), name) for key, name in sorted(named.items(), key=lambda pair: pair[0])]


@page("supervision.view")
def export(request: Request) -> FileResponse:
    """The list as filtered, by number, without names; each person's access log says who took it out."""
    chosen, _ = asked(request)
    return streamed(f"监管线索-{timezone.localdate():%Y%m%d}.xlsx", [("监管线索", _rows(request, chosen))])


def _rows(request: Request, chosen: queries.Filters) -> Iterator[list[object]]:
    yield list(HEADINGS)
    before, count = None, 0
    while True:
        part = queries.worklist(request.actor, chosen, before=before, size=1_000)
        for one in part.rows:
            looked_at(request, one.resident_id, "导出监管线索")
            yield [one.number, State.label(one.state), Family.label(one.family), Rule.label(one.rule), one.institution.short_name, one.resident.number, one.claim, f"{one.month:%Y-%m}", one.because,
                   *(None if fen is None else Decimal(fen) / 100 for fen in (one.amount, one.confirmed, one.recovered)), timezone.localdate(one.raised_at), one.due_on]  # fmt: skip
        count += len(part.rows)
        if not part.next_key or count >= MOST:
            return
        before = int(part.next_key)


def found(request: Request, number: str) -> Suspicion:
    """The suspicion, or 404 alike for one that is not there and one out of reach."""
    one = queries.one(request.actor, number)
    if one is None:
        raise Http404("没有这条线索，或您无权查看。")
    return one


@page("supervision.view")
def detail(request: Request, number: str) -> HttpResponse:
    """The evidence, what both sides said, and the steps."""
    one = found(request, number)
    looked_at(request, one.resident_id, f"查看监管线索 {number}")
    return render(request, "supervision/detail.html", showing.whole(request.actor, one, timezone.localdate()))


@page("supervision.view")
def printed(request: Request, number: str) -> HttpResponse:
    """The same on paper."""
    one = found(request, number)
    looked_at(request, one.resident_id, f"打印监管线索 {number}")
    return render(request, "supervision/print.html", {**showing.whole(request.actor, one, timezone.localdate()), "now": timezone.localtime()})


@page("supervision.view")
def attachment(request: Request, number: str, statement: int) -> HttpResponse:
    """The file given with a statement."""
    one = found(request, number)
    said = one.statements.filter(id=statement, file__isnull=False).first()
    if said is None:
        raise Http404("没有这个附件。")
    looked_at(request, one.resident_id, f"下载监管线索 {number} 的附件")
    kinds = {"pdf": "application/pdf", "png": "image/png"}
    return file(said.file_name, bytes(said.file or b""), kinds.get(said.file_name.rpartition(".")[2].lower(), "image/jpeg"))


@page("supervision.scan", methods=("POST",))
def scan(request: Request) -> HttpResponse:
    """「扫描」"""
    month = month_of(request.POST.get("month", "")) or timezone.localdate().replace(day=1)
    people = actions.ask_scan(actor=request.actor, month=month, at=timezone.now())
    return done(request, "/supervision/", f"已安排扫描 {month:%Y-%m} 的费用，共 {people} 人；几分钟内出结果，已有的线索不会重复。")

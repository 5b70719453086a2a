"""「收费日结」: a day of the member's cashier, and its export."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.care.diagnosis import cashier
from yilianti.care.diagnosis.terms import ChargeKind
from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, numbered, page
from yilianti.kernel.tables.sheets import streamed
from yilianti.registry.institutions import api as institutions

_TONES = {"charged": "ok", "waived": "idle", "refunded": "warn"}


@page(cashier.SEES)
def day(request: Request) -> HttpResponse:
    """The lines of a day with totals, what is still to be charged, and what is to go back."""
    actor, (on, place) = request.actor, _asked(request)
    found = list(cashier.lines(actor, on, place))
    names = institutions.names(actor.reaches(cashier.SEES))
    return render(request, "diagnosis/cashier.html", {
        "day": on, "place": place, "places": sorted(names.items(), key=lambda one: one[1]), "totals": cashier.totals(found), "query": urlencode(_kept(on, place)),
        "lines": [{"line": line, "kind": ChargeKind.label(line.kind), "tone": _TONES[line.kind], "amount": str(Money(line.fen))} for line in found],
        "uncharged": cashier.uncharged(actor, on, place), "refundable": cashier.refundable(actor, place),
        "previous_url": f"?{urlencode(_kept(on - timedelta(days=1), place))}", "next_url": f"?{urlencode(_kept(on + timedelta(days=1), place))}",
    })  # fmt: skip


@page(cashier.SEES)
def export(request: Request) -> FileResponse:
    """The same lines as Excel; numbers of exams, no names of residents."""
    on, place = _asked(request)
    return streamed(f"检查费-{on:%Y%m%d}.xlsx", [("检查费", _sheet(request, on, place))])


def _sheet(request: Request, on: date, place: int | None) -> Iterator[list[object]]:
    yield ["时间", "机构", "检查编号", "办理", "项目编码", "项目", "金额（元）", "原因", "经办人", "依据"]
    found = list(cashier.lines(request.actor, on, place))
    for line in found:
        yield [line.at, line.institution.short_name, line.exam.number, ChargeKind.label(line.kind), line.code, line.name, str(Money(line.fen)), line.reason, line.by.name if line.by else "", line.policy_ref]
    added = cashier.totals(found)
    yield ["合计", "", "", f"收费 {added.charged} 笔、退费 {added.refunded} 笔、免收 {added.waived} 笔", "", "", str(added.net), "收费减退费", "", ""]


def _asked(request: Request) -> tuple[date, int | None]:
    try:
        on = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        on = timezone.localdate()
    return min(max(on, date(2000, 1, 1)), timezone.localdate()), numbered(request.GET.get("institution", ""))


def _kept(on: date, place: int | None) -> dict[str, str]:
    return {"day": on.isoformat(), **({"institution": str(place)} if place else {})}

"""「转诊统计」: how far they came, who sends to whom, why, and what leaves the network; shares are tiles of insight, shown by address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral import counting, rules
from yilianti.care.referral.counting import Flow, Scope
from yilianti.care.referral.pages import flows
from yilianti.care.referral.pages.filtering import select
from yilianti.care.referral.terms import Side
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Request, numbered, page
from yilianti.kernel.tables.sheets import streamed
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Level

OPEN = "clinical.referral.open_figures"
_SPANS = (("1", "一个月"), ("3", "三个月"), ("12", "一年"))
_SIDES = (("", "转出与转入"), (Side.SENDER.value, "只看转出"), (Side.RECEIVER.value, "只看转入"))
_PICTURED = 10
_OUTSIDE, _REST = "网外", "其他机构"
Told = Callable[[int], object]
Sheet = tuple[str, Iterable[list[object]]]


@page("referral.view")
def statistics(request: Request) -> HttpResponse:
    """A month, a quarter or a year up to a month; one institution or all in reach."""
    scope, told = _scope(request), _plain
    found = counting.flows(request.actor, scope)
    leaks = counting.leaks(request.actor, scope)
    reasons = counting.reasons(request.actor, scope)
    return render(request, "referral/statistics.html", {
        "scope": scope, "month": f"{scope.last:%Y-%m}", "selects": _selects(request, scope), "query": request.GET.urlencode(),
        "steps": _steps(counting.funnel(request.actor, scope), told), "by_level": _by_level(found), "by_institution": _by_institution(found),
        "reasons": [(title, reasons[kind]) for kind, title in _REASONS.items()],
        "leaks": [(title, counting.together(leaks, by)) for by, title in _LEAKS.items()], "leak_count": sum(leak.cases for leak in leaks),
        "whose": _whose(request.actor, scope), "previous_url": _url(request, _shifted(scope.last, -1)), "next_url": _url(request, _shifted(scope.last, 1)),
    })  # fmt: skip


_REASONS = {"asked": "为什么转", "declined": "为什么谢绝", "overridden": "不顾提示仍转"}
_LEAKS = {"disease": "什么病", "receiver": "去了哪里", "sender": "从哪里转出"}


@page("referral.view")
def export(request: Request) -> FileResponse:
    """The same as Excel; for the public with small numbers hidden."""
    scope, actor = _scope(request), request.actor
    is_open = request.GET.get("open") == "1"
    told = _hidden(actor) if is_open else _plain
    found, reasons, leaks = counting.flows(actor, scope), counting.reasons(actor, scope), counting.leaks(actor, scope)
    steps = zip(counting.STEPS, counting.funnel(actor, scope), strict=True)
    sheets: list[Sheet] = [
        _sheet("到哪一步", ["步骤", "人次"], ([step, told(count)] for step, count in steps)),
        _sheet("流向", ["转出机构", "转入机构", "从", "到", "回程", "人次"], (_flow(flow, told) for flow in found)),
        *(_sheet(title, ["原因", "人次"], ([row.label, told(row.cases)] for row in reasons[kind])) for kind, title in _REASONS.items()),
        _sheet("网外", ["诊断", "转出机构", "去向", "人次"], ([*leak[:3], told(leak.cases)] for leak in leaks)),
        _sheet("说明", ["项目", "内容"], _about(request, scope, is_open=is_open)),
    ]
    return streamed(f"转诊统计-{scope.last:%Y%m}.xlsx", sheets)


def _sheet(title: str, head: list[object], rows: Iterable[list[object]]) -> Sheet:
    return title, [head, *rows]


def _flow(flow: Flow, told: Told) -> list[object]:
    to = _OUTSIDE if flow.is_outside else Level.label(flow.to_level)
    return [flow.sender, flow.receiver, Level.label(flow.from_level), to, "是" if flow.is_home else "", told(flow.cases)]


def _about(request: Request, scope: Scope, *, is_open: bool) -> Iterator[list[object]]:
    yield ["提交月份", f"{scope.first:%Y-%m} 至 {scope.last:%Y-%m}"]
    yield ["机构", institutions.names([scope.institution]).get(scope.institution, "") if scope.institution else "有权查看的全部机构"]
    yield ["看哪一头", dict(_SIDES)[scope.side]]
    yield ["导出时间", timezone.now()]
    yield ["导出人", f"{request.actor.name}（{request.actor.institution_name}）"]
    yield ["小数", f"对外提供：小于下限的隐去，其余取整（政策 {OPEN}）" if is_open else "内部使用：未隐去小数，请勿外传"]


def _scope(request: Request) -> Scope:
    """What the address asks for; what it cannot mean is this month and everything in reach."""
    today = timezone.localdate()
    try:
        last = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        last = today.replace(day=1)
    last = min(max(last, date(2000, 1, 1)), today.replace(day=1))
    months = request.GET.get("months", "1")
    place, side = numbered(request.GET.get("institution", "")), request.GET.get("side", "")
    return Scope(
        _shifted(last, 1 - int(months)) if months in dict(_SPANS) else last, last,
        institution=place if place in request.actor.reaches("referral.view") else None, side=side if side in dict(_SIDES) else "",
    )  # fmt: skip


def _url(request: Request, month: date) -> str:
    """The same of another month."""
    asked = request.GET.copy()
    asked["month"] = f"{month:%Y-%m}"
    return f"?{asked.urlencode()}"


def _shifted(month: date, by: int) -> date:
    """So many months later or earlier."""
    count = month.year * 12 + month.month - 1 + by
    return date(count // 12, count % 12 + 1, 1)


def _selects(request: Request, scope: Scope) -> list[str]:
    seen = institutions.names(request.actor.reaches("referral.view"))
    months = (scope.last.year - scope.first.year) * 12 + scope.last.month - scope.first.month + 1
    asked: list[tuple[str, str, tuple[tuple[str, str], ...], str]] = [("months", "到该月为止", _SPANS, str(months)), ("side", "看哪一头", _SIDES, scope.side)]
    if len(seen) > 1:
        named = sorted(((str(key), name) for key, name in seen.items()), key=lambda pair: pair[1])
        asked.insert(0, ("institution", "机构", (("", "全部"), *named), str(scope.institution or "")))
    return [select.__wrapped__(*one) for one in asked]


def _whose(actor: Actor, scope: Scope) -> str:
    """Whose tiles insight shows beside; nothing where the actor may not see them."""
    if scope.institution is not None:
        return str(scope.institution) if scope.institution in actor.reaches("insight.view") else ""
    return "whole" if actor.may("insight.view_whole") else "own" if actor.institution in actor.reaches("insight.view") else ""


def _plain(count: int) -> object:
    return count


def _hidden(actor: Actor) -> Told:
    """Small numbers not told, the others rounded, so that no sum gives them away."""
    edition = policybook.in_force(OPEN, timezone.localdate(), actor.scope)
    return lambda count: rules.open_figure(count, least=edition.least, step=edition.step)


def _steps(counts: Sequence[int], told: Told) -> list[dict[str, Any]]:
    """Bars, the first the longest."""
    largest = max(counts[0], 1)
    return [{"label": label, "count": told(count), "width": round(300 * count / largest)} for label, count in zip(counting.STEPS, counts, strict=True)]


def _tone(flow: Flow) -> str:
    return "outside" if flow.is_outside else rules.direction(flow.from_level, flow.to_level).value


def _by_level(found: Sequence[Flow]) -> dict[str, Any]:
    summed = flows.fewer([flows.Link(Level.label(f.from_level), _OUTSIDE if f.is_outside else Level.label(f.to_level), f.cases, _tone(f)) for f in found], 9, _REST)
    return {"picture": flows.picture(summed), "links": summed}


def _by_institution(found: Sequence[Flow]) -> dict[str, Any]:
    links = [flows.Link(f.sender, f.receiver, f.cases, _tone(f)) for f in found]
    return {"picture": flows.picture(flows.fewer(links, _PICTURED, _REST)), "links": flows.fewer(links, 30, _REST)[:30]}

"""「中心质量」: how fast, what waits, who read how much, how well each member records, critical values; a member sees its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti import policybook
from yilianti.care.diagnosis import access, counting
from yilianti.care.diagnosis.counting import Pace, Recorded, Scope, Told
from yilianti.care.diagnosis.rules import figures
from yilianti.care.diagnosis.terms import RejectReason
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Request, numbered, page
from yilianti.kernel.tables.sheets import streamed
from yilianti.registry.institutions import api as institutions

POLICY = "clinical.diagnosis.quality"
CANNOT = "无法计算"
KINDS = {"working": "常规（工作时间）", "off": "常规（非工作时间）", "urgent": "急诊与胸痛"}
SPANS = {"1": "一个月", "3": "三个月", "12": "一年"}
_HOURS = 24
_TALLEST = 40


@page(counting.AS_MEMBER)
def quality(request: Request) -> HttpResponse:
    """One page of what happened in some months; the queue is that of now."""
    actor, scope, now = request.actor, scope_of(request), timezone.now()
    policy = policybook.in_force(POLICY, timezone.localdate(), actor.scope)
    oversees = actor.may(counting.AS_CENTRE)
    recorded = counting.recorded(actor, scope)
    names = institutions.names({row.member for row in recorded} | set(actor.reaches(counting.AS_MEMBER)) | ({scope.member} if scope.member else set()))
    told = counting.told(actor, scope, policy.acknowledged_minutes)
    paces = counting.paces(actor, scope)
    return render(request, "diagnosis/quality.html", {
        "scope": scope, "month": f"{scope.last:%Y-%m}", "span": span_of(scope), "spans": SPANS.items(), "kinds": KINDS.items(), "members": sorted(names.items(), key=lambda one: one[1]),
        "query": asked(request), "previous_url": turned(request, scope.last, -1), "next_url": turned(request, scope.last, 1), "policy": policy, "whose": _whose(actor, scope), "oversees": oversees,
        "paces": [pace(KINDS.get(key, "合计"), paces[key]) for key in (*KINDS, "all") if key in paces], "hours": bars(counting.hours(actor, scope)),
        "queue": counting.queue(actor, now) if oversees else None, "worked": [worked(row) for row in counting.worked(actor, scope)] if oversees else [],
        "recorded": [record(row, names) for row in recorded], "reasons": [(RejectReason.label(code), cases) for code, cases in counting.reasons(actor, scope)],
        "told": [critical(row, names) for row in told],
    })  # fmt: skip


@page(counting.AS_MEMBER)
def export(request: Request) -> FileResponse:
    """The same as an Excel file, a sheet a table; no residents."""
    actor, scope = request.actor, scope_of(request)
    policy = policybook.in_force(POLICY, timezone.localdate(), actor.scope)
    recorded, told, paces = counting.recorded(actor, scope), counting.told(actor, scope, policy.acknowledged_minutes), counting.paces(actor, scope)
    names = institutions.names({row.member for row in recorded} | {row.member for row in told if row.member} | ({scope.member} if scope.member else set()))
    pace_heads = ["发送", "已书写", "书写及时", "书写及时率", "书写中位数（分）", "书写九成（分）", "已签发", "审核及时", "审核及时率", "签发中位数（分）", "签发九成（分）"]
    sheets: list[tuple[str, Iterable[list[object]]]] = [
        ("用时", _sheet(["类别", *pace_heads], (_pace_cells(KINDS.get(key, "合计"), paces[key]) for key in (*KINDS, "all") if key in paces))),
        ("按钟点", _sheet(["发送钟点", *pace_heads], (_pace_cells(f"{row.key} 时", row) for row in counting.hours(actor, scope)))),
        ("记录质量", _sheet(["机构", "采集人", "记录", "退回", "退回率", "无质量问题", "合格率", "带问题发送"], (_record_cells(record(row, names)) for row in recorded))),
        ("退回原因", _sheet(["原因", "份数"], ([RejectReason.label(code), cases] for code, cases in counting.reasons(actor, scope)))),
        ("危急值", _sheet(["机构", "条数", "通知及时", "确认及时", "已处置", "确认中位数（分）"], ([row["name"], row["row"].found, row["row"].told_on_time, row["row"].acknowledged, row["row"].resolved, row["median"]] for row in (critical(one, names) for one in told)))),
    ]  # fmt: skip
    if actor.may(counting.AS_CENTRE):
        rows = (worked(row) for row in counting.worked(actor, scope))
        sheets.append(("医师", _sheet(["医师", "初诊", "初诊及时", "初诊及时率", "审核", "会诊定论", "复阅"], ([r["row"].name, r["row"].first, r["row"].first_on_time, r["share"], r["row"].audited, r["row"].decided, r["row"].second] for r in rows))))
    sheets.append(("说明", _about(request, scope, names, policy.acknowledged_minutes)))
    return streamed(f"心电中心质量-{scope.last:%Y%m}.xlsx", sheets)


def scope_of(request: Request) -> Scope:
    """What the address asks for; what it cannot mean is this month, every member and every kind."""
    today = timezone.localdate()
    try:
        last = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        last = today.replace(day=1)
    last = min(max(last, date(2000, 1, 1)), today.replace(day=1))
    months, kind = request.GET.get("months", "1"), request.GET.get("kind", "")
    return Scope(shifted(last, 1 - int(months)) if months in SPANS else last, last, numbered(request.GET.get("member", "")), kind if kind in KINDS else "")


def span_of(scope: Scope) -> str:
    return str((scope.last.year - scope.first.year) * 12 + scope.last.month - scope.first.month + 1)


def shifted(month: date, by: int) -> date:
    """So many months later or earlier."""
    count = month.year * 12 + month.month - 1 + by
    return date(count // 12, count % 12 + 1, 1)


def asked(request: Request) -> str:
    return urlencode({key: value for key, value in request.GET.items() if key in ("month", "months", "member", "kind") and value})


def turned(request: Request, last: date, by: int) -> str:
    kept = {key: value for key, value in request.GET.items() if key in ("months", "member", "kind") and value}
    return f"?{urlencode({**kept, 'month': f'{shifted(last, by):%Y-%m}'})}"


def per_cent(counted: int, out_of: int) -> str:
    value = figures.per_cent(counted, out_of)
    return CANNOT if value is None else f"{value}%"


def minutes(seconds: float | None) -> str:
    """Minutes to one place, hours where there are many."""
    if seconds is None:
        return CANNOT
    return f"{seconds / 60:.1f} 分" if seconds < 7200 else f"{seconds / 3600:.1f} 小时"


def pace(label: str, row: Pace) -> dict[str, Any]:
    written, issued = row.written_seconds or [None, None], row.issued_seconds or [None, None]
    return {"label": label, "row": row, "written_share": per_cent(row.written_on_time, row.written), "issued_share": per_cent(row.issued_on_time, row.issued),
            "written": [minutes(one) for one in written], "issued": [minutes(one) for one in issued]}  # fmt: skip


def bars(rows: Sequence[Pace]) -> list[dict[str, Any]]:
    """Twenty-four hours, empty ones too: how many were sent, and how many of the written ones were on time."""
    found = {row.key: row for row in rows}
    most = max((row.sent for row in rows), default=0)
    drawn = []
    for hour in range(_HOURS) if rows else ():
        row = found.get(hour)
        height = max(1, round(_TALLEST * row.sent / most)) if row else 0
        said = f"{hour} 时：发送 {row.sent}，书写及时 {per_cent(row.written_on_time, row.written)}，签发中位数 {minutes((row.issued_seconds or [None])[0])}" if row else f"{hour} 时：没有"
        drawn.append({"hour": hour, "x": hour * 14, "y": _TALLEST - height, "height": height, "said": said, "row": row, "pace": pace(f"{hour} 时", row) if row else None})
    return drawn


def record(row: Recorded, names: dict[int, str]) -> dict[str, Any]:
    person = None if row.person is None else row.person or "机器直接传来"
    return {"row": row, "name": names.get(row.member, ""), "person": person, "rejected": per_cent(row.rejected, row.recordings), "sound": per_cent(row.sound, row.recordings)}


def worked(row: counting.Worked) -> dict[str, Any]:
    return {"row": row, "share": per_cent(row.first_on_time, row.first)}


def critical(row: Told, names: dict[int, str]) -> dict[str, Any]:
    return {"row": row, "name": "合计" if row.member is None else names.get(row.member, ""), "told": per_cent(row.told_on_time, row.found), "acknowledged": per_cent(row.acknowledged, row.found),
            "resolved": per_cent(row.resolved, row.found), "median": minutes((row.seconds or [None])[0])}  # fmt: skip


def _whose(actor: Actor, scope: Scope) -> str:
    """Whose tiles insight shows beside; nothing where the actor may not see them."""
    if scope.member is not None:
        return str(scope.member) if scope.member in actor.reaches("insight.view") else ""
    if actor.may("insight.view_whole"):
        return "whole"
    # A centre's own house sends few exams itself: its tiles would stand at nought above tables of what all members sent.
    return "own" if actor.institution in actor.reaches("insight.view") and not actor.may(access.AT_CENTRE) else ""


def _sheet(head: list[object], rows: Iterable[list[object]]) -> Iterator[list[object]]:
    yield head
    yield from rows


def _pace_cells(label: str, row: Pace) -> list[object]:
    said = pace(label, row)
    return [label, row.sent, row.written, row.written_on_time, said["written_share"], *said["written"], row.issued, row.issued_on_time, said["issued_share"], *said["issued"]]


def _record_cells(said: dict[str, Any]) -> list[object]:
    row = said["row"]
    return [said["name"], said["person"] or "全部", row.recordings, row.rejected, said["rejected"], row.sound, said["sound"], row.anyway]


def _about(request: Request, scope: Scope, names: dict[int, str], minutes: int) -> Iterator[list[object]]:
    yield ["项目", "内容"]
    yield ["登记月份", f"{scope.first:%Y-%m} 至 {scope.last:%Y-%m}"]
    yield ["机构", names.get(scope.member, "") if scope.member else "有权查看的全部机构"]
    yield ["类别", KINDS.get(scope.kind, "全部；记录质量、退回原因、医师、危急值不按类别分")]
    yield ["危急值确认及时", f"{minutes} 分钟内复述确认（政策 {POLICY}）"]
    yield ["导出", f"{request.actor.name}（{request.actor.institution_name}）{timezone.localtime():%Y-%m-%d %H:%M}"]

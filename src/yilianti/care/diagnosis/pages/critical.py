"""Critical values: the ledger, its export, and what is done about one."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import FileResponse, HttpResponse
from django.utils import timezone

from yilianti.care.diagnosis import actions, queries
from yilianti.care.diagnosis.pages import showing
from yilianti.care.diagnosis.terms import CriticalState
from yilianti.kernel.pages import Request, answer, done, keyset, looked_at, page
from yilianti.kernel.tables.sheets import streamed

_PAGE = 30
_HEADINGS = ("检查编号", "申请机构", "危急值", "关键值", "发现", "复述确认", "确认用时（分钟）", "复述", "确认人", "已告知家属", "处置", "处置时间", "状态", "依据")


@page("diagnosis.view")
def ledger(request: Request) -> HttpResponse:
    """Every critical value the actor's institutions sent or found, the open ones first."""
    actor, now = request.actor, timezone.now()
    state = request.GET.get("state", "")
    rows = queries.criticals(actor)
    rows = rows.filter(state=state) if state in {str(s.value) for s in CriticalState} else rows
    start = int(request.GET["after"]) if request.GET.get("after", "").isdigit() and len(request.GET["after"]) < 7 else 0
    listed = keyset(list(rows.order_by("-found_at", "-id")[start : start + _PAGE + 1]), _PAGE, lambda one: start + _PAGE)
    tabs = [{"label": label, "url": f"?state={value}", "active": value == state} for value, label in [("", "全部"), *CriticalState.choices()]]
    order_url = f"/rosters/order/{actor.institution}/" if actor.may("rosters.arrange", actor.institution) and actor.institution else ""
    return answer(request, "diagnosis/critical.html", {"order_url": order_url, "rows": showing.criticals(actor, listed.rows, now), "tabs": tabs, "next_url": f"?state={state}&after={listed.next_key}" if listed.next_key else ""})


@page("diagnosis.view")
def export(request: Request) -> FileResponse:
    """The ledger as Excel; numbers and institutions, no names."""
    return streamed(f"危急值台账-{timezone.localdate():%Y%m%d}.xlsx", [("危急值", _rows(request))])


def _rows(request: Request) -> Iterator[list[object]]:
    yield list(_HEADINGS)
    for one in queries.criticals(request.actor).order_by("-found_at", "-id").iterator(500):
        looked_at(request, one.exam.resident_id, "导出危急值台账")
        minutes = int((one.acknowledged_at - one.found_at).total_seconds() // 60) if one.acknowledged_at else ""
        yield [
            one.exam.number, one.exam.institution.short_name, one.name, one.key_value, one.found_at, one.acknowledged_at, minutes, one.read_back, one.acknowledged_by.name if one.acknowledged_by else "",
            "是" if one.family_told else "", one.outcome, one.resolved_at, CriticalState.label(one.state), one.policy_ref,
        ]  # fmt: skip


@page("diagnosis.acknowledge", methods=("POST",))
def acknowledge(request: Request, critical: int) -> HttpResponse:
    """「复述确认」"""
    one = actions.acknowledge(actor=request.actor, critical=critical, read_back=request.POST.get("read_back", ""), family_told=bool(request.POST.get("family_told")), at=timezone.now())
    return done(request, f"/diagnosis/{one.exam.number}/", "危急值已复述确认，请立即处置并登记。")


@page("diagnosis.resolve", methods=("POST",))
def resolve(request: Request, critical: int) -> HttpResponse:
    """「登记处置」"""
    one = actions.resolve(actor=request.actor, critical=critical, outcome=request.POST.get("outcome", ""), at=timezone.now())
    return done(request, f"/diagnosis/{one.exam.number}/", "危急值处置已登记。")


@page("diagnosis.note_unreachable", methods=("POST",))
def note_unreachable(request: Request, critical: int) -> HttpResponse:
    """「无人应答」"""
    one = actions.note_unreachable(actor=request.actor, critical=critical, at=timezone.now())
    return done(request, f"/diagnosis/{one.exam.number}/", "已通知下一人。")

"""The worklist: piles of work as tabs, one of them as lines, and the same taken out as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from html import escape

from django.http import FileResponse, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from yilianti.care.referral import queries
from yilianti.care.referral.pages import filtering, showing
from yilianti.care.referral.pages.filtering import Asked
from yilianti.care.referral.terms import Channel, Service, State, Urgency
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Request, answer, looked_at, page
from yilianti.kernel.tables.sheets import streamed
from yilianti.registry.inbox import api as inbox

HERE = "/referrals/"


@page("referral.view")
def worklist(request: Request) -> HttpResponse:
    """One list; who comes without saying which sees the filter they keep for that, or else their own work."""
    actor, now = request.actor, timezone.now()
    counted, views = queries.counts(actor), inbox.saved_views(actor, HERE)
    chosen = filtering.asked(request, since_none=next((view.query for view in views if view.is_default), ""))
    box = chosen.words.get("box") or ("all" if chosen.words else queries.first_work(actor, counted))
    chosen = replace(chosen, filters=replace(chosen.filters, box=box, sort=filtering.sort_of(chosen.words, box)), words={"box": box, **chosen.words})
    listed = queries.worklist(actor, chosen.filters, after=request.GET.get("after", ""))
    return answer(request, "referral/list.html", {
        "lines": SafeString("".join(_drawn(line, now) for line in listed.rows)), "tabs": _tabs(actor, box, counted), "bar": filtering.bar(chosen),
        "rest": filtering.rest(chosen), "chips": filtering.chips(chosen), "query": chosen.url(), "views": inbox.marked(views, chosen.url()), "here": HERE,
        "next_url": chosen.url(after=listed.next_key) if listed.next_key else "", "box": box,
        "may_draft": actor.may("referral.draft"), "may_offer_home": actor.may("referral.offer_home"), "may_issue": actor.may("referral.issue_certificate"), "questions": queries.questions_waiting(actor),
    })  # fmt: skip


def _tabs(actor: Actor, box: str, counted: Mapping[str, int]) -> list[dict[str, object]]:
    return [{"label": queries.BOXES[name], "url": f"?box={name}", "active": name == box, "count": counted.get(name) or None}
            for name in queries.boxes_of(actor, counted, box)]  # fmt: skip


_UNWRITTEN = "未填诊断"
_RESIDENT, _DIAGNOSIS, _WAY, _STATE, _LIMIT = "居民", "诊断", "从 → 到", "状态", "时限"


def _drawn(line: queries.Line, now: datetime) -> str:
    """One row of the table; drawn here, because a template takes as long for twenty rows as everything else for the page."""
    said = showing.as_line(line, now)
    name, diagnosis, way = escape(said["name"]), escape(said["diagnosis"] or _UNWRITTEN), escape(said["way"])
    return (
        f'<tr><td class="cell-title"><a href="/referrals/{line.number}/" data-row>{line.number}</a> {said["urgency"]}{said["channel"]}</td>'
        f'<td data-label="{_RESIDENT}">{name} <span class="faint">{said["sex"]}</span></td><td data-label="{_DIAGNOSIS}">{diagnosis}</td>'
        f'<td data-label="{_WAY}"><span class="faint">{said["direction"]}</span> {way}</td><td data-label="{_STATE}">{said["state"]}</td>'
        f'<td data-label="{_LIMIT}">{said["deadline"] or "—"}</td></tr>'
    )


HEADINGS = ("转诊单号", "状态", "紧急程度", "方向", "申请服务", "通道", "转出机构", "转入机构", "诊断编码", "诊断", "提交", "答复时限", "答复", "到院", "出院", "办结")
LARGEST_EXPORT = 50_000
_PART = 1000


@page("referral.view")
def export(request: Request, kind: str) -> FileResponse:
    """The filtered worklist as CSV or Excel (numbers and institutions, no names); each patient's access log says who took it out."""
    chosen = filtering.asked(request)
    sheets = [("转诊单", _rows(request, chosen, as_text=kind == "csv")), ("说明", _about(request, chosen))]
    return streamed(f"转诊单-{timezone.localdate():%Y%m%d}.{kind}", sheets)


def _rows(request: Request, chosen: Asked, *, as_text: bool) -> Iterator[list[object]]:
    yield list(HEADINGS)
    after, count, noted = "", 0, set[int]()
    while True:
        part = queries.worklist(request.actor, chosen.filters, after=after, size=min(_PART, LARGEST_EXPORT - count))
        for line in part.rows:
            if line.resident_id not in noted:
                looked_at(request, line.resident_id, "导出转诊清单")
                noted.add(line.resident_id)
            yield _exported(line, as_text=as_text)
        after, count = part.next_key, count + len(part.rows)
        if not after:
            return
        if count >= LARGEST_EXPORT:
            yield [f"已到 {LARGEST_EXPORT} 条的上限，其后的未导出；请缩小筛选范围分次导出。"]
            return


def _exported(line: queries.Line, *, as_text: bool) -> list[object]:
    moments = [line.submitted_at, line.answer_due_at, line.decided_at, line.arrived_at, line.discharged_at, line.concluded_at]
    told = [f"{timezone.localtime(m):%Y-%m-%d %H:%M}" if m else "" for m in moments] if as_text else moments
    return [line.number, State.label(line.state), Urgency.label(line.urgency), showing.direction(line), Service.label(line.service),
            Channel.label(line.channel), line.sender_name, line.receiver_name, line.diagnosis_code, line.diagnosis_name, *told]  # fmt: skip


def _about(request: Request, chosen: Asked) -> Iterator[list[object]]:
    """What the list is, so that a file found later explains itself."""
    yield ["项目", "内容"]
    yield ["导出时间", timezone.now()]
    yield ["导出人", f"{request.actor.name}（{request.actor.institution_name}）"]
    yield ["工作箱", queries.BOXES[chosen.filters.box]]
    for name, said in filtering.told(chosen):
        yield [name, said]
    yield ["内容说明", "不含居民姓名与证件号；每位居民的访问记录中已记下本次导出。"]

"""「家庭医生签约」: the residents who are signed, one contract, the same in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.care.contract import book, queries
from yilianti.care.contract.models import Contract
from yilianti.care.contract.pages import forms, showing
from yilianti.care.contract.terms import Kind, State
from yilianti.kernel.pages import Request, looked_at, numbered, page
from yilianti.kernel.tables.sheets import streamed
from yilianti.registry.institutions import api as institutions

_TABS = (State.SIGNED, State.PROPOSED, State.RENEWED, State.CHANGED, State.ENDED, State.EXPIRED, State.REFUSED, State.LAPSED)
MOST = 50_000
HEADINGS = ("签约编号", "状态", "类别", "居民编号", "团队", "服务机构", "人群", "开始", "截止", "停止", "签约时间")


def asked(request: Request) -> tuple[queries.Filters, dict[str, str]]:
    """The filters of the address, and its words that mean something."""
    said = {name: request.GET.get(name, "").strip()[:40] for name in ("state", "team", "institution", "tag", "text", "ending")}
    today = timezone.localdate()
    soon = queries.soon(today, int(book.edition("handling", today, request.actor.scope).ending_soon_days))
    chosen = queries.Filters(
        state=said["state"] if said["state"] in set(State) else "", team=numbered(said["team"]), institution=numbered(said["institution"]), tag=said["tag"], text=said["text"],
        ending_before=soon if said["ending"] == "1" else None,
    )  # fmt: skip
    return chosen, {name: value for name, value in said.items() if value}


@page("contract.view")
def worklist(request: Request) -> HttpResponse:
    """Those signed here, newest first, with what is due."""
    actor, today = request.actor, timezone.localdate()
    chosen, said = asked(request)
    listed = queries.worklist(actor, chosen, before=numbered(request.GET.get("before", "")))
    counted = queries.counts(actor, chosen)
    soon = int(book.edition("handling", today, actor.scope).ending_soon_days)
    due = queries.next_due(listed.rows, today)
    rest = {name: value for name, value in said.items() if name != "state"}
    tabs = [{"label": state.zh, "url": f"?{urlencode({**rest, 'state': str(state)})}", "active": chosen.state == state, "count": counted.get(str(state)) or None} for state in _TABS]
    tabs.insert(0, {"label": "全部", "url": f"?{urlencode(rest)}", "active": not chosen.state, "count": sum(counted.values()) or None})
    return render(request, "contract/list.html", {
        "lines": [showing.line(one, due, today, soon) for one in listed.rows], "tabs": tabs, "said": said, "query": f"?{urlencode(said)}", "soon_days": soon,
        "teams": queries.teams(actor), "tags": [(tag.code, tag.name) for tag in book.tags(today, actor.scope)], "places": _places(request), "may_propose": actor.may("contract.propose", actor.institution),
        "next_url": f"?{urlencode({**said, 'before': listed.next_key})}" if listed.next_key else "", "tag_names": {tag.code: tag.name for tag in book.tags(today, actor.scope)},
    })  # fmt: skip


def _places(request: Request) -> list[tuple[str, str]]:
    reach = request.actor.reaches("contract.view")
    return [(str(key), name) for key, name in sorted(institutions.names(reach).items())] if len(reach) > 1 else []


@page("contract.view")
def export(request: Request) -> FileResponse:
    """The list as filtered, by number, without names."""
    chosen, _ = asked(request)
    return streamed(f"家庭医生签约-{timezone.localdate():%Y%m%d}.xlsx", [("家庭医生签约", _rows(request, chosen))])


def _rows(request: Request, chosen: queries.Filters) -> Iterator[list[object]]:
    names = {tag.code: tag.name for tag in book.tags(timezone.localdate(), request.actor.scope)}
    yield list(HEADINGS)
    before, count = None, 0
    while True:
        part = queries.worklist(request.actor, chosen, before=before, size=1_000)
        for one in part.rows:
            looked_at(request, one.resident_id, "导出签约名单")
            yield [one.number, State.label(one.state), Kind.label(one.kind), one.resident.number, one.team.name, one.institution.short_name, "、".join(names.get(tag, tag) for tag in one.tags), one.begins_on,
                   showing.last_day(one), one.stopped_on, one.signed_at]  # fmt: skip
        count += len(part.rows)
        if not part.next_key or count >= MOST:
            return
        before = int(part.next_key)


def found(request: Request, number: str) -> Contract:
    """The contract, or 404 alike for one that is not there and one out of reach."""
    one = queries.one(request.actor, number)
    if one is None:
        raise Http404("没有这份签约，或您无权查看。")
    return one


@page("contract.view")
def detail(request: Request, number: str) -> HttpResponse:
    """What was agreed, what was done of it on the day of ?on=, and the steps."""
    one, today = found(request, number), timezone.localdate()
    looked_at(request, one.resident_id, f"查看签约 {number}")
    day = min(max(forms.day_of(request.GET.get("on", ""), today), one.begins_on), today)
    return render(request, "contract/detail.html", showing.whole(request.actor, one, day, today))


@page("contract.view")
def pile(request: Request) -> HttpResponse:
    """How many are signed, to be confirmed, and soon over: for the desk."""
    today = timezone.localdate()
    soon = queries.soon(today, int(book.edition("handling", today, request.actor.scope).ending_soon_days))
    counted, ending = queries.counts(request.actor, queries.Filters()), queries.counts(request.actor, queries.Filters(ending_before=soon))
    return render(request, "contract/_pile.html", {"piles": [
        {"label": "已签约", "icon": "users", "count": counted.get("signed", 0), "tone": "", "url": "/contracts/?state=signed"},
        {"label": "待确认", "icon": "signature", "count": counted.get("proposed", 0), "tone": "wait" if counted.get("proposed") else "", "url": "/contracts/?state=proposed"},
        {"label": "快到期", "icon": "clock", "count": sum(ending.values()), "tone": "warn" if ending else "", "url": "/contracts/?ending=1"},
    ]})  # fmt: skip



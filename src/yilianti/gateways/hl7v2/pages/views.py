"""Pages of inbound messages: the list, one message, replay, set aside, and code mappings."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from yilianti.gateways.hl7v2 import access, actions, queries
from yilianti.gateways.hl7v2.models import Message
from yilianti.gateways.hl7v2.pages import masking
from yilianti.gateways.hl7v2.pages.forms import FilterForm, MappingForm, NoteForm
from yilianti.gateways.hl7v2.terms import State, Table
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, answer, keyset, looked_at, page, refused
from yilianti.registry.institutions import api as institutions

PAGE_SIZE = 50
_TONES = {"applied": "ok", "refused": "bad", "ignored": "idle", "received": "wait"}


@page("hl7v2.view")
def messages(request: Request) -> HttpResponse:
    """The inbox of messages."""
    actor: Actor = request.actor
    form = FilterForm(request.GET or None)
    narrowing = form.narrowing() if form.is_bound else queries.Narrowing()
    cut = keyset(queries.messages(actor, narrowing, PAGE_SIZE), PAGE_SIZE, key=lambda row: row.id)
    context = {
        "page_title": "接口消息", "page_lead": "各医院系统经 HL7 v2 发来的消息：收到什么、入档没有、为什么被拒。",
        "form": form, "rows": [_listed(row) for row in cut.rows], "next_url": _next(request, cut.next_key),
        "counts": queries.day_counts(actor, timezone.now()), "waiting": queries.waiting(actor), "may_map": actor.may("hl7v2.map"),
        "narrowed": any(value for key, value in request.GET.items() if key != "before"),
    }
    return answer(request, "hl7v2/messages.html", context, fragment="hl7v2/message_list.html")


def _next(request: Request, key: str) -> str:
    if not key:
        return ""
    kept = {name: value for name, value in request.GET.items() if name != "before" and value}
    return "?" + urlencode({**kept, "before": key})


def _listed(row: Message) -> dict[str, Any]:
    return {"message": row, "state": State.label(row.state), "tone": _TONES[row.state],
            "worst": "warning" if any(f.get("severity") != "info" for f in row.findings) else "info"}


@page("hl7v2.view")
def message(request: Request, number: int) -> HttpResponse:
    """One message: what it says, what became of it, and what can be done."""
    actor: Actor = request.actor
    row = queries.message(actor, number)
    if row is None:
        raise Http404
    reveal = access.may_reveal(actor, row.institution_id)
    if row.resident_id and reveal:
        looked_at(request, row.resident_id, "核对接口消息")
    return answer(request, "hl7v2/message.html", _shown(actor, row, reveal))


def _shown(actor: Actor, row: Message, reveal: bool) -> dict[str, Any]:
    open_to_mending = row.state in (State.REFUSED.value, State.IGNORED.value)
    may = access.may_replay(actor, row.institution_id)
    content = masking.shown(bytes(row.raw), row.encoding, reveal=reveal)
    findings = [{**found, "sentence": masking.sentence(found.get("sentence", ""), reveal=reveal)} for found in row.findings]
    return {
        "page_title": f"消息 {row.kind or '（无法识别）'} {row.control_id}", "message": row, "state": State.label(row.state),
        "unmapped": _unmapped(row), "tone": _TONES[row.state], "pairs": _pairs(row, reveal), "segments": content.segments, "raw": content.text, "findings": findings,
        "refusal": masking.sentence(row.refusal, reveal=reveal or row.refusal_code == "unknown_facility"), "reveal": reveal,
        "may_replay": may and open_to_mending, "may_set_aside": may and row.state == State.REFUSED.value,
        "may_map": access.may_map(actor, row.institution_id), "form": NoteForm(),
        "crumbs": [{"label": "接口消息", "url": "/hl7v2/"}, {"label": row.control_id or str(row.id)}],
    }


def _unmapped(row: Message) -> list[dict[str, str]]:
    """Local codes without a mapping, each with the way to the form that maps it."""
    said = [found.get("because", "").partition(":") for found in row.findings if found.get("code") == "code_unmapped"]
    return [{"words": f"{Table.label(table)} {code}", "query": urlencode({"institution": row.institution_id or "", "table": table, "local_code": code})}
            for table, _, code in said]


def _pairs(row: Message, reveal: bool) -> list[dict[str, Any]]:
    said = [("收到时间", timezone.localtime(row.received_at).strftime("%Y-%m-%d %H:%M:%S")), ("发送机构（MSH-4）", row.facility),
            ("发送系统（MSH-3）", row.application), ("登记机构", row.institution.short_name if row.institution else ""),
            ("消息类型", row.kind), ("版本", row.version), ("字符集", row.encoding), ("收到次数", row.attempts),
            ("应答", row.answer), ("写入", "、".join(row.subjects)), ("来自", row.peer), ("处理说明", row.note)]
    pairs = [{"label": label, "value": value} for label, value in said if value]
    if row.resident and reveal:
        pairs.insert(4, {"label": "居民", "value": row.resident.number, "url": reverse("residents:detail", args=[row.resident.number])})
    return pairs


@page("hl7v2.replay", methods=("POST",))
def replay(request: Request, number: int) -> HttpResponse:
    """Applies a refused message again."""
    actor: Actor = request.actor
    _within_reach(actor, number)
    actions.replay(actor=actor, message=number, at=timezone.now())
    if queries.message(actor, number) is None:  # now filed under the institution that sent it
        notices.success(request, "已重放。这条消息归发送它的机构，不在您管理的机构内，不再显示在这里。")
        return redirect("hl7v2:messages")
    return redirect("hl7v2:message", number=number)


@page("hl7v2.replay", methods=("POST",))
def set_aside(request: Request, number: int) -> HttpResponse:
    """Ends the waiting of a refused message."""
    actor: Actor = request.actor
    _within_reach(actor, number)
    actions.set_aside(actor=actor, message=number, note=request.POST.get("note", ""), at=timezone.now())
    return redirect("hl7v2:message", number=number)


def _within_reach(actor: Actor, number: int) -> None:
    if queries.message(actor, number) is None:
        raise Http404


@page("hl7v2.map")
def mappings(request: Request) -> HttpResponse:
    """Code mappings of the institutions within reach, and facilities waiting to be confirmed."""
    actor: Actor = request.actor
    context = {
        "page_title": "编码对照", "page_lead": "院内代码与标准代码的对照，一家机构一份；改后重放被拒的消息即可入档。",
        "rows": [(row, Table.label(row.table)) for row in queries.mappings(actor)], "form": _mapping_form(actor, _suggested(request)),
        "provisional": _provisional(), "crumbs": [{"label": "接口消息", "url": "/hl7v2/"}, {"label": "编码对照"}],
    }
    return answer(request, "hl7v2/mappings.html", context)


def _mapping_form(actor: Actor, initial: dict[str, Any] | None = None, data: Any = None) -> MappingForm:
    within_reach = institutions.names(actor.reaches("hl7v2.map"))
    choices = sorted(within_reach.items(), key=lambda choice: choice[1])
    return MappingForm(data, initial=initial or {}, institutions=choices)


def _provisional() -> list[str]:
    """Names of senders that wait to be confirmed or merged."""
    waiting = institutions.Institution.objects.filter(standing=institutions.Standing.PROVISIONAL.value)
    return list(waiting.order_by("id").values_list("name", flat=True)[:100])


def _suggested(request: Request) -> dict[str, Any]:
    return {key: value[:96] for key in ("institution", "table", "local_code") if (value := request.GET.get(key, ""))}


@page("hl7v2.map", methods=("POST",))
def map_code(request: Request) -> HttpResponse:
    """Adds or changes a mapping."""
    actor: Actor = request.actor
    form = _mapping_form(actor, data=request.POST)
    if not form.is_valid():
        first = next(iter(form.errors.values()))[0]
        return refused(request, Refused("form_invalid", f"没有保存：{first}", "Form errors."))
    actions.map_code(actor=actor, at=timezone.now(), **form.cleaned_data)
    return redirect("hl7v2:mappings")


@page("hl7v2.map", methods=("POST",))
def unmap_code(request: Request, number: int) -> HttpResponse:
    """Removes a mapping."""
    actor: Actor = request.actor
    if queries.mapping(actor, number) is None:
        raise Http404
    actions.unmap_code(actor=actor, mapping=number, at=timezone.now())
    return redirect("hl7v2:mappings")



"""The outbox: what left, what waits, what stands still, and what can be done about it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from yilianti.gateways.outbound import access, actions, queries
from yilianti.gateways.outbound.models import Outgoing
from yilianti.gateways.outbound.pages.forms import FilterForm, GiveUpForm
from yilianti.gateways.outbound.terms import ECHO, Result, State
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Request, answer, keyset, looked_at, numbered, page

PAGE_SIZE = 50
TONES = {"waiting": "wait", "sent": "info", "acknowledged": "ok", "parked": "bad", "cancelled": "idle"}
RESULT_TONES = {"acknowledged": "ok", "sent": "info", "refused": "bad", "failed": "warn", "unanswered": "warn", "unreachable": "warn", "interrupted": "warn"}


@page("outbound.view")
def messages(request: Request) -> HttpResponse:
    """The outbox, newest first."""
    actor: Actor = request.actor
    places = queries.destinations(actor)
    form = FilterForm(request.GET or None, destinations=places)
    narrowing = form.narrowing() if form.is_bound else queries.Narrowing()
    cut = keyset(queries.messages(actor, narrowing, PAGE_SIZE), PAGE_SIZE, key=lambda row: row.id)
    context = {
        "form": form, "rows": [listed(row) for row in cut.rows], "next_url": _next(request, cut.next_key), "now": timezone.now(),
        "standing": queries.standing(actor, timezone.now()), "narrowed": any(value for key, value in request.GET.items() if key != "before"),
        "stuck_at": [row for row in places if vars(row)["parked"] and actor.may(actions.mending.PERMISSION, row.institution_id)],
        "has_destinations": bool(places), "may_manage": actor.may("outbound.manage"),
    }  # fmt: skip
    return answer(request, "outbound/messages.html", context, fragment="outbound/_list.html")


def _next(request: Request, key: str) -> str:
    kept = {name: value for name, value in request.GET.items() if name != "before" and value}
    return "?" + urlencode({**kept, "before": key}) if key else ""


def listed(row: Outgoing) -> dict[str, Any]:
    """A line of a list."""
    return {"message": row, "kind": "测试消息" if row.kind == ECHO else row.kind, "state": State.label(row.state), "tone": TONES[row.state],
            "is_retried": row.state == State.WAITING.value and row.attempts > 0}  # fmt: skip


@page("outbound.view")
def message(request: Request, number: int) -> HttpResponse:
    """One message: where it goes, what came back each time, and what can be done."""
    actor, row = request.actor, _visible(request, number)
    reveal = access.may_reveal(actor, row.destination.institution_id)
    if row.resident_id and reveal:
        looked_at(request, row.resident_id, "核对外发消息")
    may = actor.may(actions.mending.PERMISSION, row.destination.institution_id)
    content = row.payload.decode(row.destination.settings.get("encoding", "utf-8"), "replace") if reveal else ""
    context = {
        **listed(row), "row": row, "pairs": _pairs(row, reveal), "reveal": reveal, "content": content.replace("\r", "\n"), "ahead": queries.ahead_of(row),
        "tries": [(one, Result.label(one.result), RESULT_TONES[one.result]) for one in queries.tries(row)],
        "may_replay": may and row.kind != ECHO and row.state in (State.PARKED.value, State.CANCELLED.value),
        "may_give_up": may and row.state in (State.PARKED.value, State.WAITING.value), "form": GiveUpForm(),
        "crumbs": [{"label": "外发消息", "url": reverse("outbound:messages")}, {"label": row.control_id}],
    }  # fmt: skip
    return answer(request, "outbound/message.html", context)


def _pairs(row: Outgoing, reveal: bool) -> list[dict[str, Any]]:
    said = [("目的地", f"{row.destination.institution.short_name} · {row.destination.name}（{row.destination.host}:{row.destination.port}）"),
            ("控制号", row.control_id), ("对象", row.subject), ("排入", _moment(row.queued_at)), ("发出", _moment(row.sent_at)),
            ("确认", _moment(row.acknowledged_at)), ("停下", _moment(row.parked_at)), ("尝试次数", row.attempts), ("最近结果", row.said if reveal else ""),
            ("放弃原因", row.closed_because), ("下次尝试", _moment(row.retry_at) if row.state == State.WAITING.value else "")]  # fmt: skip
    return [{"label": label, "value": value} for label, value in said if value]


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""


@page("outbound.replay", methods=("POST",))
def replay(request: Request, number: int) -> HttpResponse:
    """Sends one again."""
    row = actions.replay(actor=request.actor, message=_visible(request, number).pk, at=timezone.now())
    notices.success(request, "已安排重发，控制号不变；结果几秒内可见。")
    return redirect("outbound:message", number=row.pk)


@page("outbound.replay", methods=("POST",))
def replay_all(request: Request) -> HttpResponse:
    """Sends again everything that stands still at one destination."""
    destination = numbered(request.POST.get("destination", "")) or 0
    count = actions.replay_all(actor=request.actor, destination=destination, at=timezone.now())
    notices.success(request, f"已安排重发 {count} 条，按原来的先后次序。")
    return redirect("outbound:messages")


@page("outbound.replay", methods=("POST",))
def give_up(request: Request, number: int) -> HttpResponse:
    """Lets one go, with a reason."""
    row = actions.give_up(actor=request.actor, message=_visible(request, number).pk, reason=request.POST.get("reason", ""), at=timezone.now())
    notices.success(request, "已放弃，原因已记入日志；排在它后面的消息会继续发送。")
    return redirect("outbound:message", number=row.pk)


def _visible(request: Request, number: int) -> Outgoing:
    row = queries.message(request.actor, number)
    if row is None:
        raise Http404
    return row

"""The operations page: what runs, what lags, what is stuck, and whether the journal holds."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from procrastinate.exceptions import AlreadyEnqueued

from yilianti.gateways.outbound import api as outbound
from yilianti.handovers import actions, alarms, machine, queries, tasks
from yilianti.handovers.models import Waiting
from yilianti.handovers.pages import keeping
from yilianti.handovers.pages.forms import DismissForm
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Request, page


@page("operations.view")
def operations(request: Request) -> HttpResponse:
    """Everything on one page; the fragment renews itself."""
    return render(request, "handovers/operations.html", _state(request))


@page("operations.view")
def state(request: Request) -> HttpResponse:
    """The fragment alone."""
    return render(request, "handovers/_state.html", _state(request))


def _state(request: Request) -> dict[str, Any]:
    stuck, runs, now = queries.stuck(), queries.timed_runs(), timezone.now()
    return {
        "troubles": alarms.with_since(now), "children": machine.children(), "tabs": keeping.tabs("operations"),
        "now": now, "processes": queries.processes(), "arrows": queries.arrows(), "stuck": stuck,
        "parked": sum(row.parked_at is not None for row, _ in stuck), "runs": runs, "failing": sum(bool(run and run.error) for _, run in runs),
        "journal": queries.journal_state(), "disk": queries.disk(settings.HOME), "outbox": outbound.standing(Actor.system(), now),
        "may_retry": _may(request),
    }  # fmt: skip


@page("operations.view")
def waiting(request: Request, waiting: int) -> HttpResponse:
    """One entry that did not get through: what it is, what went wrong, and what can be done."""
    return _show(request, _row(waiting), DismissForm())


@page(actions.PERMISSION, methods=("POST",))
def retry(request: Request, waiting: int) -> HttpResponse:
    row = actions.retry(actor=request.actor, waiting=_row(waiting).id, at=timezone.now())
    messages.success(request, f"已安排重试 {row.handover} 的第 {row.entry} 条日志，结果几秒内可见。")
    return redirect("handovers:operations")


@page(actions.PERMISSION, methods=("POST",))
def dismiss(request: Request, waiting: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    row = actions.dismiss(actor=request.actor, waiting=_row(waiting).id, reason=reason, at=timezone.now())
    messages.success(request, f"已放弃 {row.handover} 的第 {row.entry} 条日志，原因已记入日志。")
    return redirect("handovers:operations")


@page(actions.PERMISSION, methods=("POST",))
def verify(request: Request) -> HttpResponse:
    """Ask the worker to check the whole chain now."""
    try:
        tasks.verify_journal.defer()
    except AlreadyEnqueued:
        messages.info(request, "核对已在排队，请稍候。")
    else:
        messages.success(request, "已安排核对，结果稍后显示在“日志”一栏。")
    return redirect("handovers:operations")


def _row(waiting: int) -> Waiting:
    row = queries.one(waiting)
    if row is None:
        raise Http404("没有这一条，或它已经办成。")
    return row


def _show(request: Request, row: Waiting, form: DismissForm) -> HttpResponse:
    context = {"row": row, "entry": queries.entry_of(row), "behind": queries.behind(row), "form": form, "may_retry": _may(request)}
    return render(request, "handovers/waiting.html", context)


def _may(request: Request) -> bool:
    return bool(request.actor.may(actions.PERMISSION))

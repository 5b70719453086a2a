"""Destinations: the list with the state of each line, the form, the switch, the test."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from yilianti.gateways.outbound import actions, queries
from yilianti.gateways.outbound.models import Destination
from yilianti.gateways.outbound.pages import views
from yilianti.gateways.outbound.pages.forms import DestinationForm
from yilianti.gateways.outbound.terms import Channel, Event
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, page
from yilianti.registry.institutions import api as institutions

CRUMBS = [{"label": "外发消息", "url": "/outbound/"}]


@page("outbound.view")
def listing(request: Request) -> HttpResponse:
    """Every destination within reach."""
    actor = request.actor
    rows = [{"place": row, "channel": Channel.label(row.channel), "wants": [Event.label(want) for want in row.wants],
             "may": actor.may("outbound.manage", row.institution_id)} for row in queries.destinations(actor)]  # fmt: skip
    return render(request, "outbound/destinations.html", {"rows": rows, "now": timezone.now(), "may_manage": actor.may("outbound.manage"),
                                                          "crumbs": [*CRUMBS, {"label": "目的地"}]})  # fmt: skip


@page("outbound.manage", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """A destination is added."""
    return _kept(request, None)


@page("outbound.manage", methods=("GET", "POST"))
def edit(request: Request, destination: int) -> HttpResponse:
    """A destination is shown, tested and changed."""
    return _kept(request, _visible(request, destination))


def _kept(request: Request, row: Destination | None) -> HttpResponse:
    choices = sorted(institutions.names(request.actor.reaches("outbound.manage")).items(), key=lambda choice: choice[1])
    initial = DestinationForm.initial_of(row) if row else {}
    form = DestinationForm(request.POST or None, initial=initial, institutions=choices)
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.keep_destination(actor=request.actor, particulars=form.particulars(), at=timezone.now(), destination=row.pk if row else None)
        except Refused as refusal:
            blame(form, refusal)
        else:
            notices.success(request, "已保存；可以点“测试”看对方是否应答。")
            return redirect("outbound:destination", destination=kept.pk)
    return render(request, "outbound/destination.html", _context(row, form), status=422 if form.errors else 200)


def _context(row: Destination | None, form: DestinationForm) -> dict[str, Any]:
    echo = queries.last_echo(row.pk) if row else None
    return {"place": row, "form": form, "echo": views.listed(echo) if echo else None, "channel": Channel.label(row.channel) if row else "",
            "crumbs": [*CRUMBS, {"label": "目的地", "url": reverse("outbound:destinations")}, {"label": row.name if row else "新增"}]}  # fmt: skip


@page("outbound.manage", methods=("POST",))
def switch(request: Request, destination: int) -> HttpResponse:
    """Stops sending, or begins again."""
    wanted = request.POST.get("active") == "1"
    actions.switch(actor=request.actor, destination=_visible(request, destination).pk, active=wanted, at=timezone.now())
    notices.success(request, "已启用，等待的消息继续发送。" if wanted else "已停用，新消息照常排队，启用后再发。")
    return redirect("outbound:destination", destination=destination)


@page("outbound.manage", methods=("POST",))
def try_out(request: Request, destination: int) -> HttpResponse:
    """Sends a harmless message; the answer stands on its page."""
    sent = actions.try_out(actor=request.actor, destination=_visible(request, destination).pk, at=timezone.now())
    return redirect("outbound:message", number=sent.pk)


def _visible(request: Request, destination: int) -> Destination:
    row = queries.destination(request.actor, destination)
    if row is None:
        raise Http404
    return row

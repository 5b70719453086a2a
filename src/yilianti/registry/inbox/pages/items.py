"""One item: its page with everything that happened to it, and a view for each act."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel import pages
from yilianti.kernel.pages import Request, page
from yilianti.registry.inbox import actions, queries
from yilianti.registry.inbox.models import Item
from yilianti.registry.inbox.pages import showing
from yilianti.registry.inbox.pages.forms import HandOverForm, ReadBackForm
from yilianti.registry.inbox.terms import Kind


@page("inbox.view")
def detail(request: Request, item: int) -> HttpResponse:
    """Who has it, how urgent it is, who saw it, how far it climbed, whom the platform tried to reach."""
    found, actor, now = _visible(request, item), request.actor, timezone.now()
    addresses = queries.addressees(found, actor.scope, now)
    events = showing.events(found, queries.timeline(found), addresses, queries.rungs(found))
    colleagues = queries.colleagues(found, actor, now) if _may_hand_over(found, actor.person) else []
    return render(request, "inbox/detail.html", {
        "item": showing.dress([found], actor, now)[0], "events": events, "calls": queries.calls(found), "same": queries.about_the_same(actor, found, now),
        "addresses": [(address, showing.addressee(address)) for address in addresses], "read_back_form": ReadBackForm(), "colleagues": colleagues,
        "hand_over_form": HandOverForm(colleagues=[(c.id, c.name) for c in colleagues]),
        "pairs": [{"label": "收到时间", "value": f"{timezone.localtime(found.created_at):%Y-%m-%d %H:%M}"},
                  {"label": "接手", "value": found.claimed_by.name if found.claimed_by else "还没有人接手"}] if found.kind == Kind.TASK else [],
    })  # fmt: skip


@page("inbox.view", ["POST"])
def see(request: Request, item: int) -> HttpResponse:
    """The page was opened; noted once."""
    _visible(request, item)
    actions.see(actor=request.actor, item=item, at=timezone.now())
    return HttpResponse("")


@page("inbox.view", ["POST"])
def acknowledge(request: Request, item: int) -> HttpResponse:
    """「知道了」"""
    return _done(request, item, actions.acknowledge, "已标为知道了。", read_back=request.POST.get("read_back", ""))


@page("inbox.view", ["POST"])
def finish(request: Request, item: int) -> HttpResponse:
    """「标为已办」"""
    return _done(request, item, actions.finish, "已标为已办。")


@page("inbox.view", ["POST"])
def reopen(request: Request, item: int) -> HttpResponse:
    """「撤销」, within a minute."""
    return _done(request, item, actions.reopen, "已撤销，这一条回到未办。")


@page("inbox.view", ["POST"])
def claim(request: Request, item: int) -> HttpResponse:
    """「我来办」"""
    return _done(request, item, actions.claim, "由您接手，同事会看到您的名字。")


@page("inbox.view", ["POST"])
def give_back(request: Request, item: int) -> HttpResponse:
    """「退回」"""
    return _done(request, item, actions.give_back, "已退回，同岗位的同事可以接手。")


@page("inbox.view", ["POST"])
def hand_over(request: Request, item: int) -> HttpResponse:
    """「转交」 to a colleague with a word."""
    found = _visible(request, item)
    colleagues = [(c.id, c.name) for c in queries.colleagues(found, request.actor, timezone.now())]
    given = pages.whole(HandOverForm(request.POST, colleagues=colleagues))
    actions.hand_over(actor=request.actor, item=item, to=given["to"], word=given["word"], at=timezone.now())
    return pages.done(request, f"/inbox/{item}/", f"已转交{dict(colleagues)[given['to']]}。")


def _done(request: Request, item: int, act: Callable[..., Item], said: str, **more: Any) -> HttpResponse:
    """Carry out one act; a list gets its changed line back, a page goes on to the item."""
    _visible(request, item)
    act(actor=request.actor, item=item, at=timezone.now(), **more)
    if not request.htmx or request.htmx.target == "dialog":
        return pages.done(request, f"/inbox/{item}/", said)
    now = timezone.now()
    changed = queries.one(request.actor, item, now)
    context = {"item": showing.dress([changed], request.actor, now)[0]} if changed else {}
    response = render(request, "inbox/item.html", context)
    response["HX-Trigger"] = json.dumps({"toast": {"text": said}})
    return response


def _visible(request: Request, item: int) -> Item:
    found = queries.one(request.actor, item, timezone.now())
    if found is None:
        raise Http404("没有这一条，或它不是发给您的。")
    return found


def _may_hand_over(item: Item, person: int | None) -> bool:
    return item.kind == Kind.TASK and item.done_at is None and item.claimed_by_id in (None, person)

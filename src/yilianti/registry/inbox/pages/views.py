"""The inbox: list, badge, and the two buttons."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.kernel.pages import Request, numbered, page
from yilianti.registry.inbox import actions, queries
from yilianti.registry.inbox.models import Item
from yilianti.registry.inbox.pages.forms import FilterForm
from yilianti.registry.inbox.terms import Tab


@page("inbox.view")
def worklist(request: Request) -> HttpResponse:
    """Open or done items, narrowed and paged."""
    form = FilterForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    filters = queries.Filters(given.get("tab") or Tab.OPEN.value, given.get("kind") or "", given.get("text") or "")
    items = queries.worklist(request.actor, filters, before=numbered(request.GET.get("before", "")))
    kept = {"tab": filters.tab, "kind": filters.kind, "text": filters.text}
    context = {
        "form": form,
        "clear_url": f"?tab={filters.tab}" if filters.kind or filters.text else "",
        "tabs": [{"label": t.zh, "url": f"?tab={t.value}", "active": t.value == filters.tab} for t in Tab],
        "items": items.rows,
        "is_open": filters.tab != Tab.DONE,
        "now": timezone.now(),
        "next_url": f"?{urlencode({**kept, 'before': items.next_key})}" if items.next_key else "",
    }
    return render(request, "inbox/worklist.html", context)


@page("inbox.view")
def badge(request: Request) -> HttpResponse:
    """How many wait, as a bare number; nothing for none."""
    count = queries.open_count(request.actor)
    return HttpResponse(str(count) if 0 < count < 100 else "99+" if count else "", headers={"Cache-Control": "no-store"})


@page("inbox.view")
def recent(request: Request) -> HttpResponse:
    """What is due soonest, as a fragment for the start page."""
    items = queries.waiting(request.actor)
    return render(request, "inbox/_recent.html", {"items": items, "is_open": True, "now": timezone.now()})


# A poll is no sign of work: it does not keep a session alive (config/middleware.py).
badge.background = recent.background = True  # type: ignore[attr-defined]


@page("inbox.view", ["POST"])
def acknowledge(request: Request, item: int) -> HttpResponse:
    """「知道了」"""
    return _closed(request, item, actions.acknowledge, "已标为知道了。")


@page("inbox.view", ["POST"])
def finish(request: Request, item: int) -> HttpResponse:
    """「标为已办」"""
    return _closed(request, item, actions.finish, "已标为已办。")


def _closed(request: Request, item: int, close: Callable[..., Item], said: str) -> HttpResponse:
    actor = request.actor
    if queries.one(actor, item) is None:
        raise Http404
    close(actor=actor, item=item, at=timezone.now())
    if not getattr(request, "htmx", False):
        return redirect("inbox:worklist")
    return HttpResponse("", headers={"HX-Trigger": json.dumps({"toast": {"text": said}})})

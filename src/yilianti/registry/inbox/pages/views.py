"""The inbox as lists: the worklist, the start page's fragment, the bell with the banner of critical items."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from yilianti.kernel import pages
from yilianti.kernel.pages import Request, numbered, page
from yilianti.registry.inbox import actions, queries
from yilianti.registry.inbox.pages import showing
from yilianti.registry.inbox.pages.forms import FilterForm
from yilianti.registry.inbox.terms import Tab


@page("inbox.view")
def worklist(request: Request) -> HttpResponse:
    """Open, taken or done items, narrowed and paged."""
    now, form = timezone.now(), FilterForm(request.GET)
    given = {name: value for name, value in (form.cleaned_data if form.is_valid() else {}).items() if value}
    filters = queries.Filters(**{"tab": Tab.OPEN.value, **given})
    found = queries.worklist(request.actor, filters, now, before=numbered(request.GET.get("before", "")))
    items = showing.dress(found.rows, request.actor, now)
    return pages.answer(request, "inbox/worklist.html", {
        "form": form, "tabs": _tabs(request, filters), "items": items, "tab": filters.tab,
        "narrowed": bool(set(given) - {"tab"}), "clear_url": f"?tab={filters.tab}" if set(given) - {"tab"} else "",
        "may_batch": sum(item.look["may_batch"] for item in items) > 1,  # type: ignore[attr-defined]
        "next_url": f"?{urlencode({**given, 'before': found.next_key})}" if found.next_key else "",
    })  # fmt: skip


def _tabs(request: Request, filters: queries.Filters) -> list[dict[str, Any]]:
    tally = queries.tally(request.actor, timezone.now())
    return [{"label": t.zh, "url": f"?tab={t.value}", "active": t.value == filters.tab, "count": tally.get(t.value) or None} for t in Tab]


@page("inbox.view")
def badge(request: Request) -> HttpResponse:
    """How many wait, as a bare number, and the banner of critical items, which stays until they are acknowledged."""
    now = timezone.now()
    counted = queries.counts(request.actor, now)
    critical = queries.critical(request.actor, now) if counted.critical else []
    context = {"count": min(counted.waiting, 100), "critical": critical, "more": counted.critical - len(critical)}
    return HttpResponse(render_to_string("inbox/_badge.html", context), headers={"Cache-Control": "no-store"})


@page("inbox.view")
def recent(request: Request) -> HttpResponse:
    """What is due soonest, as a fragment for the start page."""
    now = timezone.now()
    items = showing.dress(queries.waiting(request.actor, now), request.actor, now)
    return render(request, "inbox/_recent.html", {"items": items})


# A poll is no sign of work: it does not keep a session alive (config/middleware.py).
badge.background = recent.background = True  # type: ignore[attr-defined]


@page("inbox.view", ["POST"])
def acknowledge_many(request: Request) -> HttpResponse:
    """「知道了」 for all that are ticked."""
    ticked = [number for text in request.POST.getlist("item") if (number := numbered(text)) is not None]
    count = actions.acknowledge_many(actor=request.actor, items=ticked, at=timezone.now())
    return pages.done(request, "/inbox/", f"已知悉 {count} 条通知。" if count else "没有勾选可以一起知悉的通知。")

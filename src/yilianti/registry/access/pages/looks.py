"""Who looked at one resident: for the resident to read, and for whoever reviews an emergency."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from yilianti.kernel.pages import Request, looked_at, numbered, page
from yilianti.registry.access import access
from yilianti.registry.access.pages.trails import named
from yilianti.registry.access.queries import trails
from yilianti.registry.privacy import api as privacy
from yilianti.registry.residents import api as residents

SHOW = "access.show_looks"
_MOST = 200


@page(SHOW)
def of_resident(request: Request, number: str) -> HttpResponse:
    """「谁看过我的档案」: every look from every institution and every emergency, to show to the resident or print."""
    found = residents.by_number(number)
    if found is None:
        raise Http404("没有这位居民。")
    residents.require_view(request.actor, found.id, SHOW)
    standing = residents.standing_for(found.id)
    looked_at(request, standing.id, "向居民出示访问记录")
    listed = trails.looks_at(standing.number, before=numbered(request.GET.get("before", "")))
    emergencies = [(one, privacy.EmergencyReason.label(one.reason)) for one in privacy.emergencies_of(standing.id)]
    return render(request, "access/of_resident.html", {
        "resident": standing, "rows": named(listed.rows), "emergencies": emergencies, "now": timezone.now(),
        "next_url": f"?before={listed.next_key}" if listed.next_key else "",
    })  # fmt: skip


@page("access.view_log")
def between(request: Request) -> HttpResponse:
    """What one person looked at of one resident between two moments, as a fragment."""
    asked = trails.LogFilters(
        resident=request.GET.get("resident", "") or "-", person=numbered(request.GET.get("person", "")) or -1,
        from_at=_moment(request.GET.get("from_at", "")), until_at=_moment(request.GET.get("until_at", "")),
    )  # fmt: skip
    listed = trails.looks(request.actor, asked, size=_MOST)
    return render(request, "access/_between.html", {"rows": named(listed.rows), "may": request.actor.may(access.VIEW_LOG)})


def _moment(text: str) -> datetime | None:
    """A moment out of an address; None for anything that is none."""
    try:
        at = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    return at if at is not None and timezone.is_aware(at) else None

"""「签约覆盖」: by group, of everybody who belonged to it on a day, how many were signed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.care.contract import queries
from yilianti.care.contract.pages import forms
from yilianti.kernel.pages import Request, numbered, page
from yilianti.registry.institutions import api as institutions


@page("contract.view")
def coverage(request: Request) -> HttpResponse:
    """?on= a day, ?institution= one place; everything in reach by default."""
    actor, today = request.actor, timezone.localdate()
    day = min(forms.day_of(request.GET.get("on", ""), today), today)
    reach = actor.reaches("contract.view")
    place = numbered(request.GET.get("institution", ""))
    places = [place] if place in reach else sorted(reach)
    rows = queries.coverage(places, day, actor.scope)
    shown = [{"row": row, "percent": f"{row.share / 100:.1f}%" if row.share is not None else "—", "width": (row.share or 0) // 100} for row in rows if row.people]
    return render(request, "contract/coverage.html", {
        "rows": shown, "day": day, "today": today, "place": place if place in reach else None, "is_empty": not shown, "nobody": [row.name for row in rows if not row.people],
        "places": sorted(institutions.names(reach).items()) if len(reach) > 1 else [],
    })  # fmt: skip

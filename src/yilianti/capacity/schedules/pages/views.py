"""The appointments of a resident, as a card of other rooms' pages."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from yilianti.capacity.schedules import queries
from yilianti.capacity.schedules.terms import State
from yilianti.kernel.pages import Request, looked_at, page
from yilianti.registry.residents import api as residents

_TONES = {"booked": "info", "cancelled": "idle", "no_show": "warn"}


@page("schedules.view")
def of_resident(request: Request, number: str) -> HttpResponse:
    """Newest first; where and when, and at one's own institutions what for."""
    actor, found = request.actor, residents.by_number(number)
    if found is None or not (residents.may_view(actor, found.pk, queries.VIEW) or found.pk in actor.opened):
        raise Http404("没有这位居民，或不在您的范围内。")
    looked_at(request, found.pk, "查看预约")
    rows = queries.of_resident(actor, sorted(residents.all_ids(found.pk)))
    lines = [{"row": row, "state": State.label(row.state), "tone": _TONES[row.state], "whole": queries.reads_whole(actor, row)} for row in rows]
    return render(request, "schedules/_of_resident.html", {"lines": lines})

"""Fragments for other rooms' pages: suspicions that wait for somebody, and those about one bill."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, page
from yilianti.settlement.supervision import queries
from yilianti.settlement.supervision.pages import showing
from yilianti.settlement.supervision.terms import State

#: state, icon, tone where there are some
_SHOWN = ((State.RAISED, "message", "wait"), (State.EXPLAINED, "scale", "info"))


@page("supervision.view")
def pile(request: Request) -> HttpResponse:
    """How many are to be explained and to be decided, and how much money is in question; one statement."""
    counted = queries.counts(request.actor, queries.Filters())
    return render(request, "supervision/_pile.html", {
        "piles": [{"label": state.zh, "icon": icon, "count": many, "tone": tone if many else "", "note": Money(fen) if many else "", "url": f"/supervision/?state={state}"}
                  for state, icon, tone in _SHOWN for many, fen in [counted.get(str(state), (0, 0))]],
    })  # fmt: skip


@page("supervision.view")
def of_claim(request: Request) -> HttpResponse:
    """What was asked about a bill, for the bill's own page; nothing where nothing was."""
    today = timezone.localdate()
    found = queries.of_claim(request.actor, request.GET.get("claim", "")[:40])
    return render(request, "supervision/_of_claim.html", {"lines": [showing.line(one, today) for one in found]})

"""A month of the package: how it was reckoned, each turn, and its ledger lines down to the bills."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, numbered, page
from yilianti.settlement.budget import queries
from yilianti.settlement.budget.pages import glance, leaking, views
from yilianti.settlement.budget.terms import PlaceOfCare
from yilianti.settlement.claims.api import Kind


@page("budget.view")
def month(request: Request, number: str, month: str) -> HttpResponse:
    """Every step with its working, then the lines."""
    one, day, today = views.found(request, number), leaking.month_of(month), timezone.localdate()
    turns = queries.turns(one, day) if day else []
    if not turns:
        raise Http404("这个月还没有核算。")
    place = request.GET.get("place", "")
    place = place if place in set(PlaceOfCare) else ""
    rows = queries.ledger(request.actor, one, today, month=day, place=place)
    listed = queries.lines(rows, numbered(request.GET.get("after", "")))
    summed = dict(queries.ledger(request.actor, one, today, month=day).order_by().values_list("place").annotate(Sum("fen")))
    return render(request, "budget/month.html", {
        "package": one, **glance.line(one, turns[0]), "month": f"{day:%Y-%m}", "turn": turns[0], "working": glance.worked(turns[0].working), "turns": [{"one": turn, "own": Money(turn.own), "spent": Money(turn.spent)} for turn in turns],
        "lines": [line(row, request) for row in listed.rows], "tabs": _tabs(place, summed), "is_partial": not queries.sees_everything(request.actor, one, today), "unpriced_total": Money(turns[0].unpriced_total),
        "next_url": f"?{urlencode({'place': place, 'after': listed.next_key})}" if listed.next_key else "",
    })  # fmt: skip


def line(row: Any, request: Request) -> dict[str, Any]:
    """A ledger line; what the stay was for only for those who may see the bill."""
    sees_bill = request.actor.may("claims.view", row.institution_id)
    return {"row": row, "place": PlaceOfCare.label(row.place), "kind": Kind.label(row.kind), "fen": Money(row.fen), "is_back": row.fen < 0, "url": f"/claims/{row.claim.number}/" if sees_bill else "",
            "disease": " ".join(filter(None, (row.disease, row.drg))) if sees_bill else ""}  # fmt: skip


def _tabs(chosen: str, summed: dict[str, int]) -> list[dict[str, Any]]:
    tabs: list[dict[str, Any]] = [{"label": place.zh, "url": f"?place={place}", "active": chosen == place, "count": str(Money(int(summed.get(str(place), 0))))} for place in PlaceOfCare]
    return [{"label": "全部", "url": "?", "active": not chosen, "count": str(Money(int(sum(summed.values()))))}, *tabs]


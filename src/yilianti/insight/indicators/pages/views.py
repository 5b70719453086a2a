"""The wall of figures, the tiles of a desk, and one card with its months."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.insight.facts import api as facts
from yilianti.insight.indicators import access, cards, queries
from yilianti.insight.indicators.access import Whose
from yilianti.insight.indicators.cards import Card, CardFault
from yilianti.insight.indicators.pages import forms, showing
from yilianti.insight.indicators.terms import By
from yilianti.kernel.actor import Actor
from yilianti.kernel.months import deciding_day, month_of
from yilianti.kernel.pages import Request, page
from yilianti.registry.institutions import api as institutions

YEAR = 12
LATE = timedelta(seconds=15)


@page(access.VIEW)
def wall(request: Request) -> HttpResponse:
    """Every card, for the whole consortium or one institution, in any month."""
    whose, form = chosen(request)
    context = tiles_of(request.actor, whose, forms.clean(form, "month", month_of(timezone.now())), timezone.now())
    return render(request, "indicators/wall.html", context | {"form": form, "name": name_of(request.actor, whose)})


@page(access.VIEW)
def tiles(request: Request) -> HttpResponse:
    """The tiles alone, as a desk shows them; asks again by itself."""
    whose = access.named(request.actor, request.GET.get("whose", ""))
    if whose is None:
        raise Http404("没有这个范围的指标，或您无权查看。")
    now = timezone.now()
    try:
        month = forms.month_named(request.GET.get("month", ""))
    except ValueError:
        month = month_of(now)
    only = request.GET.get("only", "")[:32]
    return render(request, "indicators/_tiles.html", tiles_of(request.actor, whose, month, now, only) | {"only": only})


tiles.background = True  # type: ignore[attr-defined]


@page(access.VIEW)
def card(request: Request, code: str) -> HttpResponse:
    """One card: what it means, who says so, how it went, and who stands where."""
    whose, form = chosen(request)
    month = forms.clean(form, "month", month_of(timezone.now()))
    found = card_or_404(request.actor, code, month)
    months = queries.months_back(month, YEAR)
    kept = queries.figures(whose, [code], months)
    reach = request.actor.reaches(access.VIEW)
    others = queries.by_institution(request.actor, code, month, reach) if whose.by is By.CONSORTIUM and By.INSTITUTION in found.by else []
    return render(request, "indicators/card.html", {
        "card": found, "whose": whose, "form": form, "month": month, "label": showing.label(found), "name": name_of(request.actor, whose),
        "tile": showing.tile(found, whose, month, months[-showing.TREND :], kept), "is_for_whom": whose.by in found.by, "is_for_pairs": By.PAIR in found.by,
        "lines": [showing.line(found, kept[code, past]) for past in reversed(months) if (code, past) in kept],
        "others": [showing.line(found, figure) for figure in others], "may_drill": request.actor.may(access.DRILL), "mark": facts.watermark(),
    })  # fmt: skip


def chosen(request: Request) -> tuple[Whose, forms.WhoseForm]:
    """Whose figures the address asks for; 404 for a foreign and a missing institution alike."""
    whose = access.named(request.actor, request.GET.get("whose", ""))
    if whose is None:
        raise Http404("没有这个范围的指标，或您无权查看。")
    asked = request.GET.copy()
    asked["whose"] = whose.key
    asked.setdefault("month", timezone.localdate().isoformat()[:7])
    pair = [(whose.key, name_of(request.actor, whose))] if whose.by is By.PAIR else []
    return whose, forms.WhoseForm(asked, places=choices(request.actor) + pair)


def choices(actor: Actor) -> list[tuple[str, str]]:
    """The whole, and the institutions within reach that are in use."""
    reach = actor.reaches(access.VIEW)
    found = [("whole", "全医共体")] if access.may_see_whole(actor) else []
    return found + [(str(place.id), place.short_name) for place in institutions.active() if place.id in reach]


def name_of(actor: Actor, whose: Whose) -> str:
    if whose.by is By.CONSORTIUM:
        return "全医共体"
    names = institutions.names([whose.institution, whose.sender])
    return " → ".join(names[one] for one in (whose.sender, whose.institution) if one in names)


def card_or_404(actor: Actor, code: str, month: date) -> Card:
    """The card in force here in that month (today, while it lasts)."""
    try:
        found = cards.one(code, deciding_day(month, timezone.localdate()), actor)
    except CardFault as fault:
        raise Http404(str(fault)) from fault
    if found is None:
        raise Http404("没有这张指标卡；请在“现行政策 → 指标”中核对。")
    return found


def tiles_of(actor: Actor, whose: Whose, month: date, now: datetime, only: str = "") -> dict[str, Any]:
    """All cards that are computed for such a place, or those whose names begin with `only`; two statements."""
    shown, faults = [], []
    for edition in cards.in_force(deciding_day(month, timezone.localdate(now)), actor).values():
        try:
            if whose.by in (found := cards.of(edition)).by and found.code.rpartition(".")[2].startswith(only):
                shown.append(found)
        except CardFault as fault:
            faults.append(str(fault))
    months = queries.months_back(month, showing.TREND)
    figures, mark = queries.figures(whose, [one.code for one in shown], months), facts.watermark()
    return {
        "tiles": [showing.tile(one, whose, month, months, figures) for one in shown], "whose": whose, "month": month, "mark": mark, "faults": faults,
        "is_late": mark is None or now - mark.complete_until > LATE, "may_drill": actor.may(access.DRILL), "is_now": month == month_of(now),
    }  # fmt: skip

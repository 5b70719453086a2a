"""What senders and receivers owe each other: a line a pair, the same for both ends and the manager; and the wait as published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti import policybook
from yilianti.insight.facts import api as facts
from yilianti.insight.indicators import access, cards, publishing, queries, rules
from yilianti.insight.indicators.access import Whose
from yilianti.insight.indicators.cards import Card, CardFault
from yilianti.insight.indicators.models import Figure, PublishedWait
from yilianti.insight.indicators.pages import forms, showing
from yilianti.insight.indicators.pages.views import choices
from yilianti.insight.indicators.terms import By
from yilianti.kernel.actor import Actor
from yilianti.kernel.months import deciding_day, month_of
from yilianti.kernel.pages import Request, numbered, page
from yilianti.kernel.tables.sheets import sheet

FEW = "病例不足"
#: As they follow one another from left to right; a county's own cards for pairs come after them.
_ORDER = ("pair_answer_time", "referral_answer_time_p90", "pair_arrival_rate", "referral_declined_share", "referral_overridden_share",
          "referral_closure_share", "referral_follow_up_time")  # fmt: skip
_LIVE = "platform.referral_answer_time"


@page(access.VIEW)
def promises(request: Request) -> HttpResponse:
    """The pairs of a month; three statements whatever their number."""
    form, month, institution = _asked(request)
    shown = _cards(request.actor, month)
    least = _least(request.actor)
    found = queries.pairs(month, request.actor.reaches(access.VIEW), institution)
    kept = urlencode({"month": f"{month:%Y-%m}", **({"institution": institution} if institution else {})})
    return render(request, "indicators/promises.html", {
        "form": form, "month": month, "cards": shown, "lines": list(_lines(found, shown, least)), "least": least, "kept": kept,
        "may_drill": request.actor.may(access.DRILL), "mark": facts.watermark(),
    })  # fmt: skip


@page(access.VIEW)
def export(request: Request) -> HttpResponse:
    """The same table as an Excel file, with the parts of each figure."""
    _, month, institution = _asked(request)
    shown = _cards(request.actor, month)
    lines = _lines(queries.pairs(month, request.actor.reaches(access.VIEW), institution), shown, _least(request.actor))
    return sheet(f"promises-{month:%Y-%m}.xlsx", _sheet(shown, lines))


@page("referral.view")
def of(request: Request) -> HttpResponse:
    """How long answers there took: as published last night, and this month so far; for whoever chooses where to send."""
    receiver, sender, department = (numbered(request.GET.get(name, "")) or 0 for name in ("receiver", "sender", "department"))
    sender = sender if sender in request.actor.reaches("referral.view") else 0  # what a pair owes each other, others do not read
    least, now = _least(request.actor), timezone.now()
    rows = sorted(publishing.published(receiver, sender, department), key=lambda row: (row.department_id is None, row.sender_id is None))
    live = queries.figures(Whose(By.INSTITUTION, receiver), [_LIVE], [month_of(now)]).get((_LIVE, month_of(now)))
    return render(request, "indicators/_wait.html", {
        "waits": [_wait(row, least) for row in rows], "receiver": receiver, "since": rows[0].since if rows else None, "until": rows[0].until if rows else None,
        "live": _live(live, least), "complete_until": live.complete_until if live else None, "least": least,
    })  # fmt: skip


def _asked(request: Request) -> tuple[forms.PairsForm, date, int]:
    asked = request.GET.copy()
    asked.setdefault("month", timezone.localdate().isoformat()[:7])
    form = forms.PairsForm(asked, institutions=[place for place in choices(request.actor) if place[0] != "whole"])
    return form, forms.clean(form, "month", month_of(timezone.now())), int(forms.clean(form, "institution", 0))


def _cards(actor: Actor, month: date) -> list[Card]:
    """The cards for pairs in force here; a faulty one is told on the page of figures."""
    found = []
    for edition in cards.in_force(deciding_day(month, timezone.localdate()), actor).values():
        try:
            card = cards.of(edition)
        except CardFault:
            continue
        if By.PAIR in card.by:
            found.append(card)
    return sorted(found, key=lambda card: (_place(card), card.code))


def _place(card: Card) -> int:
    name = card.code.rpartition(".")[2]
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _least(actor: Actor) -> int:
    return int(policybook.in_force(publishing.POLICY, timezone.localdate(), actor.scope).least)


def _lines(found: Sequence[Figure], shown: Sequence[Card], least: int) -> Iterator[dict[str, Any]]:
    """A line a pair: its ends, and a cell for each card."""
    for _, group in groupby(found, key=lambda figure: (figure.sender_id, figure.institution_id)):
        figures = {figure.card: figure for figure in group}
        first = next(iter(figures.values()))
        yield {"sender": first.sender, "receiver": first.institution, "key": f"{first.sender_id}-{first.institution_id}",
               "cells": [_cell(card, figures.get(card.code), least) for card in shown]}  # fmt: skip


def _cell(card: Card, figure: Figure | None, least: int) -> dict[str, Any]:
    # a median is of those that were measured, a rate of those that might have been
    few = figure is not None and (figure.denominator if figure.measured is None else figure.numerator) < least
    text = "—" if figure is None else FEW if few else showing.in_words(card, showing.value(card, figure))
    return {"card": card, "text": text, "few": few, "parts": f"{figure.numerator}/{figure.denominator}" if figure else ""}


def _sheet(shown: Sequence[Card], lines: Iterator[dict[str, Any]]) -> Iterator[list[object]]:
    yield ["转出机构", "接收机构", *(title for card in shown for title in (card.short, f"{card.counted}/{card.out_of}"))]
    for line in lines:
        yield [line["sender"].short_name, line["receiver"].short_name, *(told for cell in line["cells"] for told in (cell["text"], cell["parts"]))]


def _wait(row: PublishedWait, least: int) -> dict[str, Any]:
    whose = f"{row.department.name}" if row.department else "对贵方" if row.sender else "全院"
    few = row.cases < least
    return {"whose": whose, "cases": row.cases, "few": few, "median": rules.duration(row.median_seconds), "p90": rules.duration(row.p90_seconds)}


def _live(figure: Figure | None, least: int) -> str:
    if figure is None or figure.measured is None or figure.numerator < least:
        return FEW
    return rules.duration(figure.measured)

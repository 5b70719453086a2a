"""Absences: one's own, those one stands in for, and for who manages the staff those of colleagues."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel import pages
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, page
from yilianti.registry.inbox import access, actions, queries
from yilianti.registry.inbox.pages.forms import AbsenceForm, ColleagueForm
from yilianti.registry.people import api as people


@page("inbox.view")
def absences(request: Request) -> HttpResponse:
    """The page."""
    return _show(request, _own_form(request), ColleagueForm())


@page("inbox.view", ["POST"])
def enter(request: Request) -> HttpResponse:
    """One's own absence."""
    form = _own_form(request, request.POST)
    if form.is_valid():
        try:
            actions.enter_absence(actor=request.actor, person=request.actor.person or 0, at=timezone.now(), **form.cleaned_data)
            return pages.done(request, "/inbox/absences/", "已登记离岗，这段时间的待办代办人也看得到。")
        except Refused as refusal:
            _blame(form, refusal)
    return _show(request, form, ColleagueForm(), status=422)


@page(access.ABSENCES, ["POST"])
def enter_for(request: Request) -> HttpResponse:
    """A colleague's absence, by staff numbers."""
    form = ColleagueForm(request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        try:
            given |= {field: _numbered(field, given[field]) for field in ("person", "deputy")}
            actions.enter_absence(actor=request.actor, at=timezone.now(), **given)
            return pages.done(request, "/inbox/absences/", "已为同事登记离岗。")
        except Refused as refusal:
            _blame(form, refusal)
    return _show(request, _own_form(request), form, status=422)


@page("inbox.view", ["POST"])
def end(request: Request) -> HttpResponse:
    """「结束离岗」"""
    actions.end_absence(actor=request.actor, absence=pages.numbered(request.POST.get("absence", "")) or 0, at=timezone.now())
    return pages.done(request, "/inbox/absences/", "离岗已结束，代办人不再看到这些条目。")


def _show(request: Request, form: AbsenceForm, colleague: ColleagueForm, status: int = 200) -> HttpResponse:
    actor, now = request.actor, timezone.now()
    manages = actor.may(access.ABSENCES)
    listed = queries.absences(actor.person or 0, now)
    return render(request, "inbox/absences.html", {
        "form": form, "colleague_form": colleague, "manages": manages, "now": now, "nobody": not form.fields["deputy"].choices[1:],  # type: ignore[attr-defined]
        "own": [row for row in listed if row.person_id == actor.person], "stood_in": [row for row in listed if row.deputy_id == actor.person],
        "managed": queries.absences_managed(actor, now) if manages else [],
    }, status=status)  # fmt: skip


def _own_form(request: Request, *given: Any) -> AbsenceForm:
    found = queries.deputies(request.actor.person or 0, timezone.now())
    return AbsenceForm(*given, deputies=[(person.id, f"{person.name}（{person.number}）") for person in found])


def _numbered(field: str, number: str) -> int:
    found = people.Person.objects.filter(number=number.strip()).first()
    if found is None:
        raise Refused("unknown_person", "没有这个工号；请在“人员”里核对。", "no such staff number", field=field)
    return found.id


def _blame(form: Any, refusal: Refused) -> None:
    pages.blame(form, refusal)
    for finding in refusal.findings:
        form.add_error(None, finding.sentence)

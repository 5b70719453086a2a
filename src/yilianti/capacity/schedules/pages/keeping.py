"""Keeping the book of an institution."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.capacity.schedules import access, actions
from yilianti.capacity.schedules.pages import forms
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, done, page, whole
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people

#: what the rule calls a moment, the form asks as a time of the day
_TYPED = {"starts_at": "start", "ends_at": "end"}


def departments(institution: int | None) -> list[tuple[int, str]]:
    return [(d.id, d.name) for d in institutions.departments(institution)]


@page(access.KEEP, methods=("GET", "POST"))
def open_schedule(request: Request) -> HttpResponse:
    """「开放号源」 at the institution one acts for."""
    actor, here = request.actor, request.actor.institution or 0
    actor.require(access.KEEP, here)
    doctors = [(person.pk, person.name) for person in people.staff_of(here, timezone.localdate())]
    form = forms.SessionForm(request.POST or None, departments=departments(here), doctors=doctors, initial={"on": timezone.localdate(), "department": actor.department})
    if request.method == "POST" and form.is_valid():
        try:
            opened = actions.open_schedule(actor=actor, institution=here, session=form.session(), weeks=form.cleaned_data["weeks"], at=timezone.now())
        except Refused as refusal:
            field = _TYPED.get(refusal.field, refusal.field)
            form.add_error(field if field in form.fields else None, refusal.zh)
        else:
            return done(request, f"{reverse('schedules:week')}?on={form.cleaned_data['on']}", f"已开放 {len(opened)} 次。")
    return render(request, "schedules/form.html", {"form": form}, status=422 if form.errors else 200)


@page(access.KEEP, methods=("POST",))
def close_schedule(request: Request, schedule: int) -> HttpResponse:
    """「停诊」"""
    said = whole(forms.CloseForm(request.POST))
    closed = actions.close_schedule(actor=request.actor, schedule=schedule, because=said["because"], at=timezone.now())
    return done(request, f"{reverse('schedules:week')}?on={timezone.localdate(closed.starts_at)}", "已停诊，时段不再开放。")


@page(access.KEEP, methods=("POST",))
def count_beds(request: Request) -> HttpResponse:
    """「更新床位」 at the institution one acts for."""
    here = request.actor.institution or 0
    said = whole(forms.BedsForm(request.POST, departments=departments(here)))
    actions.count_beds(actor=request.actor, institution=here, at=timezone.now(), **said)
    return done(request, reverse("schedules:beds"), "床位已更新。")

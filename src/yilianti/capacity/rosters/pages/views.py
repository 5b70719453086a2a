"""Looking at rosters: which there are, a week of one, who is on duty now."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.capacity.rosters import access, planned, queries, rules
from yilianti.capacity.rosters.models import Shift
from yilianti.capacity.rosters.terms import WEEKDAYS, Duty, Planned, Service
from yilianti.kernel.pages import Request, page
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people


@page(access.VIEW)
def index(request: Request) -> HttpResponse:
    """The rosters of the institutions that the actor sees; where there is one, that one."""
    actor, now = request.actor, timezone.now()
    union = institutions.consortium_of(actor.institution or 0, timezone.localdate(now))
    centres = institutions.centres_of(union, timezone.localdate(now)) if union else []
    kinds = {str(service.value) for service in Service}
    seen = [centre for centre in centres if centre.kind in kinds and actor.may(access.VIEW, centre.host_id)]
    if len(seen) == 1:
        return redirect("rosters:week", institution=seen[0].host_id, service=seen[0].kind)
    rows = [{"centre": one, "service": Service.label(one.kind), "now": _now(one.host_id, one.kind, now)} for one in seen]
    return render(request, "rosters/index.html", {"rows": rows})


@page(access.VIEW)
def week(request: Request, institution: int, service: str) -> HttpResponse:
    """One week with its gaps and clashes: ?week=, or the template: ?template=1."""
    place = visible_or_404(request, institution, service)
    now, today = timezone.now(), timezone.localdate()
    monday = _monday(request.GET.get("week", ""))
    plans = request.actor.may(access.PLAN, institution)
    book = planned.book(institution, service, monday, monday + timedelta(days=6), now)
    is_template = "template" in request.GET
    shifts = [shift for day in book.days() for shift in book.of(day)]
    names = people.names([*(row.person_id for row in book.rows), *(shift.person for shift in shifts)])
    days = _template(book.rows, names) if is_template else [_day(book, day, names, today) for day in book.days()]
    return render(request, "rosters/week.html", {
        "place": place, "service": service, "service_name": Service.label(service), "days": days, "is_template": is_template, "monday": monday, "sunday": monday + timedelta(days=6),
        "previous": monday - timedelta(days=7), "next": monday + timedelta(days=7), "plans": plans, "duties": Duty.choices(), "now": _now(institution, service, now), "is_empty": not book.rows,
        "people": planned.candidates(institution, today).items() if plans else (), "clashes": [_clash(pair, names) for pair in rules.clashes(shifts)] if not is_template else [],
        "tabs": [{"label": "按周", "url": f"?week={monday}", "active": not is_template, "count": None}, {"label": "每周模板", "url": "?template=1", "active": is_template, "count": None}],
    })  # fmt: skip


def visible_or_404(request: Request, institution: int, service: str) -> Any:
    """The institution whose roster it is, or the same 404 for a foreign and a missing one."""
    place = institutions.many([institution]).get(institution)
    if place is None or service not in {str(one.value) for one in Service} or not request.actor.may(access.VIEW, institution):
        raise Http404("没有这张值班表，或您无权查看。")
    return place


def _monday(said: str) -> date:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        day = timezone.localdate()
    day = min(max(day, date(2000, 1, 10)), date(2199, 1, 1))
    return day - timedelta(days=day.weekday())


def _now(institution: int, service: str, now: datetime) -> list[dict[str, Any]]:
    found = {str(duty.value): queries.on_duty(institution, service, str(duty.value), now) for duty in Duty}
    names = people.names([person for persons in found.values() for person in persons])
    return [{"duty": Duty.label(duty), "names": [names[person] for person in persons]} for duty, persons in found.items()]


def _cells(shifts: list[Planned], names: dict[int, str]) -> list[dict[str, Any]]:
    return [{"duty": duty, "label": label, "shifts": [{"shift": one, "name": names.get(one.person, "")} for one in shifts if one.duty == duty]} for duty, label in Duty.choices()]


def _day(book: planned.Book, day: date, names: dict[int, str], today: date) -> dict[str, Any]:
    shifts = book.of(day)
    return {
        "day": day, "weekday": None, "label": WEEKDAYS[day.weekday()][1], "is_today": day == today, "is_own": day in book.own_days, "is_holiday": book.calendar.is_holiday(day),
        "is_made_up": day.isoweekday() > 5 and book.calendar.is_working_day(day), "cells": _cells(shifts, names), "gaps": rules.gaps(book.around(day), day) if book.rows else [],
    }  # fmt: skip


def _template(rows: list[Shift], names: dict[int, str]) -> list[dict[str, Any]]:
    any_day = date(2000, 1, 3)
    found = []
    for number, label in WEEKDAYS:
        shifts = sorted(Planned(any_day, row.starts, row.ends, row.duty, row.person_id) for row in rows if row.weekday == number)
        found.append({"day": None, "weekday": number, "label": label, "cells": _cells(shifts, names), "gaps": []})
    return found


def _clash(pair: tuple[Planned, Planned], names: dict[int, str]) -> str:
    first, second = pair
    said = [f"{one.day:%m-%d} {one.starts:%H:%M} {Duty.label(one.duty)}" for one in (first, second)]
    return f"{names.get(first.person, '')} 同时排了两班：{said[0]}，{said[1]}"

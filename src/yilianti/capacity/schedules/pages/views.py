"""Looking at the book: a week of sessions, beds, reservations, the appointments of a resident."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.capacity.schedules import access, places, queries
from yilianti.capacity.schedules.pages import forms, keeping
from yilianti.capacity.schedules.terms import BedKind, ReservationState, State
from yilianti.kernel.pages import Request, looked_at, numbered, page
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents

_TONES = {"booked": "info", "cancelled": "idle", "no_show": "warn"}
_RESERVED_TONES = {"held": "wait", "confirmed": "info", "used": "ok", "released": "idle", "lapsed": "idle"}


@page(access.VIEW)
def week(request: Request) -> HttpResponse:
    """Sessions of the institution one acts for, Monday to Sunday: ?on=."""
    actor, monday = request.actor, _monday(request.GET.get("on", ""))
    here = actor.institution
    sessions = queries.week(here, _midnight(monday), timezone.now()) if here else []
    days: list[dict[str, Any]] = [{"day": monday + timedelta(days=day), "sessions": []} for day in range(7)]
    for session in sessions:
        for over in session.over:  # type: ignore[attr-defined]
            looked_at(request, over.resident_id, "查看超约")
        days[(timezone.localdate(session.starts_at) - monday).days]["sessions"].append(session)
    return render(request, "schedules/week.html", {
        "days": days, "previous": monday - timedelta(days=7), "next": monday + timedelta(days=7), "any": bool(sessions),
        "keeps": bool(here and actor.may(access.KEEP, here)), "close_form": forms.CloseForm(auto_id="close-%s"), "today": timezone.localdate(),
    })  # fmt: skip


def _monday(said: str) -> date:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        day = timezone.localdate()
    day = min(max(day, date(2000, 1, 8)), date(2199, 1, 1))
    return day - timedelta(days=day.weekday())


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))  # noqa: DTZ001 - made aware here


@page(access.VIEW)
def beds(request: Request) -> HttpResponse:
    """Beds of every member, and the form with which one's own are counted."""
    actor, here, now = request.actor, request.actor.institution, timezone.now()
    fellows = institutions.receivers_for(here, timezone.localdate())
    names = institutions.names([here, *(fellow.id for fellow in fellows)])
    rows = [{"bed": bed, "kind": BedKind.label(bed.kind), "place": names.get(bed.institution, "")} for bed in places.beds(list(names), now, actor.scope)]
    keeps = bool(here and actor.may(access.KEEP, here))
    return render(request, "schedules/beds.html", {"rows": rows, "keeps": keeps, "form": forms.BedsForm(departments=keeping.departments(here)) if keeps else None})


@page(access.VIEW)
def reservations(request: Request) -> HttpResponse:
    """Places that others have reserved here, or one's own side elsewhere; newest first."""
    actor, now = request.actor, timezone.now()
    listed = queries.reservations(actor, request.GET.get("box", ""), before=numbered(request.GET.get("before", "")))
    rows = [{"row": row, "state": ReservationState.label(row.state), "tone": _RESERVED_TONES[row.state],
             "over": row.state == "held" and row.expires_at is not None and row.expires_at <= now} for row in listed.rows]  # fmt: skip
    for line in rows:
        looked_at(request, line["row"].resident_id, "查看预留")
    box = request.GET.get("box", "")
    tabs = [{"label": label, "url": f"?box={key}", "active": key == box, "count": None} for key, label in (("", "留给我方的"), ("ours", "我方预留的"))]
    return render(request, "schedules/reservations.html", {
        "rows": rows, "tabs": tabs, "next_url": f"?box={box}&before={listed.next_key}" if listed.next_key else "",
    })  # fmt: skip


@page(access.VIEW)
def of_resident(request: Request, number: str) -> HttpResponse:
    """The appointments of a resident, newest first; where and when, and at one's own institutions what for."""
    actor, found = request.actor, residents.by_number(number)
    if found is None or not (residents.may_view(actor, found.pk, queries.VIEW) or found.pk in actor.opened):
        raise Http404("没有这位居民，或不在您的范围内。")
    looked_at(request, found.pk, "查看预约")
    rows = queries.of_resident(actor, sorted(residents.all_ids(found.pk)))
    lines = [{"row": row, "state": State.label(row.state), "tone": _TONES[row.state], "whole": queries.reads_whole(actor, row)} for row in rows]
    return render(request, "schedules/_of_resident.html", {"lines": lines})

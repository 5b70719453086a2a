"""Choosing a place inside a form: what is free, taken for a while, given back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.capacity.schedules import access, actions, line, places
from yilianti.capacity.schedules.models import Reservation
from yilianti.capacity.schedules.pages import forms
from yilianti.capacity.schedules.terms import STANDING, BedKind, Beds, ReservationState
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Request, numbered, page, whole
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents

_AHEAD = timedelta(days=28)


@page(access.RESERVE)
def choose(request: Request) -> HttpResponse:
    """Free slots and beds of a receiver: ?institution=&department=&resident=&held=."""
    return _shown(request, numbered(request.GET.get("institution", "")), numbered(request.GET.get("department", "")), request.GET.get("resident", ""),
                  places.reservation(request.GET.get("held", "")))  # fmt: skip


@page(access.RESERVE, methods=("POST",))
def hold(request: Request) -> HttpResponse:
    """Take the chosen place for a while; chosen instead of another, it is exchanged in one act."""
    said = whole(forms.HoldForm(request.POST))
    actor, at = request.actor, timezone.now()
    person = residents.by_number(said["resident"])
    if person is None or not residents.may_view(actor, person.pk):
        raise Http404("没有这位居民，或您无权查看。")
    where: dict[str, Any] = {"slot": said["slot"], "pool": said["pool"], "at": at}
    former = places.reservation(said["instead_of"])
    if former is not None and former.state == ReservationState.HELD and former.resident_id == person.pk and _concerns(actor, former):
        taken = actions.exchange(actor=actor, number=former.number, **where)
    else:
        taken = actions.hold(actor=actor, client_key=said["client_key"], resident=person.pk, **where)
    held = places.reservation(taken.number)
    return _shown(request, numbered(request.POST.get("institution", "")), numbered(request.POST.get("department", "")), said["resident"], held)


@page(access.RESERVE, methods=("POST",))
def release(request: Request, number: str) -> HttpResponse:
    """Give a place back."""
    held = places.reservation(number)
    if held is None or not _concerns(request.actor, held):
        raise Http404("没有这个预留，或它不归您当前的岗位处理。")
    actions.release(actor=request.actor, number=number, because="退还", at=timezone.now())
    return _shown(request, numbered(request.POST.get("institution", "")), numbered(request.POST.get("department", "")), request.POST.get("resident", ""), None)


def _concerns(actor: Actor, held: Reservation) -> bool:
    return actor.may(access.RESERVE, held.by_institution_id) or actor.may(access.KEEP, held.keeper_id)


def _queues(department: int | None, full: list[Beds], waiting: dict[tuple[int | None, int | None], int]) -> list[dict[str, Any]]:
    """Where one may stand in line, with how many stand there."""
    slots = [{"value": "slot", "label": "这个科室的号", "ahead": waiting.get((department, None), 0)}] if department else []
    return slots + [{"value": f"pool:{bed.pool}", "label": f"{bed.department_name} {BedKind.label(bed.kind)}".strip(), "ahead": waiting.get((None, bed.pool), 0)} for bed in full]


def _shown(request: Request, institution: int | None, department: int | None, resident: str, held: Reservation | None) -> HttpResponse:
    now, actor = timezone.now(), request.actor
    own = institutions.get(actor.institution)
    primary = own is not None and own.level in ("village", "township")
    slots = places.free_slots(department=department, now=now, until=now + _AHEAD, primary=primary, limit=24) if department else []
    pools = [bed for bed in places.beds([institution], now, actor.scope) if bed.department in (None, department)] if institution else []
    full = [bed.pool for bed in pools if not bed.free]
    waiting = line.lengths([department] if department and not slots else [], full) if (department and not slots) or full else {}
    stands = held is not None and held.state in STANDING and _concerns(actor, held)
    context: dict[str, Any] = {
        "institution": institution or "", "department": department or "", "resident": resident, "held": held if stands else None,
        "minutes": int((held.expires_at - now).total_seconds() // 60) if stands and held and held.expires_at else None,
        "slots": [{"slot": slot, "key": uuid4()} for slot in slots],
        "pools": [{"bed": bed, "kind": BedKind.label(bed.kind), "key": uuid4()} for bed in pools],
        "queues": _queues(department if department and not slots else None, [bed for bed in pools if not bed.free], waiting) if not stands else [],
    }  # fmt: skip
    return render(request, "schedules/_choose.html", context)

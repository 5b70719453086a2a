"""Appointments of a resident, sessions of a week, reservations of either side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Prefetch, Q

from yilianti.capacity.schedules.access import VIEW
from yilianti.capacity.schedules.models import Appointment, Reservation, Schedule, Slot
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Slice, keyset

PAGE = 40


def visible_to(actor: Actor) -> Q:
    return Q() if actor.is_system else Q(institution__in=actor.reaches(VIEW))


def of_resident(actor: Actor, resident_ids: Sequence[int], limit: int = 10) -> list[Appointment]:
    """The latest first; a resident's appointment elsewhere is no secret to who treats them, what it is for is."""
    return list(Appointment.objects.filter(resident__in=resident_ids).select_related("institution").order_by("-starts_at", "-id")[:limit])


def reads_whole(actor: Actor, row: Appointment) -> bool:
    """Whether service and note are shown: at the institution's own reach."""
    return actor.is_system or actor.may(VIEW, row.institution_id)


def week(institution: int, monday: datetime, now: datetime) -> list[Schedule]:
    """Seven days of sessions with their slots; a lease run out counts as free; beside them whom the hospital has overbooked. Three statements."""
    expired = Count("reservations", filter=Q(reservations__state="held", reservations__expires_at__lte=now))
    slots = Prefetch("slots", Slot.objects.annotate(expired=expired).order_by("starts_at"))
    rows = Schedule.objects.filter(institution=institution, starts_at__gte=monday, starts_at__lt=monday + timedelta(days=7))
    found = list(rows.select_related("department", "practitioner").prefetch_related(slots).order_by("starts_at", "id")[:400])
    for session in found:
        listed = list(session.slots.all())
        session.places = sum(slot.capacity for slot in listed)  # type: ignore[attr-defined]
        session.reserved = sum(slot.taken - slot.expired for slot in listed)  # type: ignore[attr-defined]
        session.over = []  # type: ignore[attr-defined]
    sessions = {session.pk: session for session in found}
    over = Appointment.objects.filter(slot__schedule__in=sessions, reservation=None, state="booked").select_related("resident", "slot").order_by("starts_at", "id")
    for row in over:
        assert row.slot is not None
        sessions[row.slot.schedule_id].over.append(row)  # type: ignore[attr-defined]
    return found


def reservations(actor: Actor, box: str, *, before: int | None = None) -> Slice:
    """Those at the actor's institutions, or (`ours`) those made by them elsewhere."""
    reach = actor.reaches(VIEW)
    here = Q(slot__schedule__institution__in=reach) | Q(pool__institution__in=reach)
    rows = Reservation.objects.filter(Q(by_institution__in=reach) if box == "ours" else here).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    shown = rows.select_related("resident", "by_institution", "slot__department", "slot__schedule__institution", "pool__department", "pool__institution")
    return keyset(list(shown[: PAGE + 1]), PAGE, key=lambda row: row.id)

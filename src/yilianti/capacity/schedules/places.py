"""What is free: slots, beds, the next of each; always reckoned at the asker's moment, so that a lease run out counts as free."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from yilianti import policybook
from yilianti.capacity.schedules import rules
from yilianti.capacity.schedules.models import BedPool, Reservation, Slot
from yilianti.capacity.schedules.terms import Beds, FreeSlot
from yilianti.kernel.actor import Scope

# The first slot of each department that is not full: one walk along an index per department.
_NEXT = """SELECT d.id, s.id, s.starts_at, s.free FROM unnest(%(departments)s::bigint[]) AS d(id) CROSS JOIN LATERAL (
    SELECT slot.id, slot.starts_at, slot.capacity - slot.taken + expired.count AS free FROM schedules_slot slot CROSS JOIN LATERAL (
        SELECT count(*) FROM schedules_reservation r WHERE r.slot_id = slot.id AND r.state = 'held' AND r.expires_at <= %(now)s) AS expired
    WHERE slot.department_id = d.id AND slot.is_open AND slot.starts_at > %(now)s AND (%(primary)s OR slot.primary_until <= %(now)s)
    AND slot.capacity - slot.taken + expired.count > 0 ORDER BY slot.starts_at LIMIT 1) AS s"""


def next_free(departments: Iterable[int], now: datetime, primary: bool) -> dict[int, FreeSlot]:
    """Department → its next slot that can be taken; one statement."""
    wanted = sorted(set(departments))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, {"departments": wanted, "now": now, "primary": primary})
        return {department: FreeSlot(slot, department, starts_at, free) for department, slot, starts_at, free in cursor.fetchall()}


def free_slots(*, department: int, now: datetime, until: datetime, primary: bool, limit: int = 60) -> list[FreeSlot]:
    """Slots of a department that can be taken, the nearest first."""
    rows = _with_expired(Slot.objects.filter(department=department, is_open=True, starts_at__gt=now, starts_at__lt=until), now)
    if not primary:
        rows = rows.filter(primary_until__lte=now)
    rows = rows.annotate(free=F("capacity") - F("taken") + F("expired")).filter(free__gt=0).order_by("starts_at", "id")
    return [FreeSlot(row.pk, row.department_id, row.starts_at, row.free) for row in rows[:limit]]


def free_at(*, institution: int, now: datetime, until: datetime, primary: bool, limit: int = 120) -> list[Slot]:
    """Slots of every department of an institution that can be taken, by department, the nearest first; one statement."""
    rows = Slot.objects.filter(schedule__institution=institution, is_open=True, starts_at__gt=now, starts_at__lt=until)
    rows = _with_expired(rows if primary else rows.filter(primary_until__lte=now), now).filter(capacity__gt=F("taken") - F("expired"))
    return sorted(rows.select_related("department").order_by("starts_at", "id")[:limit], key=lambda slot: (slot.department.code, slot.starts_at))


def beds(institutions: Sequence[int], now: datetime, scope: Scope) -> list[Beds]:
    """Beds of these institutions with the age of their count."""
    rows = _with_expired(BedPool.objects.filter(institution__in=institutions).select_related("department"), now).order_by("institution", "department__code", "kind")
    fresh = timedelta(hours=policybook.in_force("capacity.bed_count", timezone.localdate(now), scope).fresh_hours)
    return [
        Beds(row.pk, row.institution_id, row.department_id, row.department.name if row.department else "", row.kind, row.total,
             rules.free_beds(row.total, row.occupied, row.taken, row.expired), row.counted_at, now - row.counted_at > fresh)
        for row in rows
    ]  # fmt: skip


def reservation(number: str) -> Reservation | None:
    return Reservation.objects.select_related("slot__schedule", "slot__department", "pool__department", "resident", "by_institution").filter(number=number).first()


def held_between(institutions: Iterable[int], begin: datetime, end: datetime, now: datetime) -> dict[str, datetime]:
    """Subject → when the slot begins that is held for it, not yet confirmed, at these institutions; one statement."""
    held = Reservation.objects.filter(state="held", expires_at__gt=now, slot__starts_at__gte=begin, slot__starts_at__lt=end, slot__schedule__institution__in=list(institutions))
    return dict(held.exclude(subject="").values_list("subject", "slot__starts_at"))


def _with_expired(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    return rows.annotate(expired=Count("reservations", filter=Q(reservations__state="held", reservations__expires_at__lte=now)))

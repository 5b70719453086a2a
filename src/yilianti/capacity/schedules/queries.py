"""Appointments of a resident."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from yilianti.capacity.schedules.models import Appointment
from yilianti.kernel.actor import Actor

VIEW = "schedules.view"


def visible_to(actor: Actor) -> Q:
    return Q() if actor.is_system else Q(institution__in=actor.reaches(VIEW))


def of_resident(actor: Actor, resident_ids: Sequence[int], limit: int = 10) -> list[Appointment]:
    """The latest first; a resident's appointment elsewhere is no secret to who treats them, what it is for is."""
    return list(Appointment.objects.filter(resident__in=resident_ids).select_related("institution").order_by("-starts_at", "-id")[:limit])


def reads_whole(actor: Actor, row: Appointment) -> bool:
    """Whether service and note are shown: at the institution's own reach."""
    return actor.is_system or actor.may(VIEW, row.institution_id)

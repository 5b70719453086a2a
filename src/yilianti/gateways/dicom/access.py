"""Who keeps the register of senders, and who claims what came from a device."""

from __future__ import annotations

from django.db.models import Q

from yilianti.kernel.actor import Actor

CLAIM, MANAGE = "dicom.claim", "dicom.manage"


def visible_to(actor: Actor) -> Q:
    """Objects of the institutions where the actor records examinations."""
    return Q() if actor.is_system else Q(institution__in=actor.reaches(CLAIM))


def senders_visible_to(actor: Actor) -> Q:
    return Q() if actor.is_system else Q(institution__in=actor.reaches(MANAGE))

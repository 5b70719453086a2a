"""Who claims what carts left in folders, and who keeps the folders."""

from __future__ import annotations

from django.db.models import Q

from yilianti.kernel.actor import Actor

CLAIM, MANAGE = "diagnosis.acquire", "ecg_devices.manage"


def visible_to(actor: Actor) -> Q:
    """Files of the institutions where the actor records examinations."""
    return Q() if actor.is_system else Q(institution__in=actor.reaches(CLAIM))


def folders_visible_to(actor: Actor) -> Q:
    return Q() if actor.is_system else Q(institution__in=actor.reaches(MANAGE))

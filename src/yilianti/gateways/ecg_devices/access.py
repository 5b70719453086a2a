"""Who claims what carts left in folders, and who keeps the folders."""

from __future__ import annotations

from django.db.models import Q

from yilianti.kernel.actor import Actor

#: Whoever claims what devices sent over the network claims what they left in folders: one list, two tabs.
CLAIM, MANAGE = "dicom.claim", "ecg.manage"


def visible_to(actor: Actor) -> Q:
    """Files of the institutions where the actor claims."""
    return Q() if actor.is_system else Q(institution__in=actor.reaches(CLAIM))


def folders_visible_to(actor: Actor) -> Q:
    return Q() if actor.is_system else Q(institution__in=actor.reaches(MANAGE))

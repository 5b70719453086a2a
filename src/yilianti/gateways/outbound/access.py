"""Who sees what leaves the platform, and who may mend it."""

from __future__ import annotations

from django.db.models import Q

from yilianti.kernel.actor import Actor


def visible_to(actor: Actor) -> Q:
    """Outgoing messages to systems of the institutions within reach."""
    return Q() if actor.is_system else Q(destination__institution__in=actor.reaches("outbound.view"))


def destinations_visible_to(actor: Actor) -> Q:
    return Q() if actor.is_system else Q(institution__in=actor.reaches("outbound.view"))


def may_reveal(actor: Actor, institution: int) -> bool:
    """Whether the content is shown: to posts that may read that institution's record."""
    return actor.is_system or actor.may("record.view", institution)

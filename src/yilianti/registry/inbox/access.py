"""Who sees an item: the person it names; else whoever holds its role in its institution; without a role, everybody there."""

from __future__ import annotations

from django.db.models import Q

from yilianti.kernel.actor import Actor

VIEW = "inbox.view"


def visible_to(actor: Actor) -> Q:
    """Condition on Item."""
    if actor.is_system:
        return Q()
    seen = Q(person__isnull=True, role="", institution__in=actor.reaches(VIEW))
    for role in actor.roles:
        seen |= Q(person__isnull=True, role=role, institution__in=actor.reaches(f"role:{role}"))
    return seen | Q(person=actor.person) if actor.person else seen

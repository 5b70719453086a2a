"""Who sees an item: the person it names or who stands in for them; whoever holds its role there; without a role, everybody there."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from yilianti.kernel.actor import Actor
from yilianti.registry.inbox.models import Absence, Address

VIEW = "inbox.view"
ABSENCES = "people.manage"


def visible_to(actor: Actor, at: datetime) -> Q:
    """Condition on Item."""
    return Q() if actor.is_system else Q(pk__in=Address.objects.filter(addressed_to(actor, at)).values("item"))


def addressed_to(actor: Actor, at: datetime) -> Q:
    """Condition on Address."""
    found = Q()
    for arm in arms(actor, at):
        found |= arm
    return found


def arms(actor: Actor, at: datetime) -> list[Q]:
    """The ways by which an actor comes to see items, each served by an index of its own."""
    here = Q(person__isnull=True) & (Q(department__isnull=True) | Q(department=actor.department or 0))
    found = [here & Q(role="", institution__in=actor.reaches(VIEW))]
    found += [here & Q(role=role, institution__in=actor.reaches(f"role:{role}")) for role in actor.roles]
    if actor.person:
        found += [Q(person=actor.person), Q(person__in=stood_in_for(actor.person, at).values("person"))]
    return found


def stood_in_for(deputy: int, at: datetime) -> QuerySet[Absence]:
    """The absences a person stands in for at a moment; theirs alone, never those of whom they stand in for."""
    return Absence.objects.filter(deputy=deputy, from_at__lte=at, until_at__gt=at)

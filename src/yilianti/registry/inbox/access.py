"""Who sees an item: the person it names or who stands in for them; whoever holds its role there; without a role, everybody there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    roles = {role: actor.reaches(f"role:{role}") for role in actor.roles}
    return ways(actor.person, actor.reaches(VIEW), roles, [actor.department] if actor.department else [], at)


def ways(person: int | None, everywhere: Iterable[int], roles: Mapping[str, Iterable[int]], departments: Iterable[int], at: datetime) -> list[Q]:
    """Conditions on Address for a person with these roles over these institutions, in these departments."""
    here = Q(person__isnull=True) & (Q(department__isnull=True) | Q(department__in=list(departments)))
    found = [here & Q(role="", institution__in=list(everywhere))]
    found += [here & Q(role=role, institution__in=list(held)) for role, held in roles.items()]
    if person:
        found += [Q(person=person), Q(person__in=stood_in_for(person, at).values("person"))]
    return found


def stood_in_for(deputy: int, at: datetime) -> QuerySet[Absence]:
    """The absences a person stands in for at a moment; theirs alone, never those of whom they stand in for."""
    return Absence.objects.filter(deputy=deputy, from_at__lte=at, until_at__gt=at)

"""Questions about roles: who holds one over an institution, and which ones somebody holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from yilianti.registry.access.models import Grant


def holders(role: str, institution: int, day: date) -> set[int]:
    """Ids of the active people who hold a role over that very institution on a day."""
    return set(_in_force(day).filter(role=role, institution=institution).values_list("post__person", flat=True))


def roles_of(persons: Iterable[int], day: date) -> dict[int, set[tuple[str, int]]]:
    """Person id → (role, institution id) pairs held on a day."""
    found: dict[int, set[tuple[str, int]]] = {person: set() for person in persons}
    for person, role, institution in _in_force(day).filter(post__person__in=found).values_list("post__person", "role", "institution"):
        found[person].add((role, institution))
    return found


def _in_force(day: date) -> QuerySet[Grant]:
    """Grants that hold on a day, of posts that are held and people who are active."""
    ends = Q(until_on__isnull=True) | Q(until_on__gt=day)
    post_ends = Q(post__until_on__isnull=True) | Q(post__until_on__gt=day)
    return Grant.objects.filter(ends, post_ends, from_on__lte=day, post__from_on__lte=day, post__person__is_active=True)

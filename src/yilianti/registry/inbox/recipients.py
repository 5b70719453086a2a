"""From addresses to people: who holds the role today, who works there, who stands in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from yilianti.registry.access import api as access
from yilianti.registry.inbox.access import ways
from yilianti.registry.inbox.models import Absence, Address, Item, Preference
from yilianti.registry.inbox.terms import Urgency
from yilianti.registry.people import api as people


def people_of(addresses: Iterable[Address], at: datetime) -> set[int]:
    """The people these addresses reach at that moment."""
    found: set[int] = set()
    for address in addresses:
        found |= _reached(address, at)
    return found


def deputies_of(persons: Iterable[int], at: datetime) -> dict[int, int]:
    """Absent person → deputy, at that moment."""
    held = Absence.objects.filter(person__in=list(persons), from_at__lte=at, until_at__gt=at)
    return dict(held.values_list("person", "deputy"))


def heads(item: Item, concerned: Iterable[int], titles: Iterable[str], at: datetime) -> set[int]:
    """Who leads the item's department, or the departments there of the people concerned, by the name of their post."""
    held = people.Post.objects.held_on(timezone.localdate(at)).filter(institution=item.institution_id, person__is_active=True)
    departments = {item.department_id} if item.department_id else set(held.filter(person__in=list(concerned)).values_list("department", flat=True))
    leading = held.filter(name__in=list(titles))
    here = leading.filter(department__in=[d for d in departments if d]) if departments - {None} else leading.filter(department__isnull=True)
    return set(here.values_list("person", flat=True))


@dataclass(frozen=True)
class Waits:
    """How much waits for somebody, in all their posts."""

    waiting: int
    urgent: int
    late: int


def waiting_for(person: int, at: datetime) -> Waits:
    """What a person's open items come to, whatever post they would sign in with."""
    day = timezone.localdate(at)
    posts = people.posts_of(person, day)
    roles: dict[str, set[int]] = {}
    for role, institution in access.roles_of([person], day)[person]:
        roles.setdefault(role, set()).add(institution)
    condition = Q()
    for way in ways(person, {p.institution_id for p in posts}, roles, {p.department_id for p in posts if p.department_id}, at):
        condition |= way
    told = Address.objects.filter(condition, is_open=True).aggregate(
        waiting=Count("item", distinct=True), urgent=Count("item", distinct=True, filter=~Q(item__urgency=Urgency.ROUTINE.value)),
        late=Count("item", distinct=True, filter=Q(item__due_at__lt=at)),
    )  # fmt: skip
    return Waits(**told)


def _reached(address: Address, at: datetime) -> set[int]:
    if address.person_id:
        return {address.person_id}
    day, institution = timezone.localdate(at), address.institution_id or 0
    there = access.holders(address.role, institution, day) if address.role else {p.id for p in people.staff_of(institution, day)}
    if address.department_id:
        held = people.Post.objects.held_on(day).filter(department=address.department_id)
        there &= set(held.values_list("person", flat=True))
    return there


def uncalled(persons: Iterable[int | None], urgency: str) -> dict[int, str]:
    """Of these people, those whom no channel of their own reaches for this urgency: id → work telephone, "" where none is known."""
    wanted = {person for person in persons if person}
    called = {row.person_id for row in Preference.objects.filter(person__in=wanted, phone_confirmed_at__isnull=False) if getattr(row, urgency)}
    return people.phones(wanted - called)

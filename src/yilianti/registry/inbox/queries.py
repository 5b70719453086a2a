"""What waits for somebody, what they have dealt with, and the life of one item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor, Scope
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.pages import Slice, keyset
from yilianti.policybook import access as policy_roles
from yilianti.registry.access import api as roles
from yilianti.registry.inbox import access
from yilianti.registry.inbox.models import Absence, Address, Call, Item, Preference, Rung
from yilianti.registry.inbox.terms import Due, Tab, Urgency
from yilianti.registry.people import api as people

PAGE = 20


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty means everything."""

    tab: str = Tab.OPEN.value
    kind: str = ""
    urgency: str = ""
    due: str = ""
    room: str = ""
    text: str = ""


@dataclass(frozen=True)
class Counts:
    """How many items wait, and how many of them are critical."""

    waiting: int
    critical: int


def counts(actor: Actor, at: datetime) -> Counts:
    """What the bell shows: one statement over the open addresses of this actor."""
    found = Address.objects.filter(access.addressed_to(actor, at), is_open=True)
    critical = Q(item__urgency=Urgency.CRITICAL.value)
    told: dict[str, Any] = found.aggregate(waiting=Count("item", distinct=True), critical=Count("item", distinct=True, filter=critical))
    return Counts(**told)


def open_count(actor: Actor, at: datetime) -> int:
    """How many notices and tasks wait."""
    return counts(actor, at).waiting


def critical(actor: Actor, at: datetime, size: int = 5) -> list[Item]:
    """Open critical items, the longest waiting first, for the banner of every page."""
    rows = Item.objects.filter(access.visible_to(actor, at), done_at__isnull=True, urgency=Urgency.CRITICAL.value)
    return list(rows.order_by("id")[:size])


def one(actor: Actor, item: int, at: datetime) -> Item | None:
    """An item in view, with what its page shows."""
    rows = Item.objects.select_related("institution", "department", "person", "claimed_by")
    found = rows.filter(access.visible_to(actor, at), pk=item).first()
    _mark_stood_in(actor, [found] if found else [], at)
    return found


def waiting(actor: Actor, at: datetime, size: int = 8) -> list[Item]:
    """The first open items, for a start page: what is due soonest, then the newest."""
    rows = Item.objects.filter(access.visible_to(actor, at), done_at__isnull=True)
    return list(rows.order_by("due_at", "-id")[:size])


def worklist(actor: Actor, filters: Filters, at: datetime, *, before: int | None = None, size: int = PAGE) -> Slice:
    """One keyset page, the newest first; three statements whatever the length."""
    ids = _found(actor, filters, at, before, size + 1)
    rows = Item.objects.select_related("institution", "person", "claimed_by").filter(pk__in=ids).order_by("-id")
    cut = keyset(list(rows), size, key=lambda item: item.id)
    _mark_stood_in(actor, cut.rows, at)
    return cut


def tally(actor: Actor, at: datetime) -> dict[str, int]:
    """How many lie under each tab of open work."""
    mine = Item.objects.filter(claimed_by=actor.person or 0, done_at__isnull=True)
    return {Tab.OPEN.value: counts(actor, at).waiting, Tab.MINE.value: mine.count()}


def timeline(item: Item) -> list[JournalEntry]:
    """Everything that happened to an item, oldest first."""
    return journal.history(f"inbox:{item.pk}")


def rungs(item: Item) -> list[Rung]:
    return list(item.rungs.order_by("id"))


def calls(item: Item) -> list[Call]:
    """Attempts to reach people outside the platform, the latest first."""
    return list(item.calls.select_related("person").order_by("-id")[:50])


def addressees(item: Item, scope: Scope, at: datetime) -> list[Address]:
    """To whom it went, in order, with the Chinese name of a role as `role_label`."""
    named = policy_roles.roles(timezone.localdate(at), scope)
    found = list(item.addresses.select_related("person", "institution", "department").order_by("id"))
    for address in found:
        address.role_label = named.get(address.role, address.role)  # type: ignore[attr-defined]
    return found


def about_the_same(actor: Actor, item: Item, at: datetime, size: int = 8) -> list[Item]:
    """Other items of the same subject that the actor sees."""
    if not item.subject:
        return []
    rows = Item.objects.filter(access.visible_to(actor, at), subject=item.subject).exclude(pk=item.pk)
    return list(rows.order_by("-id")[:size])


def colleagues(item: Item, actor: Actor, at: datetime) -> list[people.Person]:
    """To whom it may be handed: who works there now."""
    return [person for person in people.staff_of(item.institution_id, timezone.localdate(at)) if person.id != actor.person]


def deputies(person: int, at: datetime) -> list[people.Person]:
    """Colleagues who hold a role in common with a person in the same institution: who could stand in."""
    day = timezone.localdate(at)
    found = {who for role, place in roles.roles_of([person], day)[person] for who in roles.holders(role, place, day)}
    return list(people.Person.objects.filter(id__in=found - {person}).order_by("name"))


def absences(person: int, at: datetime) -> list[Absence]:
    """A person's own absences and those they stand in for, which are not over or ended in the last month."""
    rows = Absence.objects.filter(Q(person=person) | Q(deputy=person), until_at__gt=at - timedelta(days=30))
    return list(rows.select_related("person", "deputy").order_by("-from_at"))


def absences_managed(actor: Actor, at: datetime, size: int = 50) -> list[Absence]:
    """Absences now and to come of the staff the actor manages."""
    places = actor.reaches(access.ABSENCES)
    held = people.Post.objects.held_on(timezone.localdate(at)).filter(institution__in=places).values("person")
    rows = Absence.objects.filter(until_at__gt=at, person__in=held).select_related("person", "deputy")
    return list(rows.order_by("from_at")[:size])


def preference(person: int | None) -> Preference:
    """A person's settings; the defaults where nothing was chosen."""
    return Preference.objects.filter(person=person or 0).first() or Preference(person_id=person or 0)


def _found(actor: Actor, filters: Filters, at: datetime, before: int | None, size: int) -> list[int]:
    """Item ids of a page. Each arm gives its newest from its own index, so that a long past costs nothing."""
    if filters.tab == Tab.MINE:
        rows = _narrowed(Item.objects.filter(claimed_by=actor.person or 0, done_at__isnull=True), filters, at, "")
        return list((rows.filter(id__lt=before) if before else rows).order_by("-id").values_list("id", flat=True)[:size])
    parts = []
    for arm in access.arms(actor, at):
        rows = _narrowed(Address.objects.filter(arm, is_open=filters.tab != Tab.DONE), filters, at, "item__")
        rows = rows.filter(item__lt=before) if before else rows
        parts.append(rows.order_by("-item_id").values_list("item_id", flat=True)[:size])
    return list(parts[0].union(*parts[1:]).order_by("-item_id")[:size])


def _narrowed(rows: QuerySet[Any], filters: Filters, at: datetime, to: str) -> QuerySet[Any]:
    asked = {"kind": filters.kind, "urgency": filters.urgency, "title__contains": filters.text}
    asked["subject__startswith"] = filters.room  # referral:…, outbound_parked:…
    rows = rows.filter(**{f"{to}{name}": value for name, value in asked.items() if value})
    if filters.due:
        rows = rows.filter(**{f"{to}due_at__lt": at if filters.due == Due.LATE else at + timedelta(days=1)})
    return rows


def _mark_stood_in(actor: Actor, items: Iterable[Item], at: datetime) -> None:
    """`stands_in_for`: the name of whom the actor stands in for, on items that are another's."""
    found: dict[int, str] = {}
    if actor.person and items:
        absent = access.stood_in_for(actor.person, at).values("person")
        rows = Address.objects.filter(item__in=[item.pk for item in items], person__in=absent)
        found = dict(rows.values_list("item", "person__name"))
    for item in items:
        item.stands_in_for = found.get(item.pk, "")  # type: ignore[attr-defined]

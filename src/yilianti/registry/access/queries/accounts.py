"""Accounts and grants as the security administrator sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Prefetch, Q, QuerySet

from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Slice, keyset
from yilianti.registry.access import access
from yilianti.registry.access.models import Account, Grant
from yilianti.registry.people import api as people

PAGE = 20


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty means everybody in view."""

    text: str = ""
    role: str = ""
    institution: int | None = None
    standing: str = ""


def in_force(day: date) -> Q:
    """Condition on Grant."""
    return Q(from_on__lte=day) & (Q(until_on__isnull=True) | Q(until_on__gt=day))


def directory(actor: Actor, filters: Filters, day: date, *, after: str = "", size: int = PAGE) -> Slice:
    """One keyset page by user name, each account with `.held` posts and their `.going` grants; three statements."""
    rows = _narrowed(Account.objects.filter(access.visible_to(actor)), filters, day)
    rows = rows.filter(username__gt=after).order_by("username").select_related("person").prefetch_related(_posts(day))
    return keyset(list(rows[: size + 1]), size, key=lambda account: account.username)


def one(actor: Actor, account: int) -> Account | None:
    """An account in view with its person."""
    return Account.objects.filter(access.visible_to(actor), pk=account).select_related("person").first()


def account_named(username: str) -> int | None:
    """The account of this name in use, for commands that act in somebody's name."""
    return Account.objects.filter(username=username, is_active=True).values_list("pk", flat=True).first()


def accounts_open() -> int:
    """How many logins are in use."""
    return Account.objects.filter(is_active=True).count()


def grants_of(person: int) -> list[Grant]:
    """Every grant a person has or had, those going on first."""
    rows = Grant.objects.filter(post__person=person).select_related("post__institution", "institution")
    return list(rows.order_by(F("until_on").desc(nulls_first=True), "-id"))


def grant_in_view(actor: Actor, grant: int) -> Grant | None:
    """A grant over an institution the actor administers."""
    found = Grant.objects.filter(pk=grant).select_related("post__person__account").first()
    return found if found and actor.may(access.GRANT, found.institution_id) else None


def without_account(actor: Actor, number: str) -> people.Person | None:
    """The person of a staff number within the actor's reach, with or without an account."""
    where = people.Post.objects.filter(institution__in=actor.reaches(access.GRANT))
    return people.Person.objects.filter(number=number.strip(), posts__in=where).distinct().first()


def _posts(day: date) -> Prefetch:
    going = Prefetch("grants", Grant.objects.filter(in_force(day)).select_related("institution").order_by("id"), to_attr="going")
    held = people.Post.objects.held_on(day).select_related("institution", "department").prefetch_related(going)
    return Prefetch("person__posts", held.order_by("id"), to_attr="held")


def _narrowed(rows: QuerySet[Account], filters: Filters, day: date) -> QuerySet[Account]:
    if filters.standing:
        rows = rows.filter(is_active=filters.standing == "active")
    if filters.role or filters.institution:
        grants = Grant.objects.filter(in_force(day))
        grants = grants.filter(role=filters.role) if filters.role else grants
        grants = grants.filter(Q(institution=filters.institution) | Q(post__institution=filters.institution)) if filters.institution else grants
        rows = rows.filter(person__in=grants.values("post__person"))
    if filters.text:
        text = filters.text
        rows = rows.filter(Q(username__istartswith=text) | Q(person__name__contains=text) | Q(person__number__istartswith=text))
    return rows

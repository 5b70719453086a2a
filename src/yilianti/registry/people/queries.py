"""Questions about staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Slice, keyset
from yilianti.registry.people import access
from yilianti.registry.people.models import Person, Post

PAGE = 20


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty means everybody in view."""

    text: str = ""
    institution: int | None = None
    title: str = ""
    only_active: bool = True


def get(person_id: int | None) -> Person | None:
    return Person.objects.filter(id=person_id or 0).first()


def names(ids: Iterable[int | None]) -> dict[int, str]:
    """Id → name, in one statement."""
    return dict(Person.objects.filter(id__in={i for i in ids if i}).values_list("id", "name"))


def phones(ids: Iterable[int]) -> dict[int, str]:
    """Id → work telephone of active people, "" where none is known; in one statement."""
    return dict(Person.objects.filter(id__in=set(ids), is_active=True).values_list("id", "phone"))


def post(post_id: int | None) -> Post | None:
    """The post with its person, institution and department."""
    return Post.objects.select_related("person", "institution", "department").filter(id=post_id or 0).first()


def posts_of(person_id: int, day: date) -> list[Post]:
    """Posts held on a day, oldest first."""
    held = Post.objects.held_on(day).filter(person=person_id)
    return list(held.select_related("person", "institution", "department").order_by("from_on", "id"))


def staff_of(institution_id: int, day: date) -> list[Person]:
    """Active people with a post there on that day."""
    held = Post.objects.held_on(day).filter(institution=institution_id)
    return list(Person.objects.filter(is_active=True, posts__in=held).distinct().order_by("number"))


def staff_numbers(institution_ids: Iterable[int], day: date) -> dict[int, dict[str, int]]:
    """Institution → staff number → person, of active people with a post there on that day; one statement."""
    held = Post.objects.held_on(day).filter(institution__in=set(institution_ids), person__is_active=True)
    found: dict[int, dict[str, int]] = {}
    for institution, number, person in held.values_list("institution", "person__number", "person"):
        found.setdefault(institution, {})[number] = person
    return found


def one(actor: Actor, number: str) -> Person | None:
    """A person in view, with posts and licences loaded."""
    posts = Prefetch("posts", Post.objects.select_related("institution", "department").order_by("-from_on", "-id"))
    return Person.objects.filter(access.visible_to(actor), number=number).prefetch_related(posts, "licences").first()


def directory(actor: Actor, filters: Filters, day: date, *, after: str = "", size: int = PAGE) -> Slice:
    """One keyset page by staff number, with the posts of the day; two statements whatever the length."""
    held = Post.objects.held_on(day).select_related("institution", "department").order_by("from_on")
    rows = _narrowed(Person.objects.filter(access.visible_to(actor)), filters, day)
    rows = rows.filter(number__gt=after).order_by("number").prefetch_related(Prefetch("posts", held, to_attr="held"))
    return keyset(list(rows[: size + 1]), size, key=lambda person: person.number)


def _narrowed(rows: QuerySet[Person], filters: Filters, day: date) -> QuerySet[Person]:
    if filters.only_active:
        rows = rows.filter(is_active=True)
    if filters.title:
        rows = rows.filter(title=filters.title)
    if filters.institution:
        rows = rows.filter(posts__in=Post.objects.held_on(day).filter(institution=filters.institution)).distinct()
    if filters.text:
        rows = rows.filter(Q(name__contains=filters.text) | Q(number__istartswith=filters.text) | Q(phone=filters.text))
    return rows

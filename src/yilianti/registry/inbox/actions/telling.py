"""Telling and asking: items come, once per key, and go when the work they asked for is done.

What is told follows a journal entry, whose number is in its key; only what a person or the clock decides here is journalled again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.registry.inbox import rules
from yilianti.registry.inbox.models import Address, Item
from yilianti.registry.inbox.terms import Kind, Urgency, Why
from yilianti.registry.people import api as people


class More(TypedDict, total=False):
    """What an item may say besides: to whom more exactly, how urgently, and about what."""

    role: str
    person_id: int | None
    department_id: int | None
    post_id: int
    body: str
    link: str
    subject: str
    urgency: str
    escalates: bool


def notify(
    *, key: str, institution_id: int, title: str, at: datetime, needs_acknowledgement: bool = False, acknowledge_by: datetime | None = None,
    read_back: str = "", **more: Unpack[More],
) -> Item:  # fmt: skip
    """A notice, once per `key`, to a person, a post, a role in an institution or department, or to everybody there.

    With `acknowledge_by` or `read_back` it climbs the ladder of its urgency until somebody acknowledges it.
    """
    asked = needs_acknowledgement or bool(read_back) or acknowledge_by is not None
    return _put(Kind.NOTICE, key, institution_id, title, at, more, needs_acknowledgement=asked, due_at=acknowledge_by, read_back=read_back)


def ask(*, key: str, institution_id: int, title: str, at: datetime, due_at: datetime | None = None, **more: Unpack[More]) -> Item:
    """A task, once per `key`; it stays open until `complete` or until somebody says that it is done, and climbs its ladder.

    `escalates=False` for work whose own room reminds and reports.
    """
    return _put(Kind.TASK, key, institution_id, title, at, more, due_at=due_at)


@transaction.atomic
def ask_while(waits: bool, *, actor: Actor, key: str, about: str, institution_id: int, title: str, at: datetime, **more: Unpack[More]) -> None:
    """One task about a subject as long as something waits: asked when the first comes, never twice while it is open, closed when nothing waits any more."""
    if not waits:
        complete(actor=actor, subject=about, at=at)
    elif not Item.objects.filter(kind=Kind.TASK.value, subject=about, done_at__isnull=True).exists():
        more["subject"] = about
        ask(key=key, institution_id=institution_id, title=title, at=at, **more)


@transaction.atomic
def complete(*, actor: Actor, at: datetime, subject: str = "", key: str = "", keys: Sequence[str] = ()) -> int:
    """Close the open tasks of one subject, or those of one or several keys: the work they asked for is done. Returns how many."""
    if not subject and not key and not keys:
        raise ValueError("complete needs a subject or a key")
    tasks = Item.objects.filter(kind=Kind.TASK.value, done_at__isnull=True)
    tasks = tasks.filter(subject=subject) if subject else tasks.filter(key__in=keys or [key])
    # In the order of their ids, so that two who close the same tasks wait for each other instead of locking each other out.
    ids = list(tasks.select_for_update().order_by("id").values_list("id", flat=True))
    if ids:
        Address.objects.filter(item__in=ids).update(is_open=False)
        Item.objects.filter(id__in=ids).update(done_at=at, done_by=actor.person)
    return len(ids)


def _put(kind: Kind, key: str, institution: int, title: str, at: datetime, more: More, **also: Any) -> Item:
    given: dict[str, Any] = {**more, **also}
    post_id = given.pop("post_id", None)
    if post_id is not None:
        institution = _by_post(post_id, institution, given, at)
    item = Item(key=key, kind=kind.value, institution_id=institution, title=title, created_at=at, waits_since=at, calls_at=at, **given)
    _check(item)
    if item.escalates and rules.climbs(item.kind, item.needs_acknowledgement):
        item.climbs_at = at
    with transaction.atomic():
        Item.objects.bulk_create([item], ignore_conflicts=True)
        told = Item.objects.get(key=key)
        Address.objects.bulk_create([_address(told, at)], ignore_conflicts=True)
    return told


def _address(item: Item, at: datetime) -> Address:
    is_open = item.done_at is None
    if item.person_id:
        return Address(item=item, person_id=item.person_id, why=Why.SENT.value, at=at, is_open=is_open)
    return Address(item=item, institution_id=item.institution_id, department_id=item.department_id, role=item.role, why=Why.SENT.value,
                   at=at, is_open=is_open)  # fmt: skip


def _by_post(post_id: int, institution: int, given: dict[str, Any], at: datetime) -> int:
    """Whoever holds the post; a post that has ended leaves its department, or its institution, to answer."""
    post = people.post(post_id)
    if post is None:
        return institution
    day = timezone.localdate(at)
    if post.from_on <= day and (post.until_on is None or day < post.until_on):
        given["person_id"] = post.person_id
    given["department_id"] = post.department_id
    return post.institution_id


def _check(item: Item) -> None:
    Urgency(item.urgency)
    if not rules.is_path(item.link):
        raise ValueError(f"inbox link must be a path of the platform: {item.link!r}")
    if rules.names_somebody(item.title, item.body, item.read_back):
        raise ValueError("the inbox names residents by record number only")

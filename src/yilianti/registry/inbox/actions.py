"""Acts on the inbox: tell, ask, complete, acknowledge.

What is told follows a journal entry, whose number is in its key; only what a person decides here is journalled again.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.inbox import access, rules
from yilianti.registry.inbox.models import Item
from yilianti.registry.inbox.terms import Kind


def notify(
    *, key: str, institution_id: int, title: str, at: datetime, role: str = "", person_id: int | None = None, body: str = "",
    link: str = "", subject: str = "",
) -> Item:  # fmt: skip
    """A notice, once per `key`, to a person, to whoever holds a role in an institution, or to everybody there."""
    return _put(Item(key=key, kind=Kind.NOTICE.value, institution_id=institution_id, role=role, person_id=person_id, title=title, body=body,
                     link=link, subject=subject, created_at=at))  # fmt: skip


def ask(
    *, key: str, institution_id: int, title: str, at: datetime, role: str = "", person_id: int | None = None, body: str = "",
    link: str = "", subject: str = "", due_at: datetime | None = None,
) -> Item:  # fmt: skip
    """A task, once per `key`; it stays open until `complete` or until somebody says that it is done."""
    return _put(Item(key=key, kind=Kind.TASK.value, institution_id=institution_id, role=role, person_id=person_id, title=title, body=body,
                     link=link, subject=subject, created_at=at, due_at=due_at))  # fmt: skip


def complete(*, actor: Actor, at: datetime, subject: str = "", key: str = "") -> int:
    """Close the open tasks of one subject, or the one of a key: the work they asked for is done. Returns how many."""
    if not subject and not key:
        raise ValueError("complete needs a subject or a key")
    tasks = Item.objects.filter(kind=Kind.TASK.value, done_at__isnull=True)
    tasks = tasks.filter(subject=subject) if subject else tasks.filter(key=key)
    return int(tasks.update(done_at=at, done_by=actor.person))


def acknowledge(*, actor: Actor, item: int, at: datetime) -> Item:
    """A notice was read."""
    return _close(actor, item, Kind.NOTICE, "inbox.acknowledged", at)


def finish(*, actor: Actor, item: int, at: datetime) -> Item:
    """A task was done in a way the platform does not see."""
    return _close(actor, item, Kind.TASK, "inbox.finished", at)


def _put(item: Item) -> Item:
    if not rules.is_path(item.link):
        raise ValueError(f"inbox link must be a path of the platform: {item.link!r}")
    if rules.names_somebody(item.title, item.body):
        raise ValueError("the inbox names residents by record number only")
    Item.objects.bulk_create([item], ignore_conflicts=True)
    return Item.objects.get(key=item.key)


def _close(actor: Actor, item: int, kind: Kind, word: str, at: datetime) -> Item:
    with transaction.atomic():
        found = Item.objects.select_for_update().filter(access.visible_to(actor), pk=item, kind=kind.value).first()
        if found is None:
            raise Refused("no_item", "没有这一条，或它不是发给您当前岗位的。", "no such item")
        if found.done_at is not None:
            raise Refused("changed_meanwhile", "这一条已经办过了，列表即将更新。", "already closed")
        found.done_at, found.done_by = at, actor.person
        found.save(update_fields=["done_at", "done_by"])
        journal.write(word, actor=actor, at=at, subject=f"inbox:{found.pk}", facts={"about": found.subject} if found.subject else None)
    return found

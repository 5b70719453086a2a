"""What waits for somebody, and what they have dealt with."""

from __future__ import annotations

from dataclasses import dataclass

from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Slice, keyset
from yilianti.registry.inbox import access
from yilianti.registry.inbox.models import Item
from yilianti.registry.inbox.terms import Tab

PAGE = 20


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty means everything."""

    tab: str = Tab.OPEN.value
    kind: str = ""
    text: str = ""


def open_count(actor: Actor) -> int:
    """How many notices and tasks wait; one indexed count."""
    return Item.objects.filter(access.visible_to(actor), done_at__isnull=True).count()


def one(actor: Actor, item: int) -> Item | None:
    """An item in view."""
    return Item.objects.filter(access.visible_to(actor), pk=item).first()


def waiting(actor: Actor, size: int = 8) -> list[Item]:
    """The first open items, for a start page: what is due soonest, then the newest."""
    rows = Item.objects.filter(access.visible_to(actor), done_at__isnull=True)
    return list(rows.order_by("due_at", "-id")[:size])


def worklist(actor: Actor, filters: Filters, *, before: int | None = None, size: int = PAGE) -> Slice:
    """One keyset page, the newest first."""
    rows = Item.objects.filter(access.visible_to(actor), done_at__isnull=filters.tab != Tab.DONE)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.text:
        rows = rows.filter(title__contains=filters.text)
    if before:
        rows = rows.filter(id__lt=before)
    rows = rows.select_related("institution").order_by("-id")
    return keyset(list(rows[: size + 1]), size, key=lambda item: item.id)

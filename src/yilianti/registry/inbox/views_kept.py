"""The narrowed lists a person keeps, as chips over the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from yilianti.kernel import prepared
from yilianti.kernel.actor import Actor
from yilianti.registry.inbox.models import SavedView


class View(NamedTuple):
    """A kept view; `query` begins without the question mark."""

    id: int
    name: str
    query: str
    is_default: bool


_OF_PAGE = "SELECT id, name, query, is_default FROM inbox_savedview WHERE person_id = %s AND page = %s ORDER BY id"


def saved_views(actor: Actor, page: str) -> list[View]:
    """What the actor keeps of that page, oldest first; one statement."""
    if actor.person is None:
        return []
    with prepared.cursor() as cursor:
        cursor.execute(_OF_PAGE, [actor.person, page])
        return [View(*row) for row in cursor.fetchall()]


def marked(views: Sequence[View], query: str) -> list[dict[str, object]]:
    """The same with the one that the address shows marked."""
    here = sorted(parse_qsl(query.removeprefix("?")))
    return [{"view": view, "active": sorted(parse_qsl(view.query)) == here} for view in views]


def all_views(actor: Actor) -> list[SavedView]:
    """Every kept view of the actor, page by page."""
    return list(SavedView.objects.filter(person=actor.person).order_by("page", "id"))

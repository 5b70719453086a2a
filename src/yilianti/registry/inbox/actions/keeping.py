"""Keeping a narrowed list: under a name of one's own, for the page it belongs to."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.db.models import QuerySet

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.inbox.actions.preferring import held_settings
from yilianti.registry.inbox.models import SavedView

MOST, _LONGEST_PAGE, _LONGEST_QUERY = 12, 80, 600
_PAGE = re.compile(r"/(?:[a-z0-9_-]+/)*")
#: words searched for may name a resident, and the place in a list passes
_NEVER_KEPT = frozenset({"text", "q", "after", "before", "csrfmiddlewaretoken"})


@transaction.atomic
def keep_view(*, actor: Actor, page: str, name: str, query: str, opens_first: bool = False, at: datetime) -> SavedView:
    """Keep what the list shows now; a name used before on this page then means this. Refused beyond a dozen a page."""
    held = held_settings(actor)
    mine = SavedView.objects.filter(person=held.person_id)
    name, kept = _named(name), _plain(query)
    if not _PAGE.fullmatch(page) or len(page) > _LONGEST_PAGE:
        raise Refused("no_such_page", "找不到这张列表；请从列表页面保存筛选。", "no such page", field="page")
    if not kept or len(kept) > _LONGEST_QUERY:
        raise Refused("nothing_to_keep", "还没有选筛选条件（搜索的姓名、单号不保存）；请先选好条件再保存。", "nothing to keep", field="query")
    here = mine.filter(page=page)
    if here.exclude(name=name).count() >= MOST:
        raise Refused("too_many_views", f"这一页已有 {MOST} 个常用筛选；请先删除不用的。", "too many views", field="name")
    if opens_first:
        here.update(is_default=False)
    view, _ = SavedView.objects.update_or_create(person_id=held.person_id, page=page, name=name, defaults={"query": kept, "is_default": opens_first, "kept_at": at})
    _record("inbox.view_kept", actor, at, view)
    return view


@transaction.atomic
def rename_view(*, actor: Actor, view: int, name: str, opens_first: bool, at: datetime) -> SavedView:
    """Another name, and whether the list opens with it."""
    mine = _held(actor)
    found, name = _own(mine, view), _named(name)
    here = mine.filter(page=found.page).exclude(pk=found.pk)
    if here.filter(name=name).exists():
        raise Refused("name_taken", f"已有一个叫“{name}”的常用筛选；请换一个名称。", "name taken", field="name")
    if opens_first:
        here.update(is_default=False)
    found.name, found.is_default = name, opens_first
    found.save()
    _record("inbox.view_renamed", actor, at, found)
    return found


@transaction.atomic
def drop_view(*, actor: Actor, view: int, at: datetime) -> SavedView:
    """Keep it no longer."""
    found = _own(_held(actor), view)
    _record("inbox.view_dropped", actor, at, found)
    found.delete()
    return found


def _held(actor: Actor) -> QuerySet[SavedView]:
    """The actor's views, while no second window changes them: the settings of the person are held."""
    held_settings(actor)
    return SavedView.objects.filter(person=actor.person)


def _own(mine: QuerySet[SavedView], view: int) -> SavedView:
    found = mine.filter(pk=view).first()
    if found is None:
        raise Refused("unknown_view", "没有这个常用筛选，可能已经删除；请刷新页面。", "no such view", field="view")
    return found


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 20:
        raise Refused("view_needs_name", "“名称”请写 1 到 20 个字。", "a name of 1 to 20 characters", field="name")
    return name


def _plain(query: str) -> str:
    """The query in one spelling, without what is never kept."""
    return urlencode([(key, value) for key, value in parse_qsl(query.removeprefix("?")) if key not in _NEVER_KEPT])


def _record(word: str, actor: Actor, at: datetime, view: SavedView) -> None:
    journal.write(word, actor=actor, at=at, subject=f"person:{actor.person}", facts={"page": view.page, "query": view.query, "opens_first": view.is_default})

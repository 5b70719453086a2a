"""Answering: seen, acknowledged (with read-back), finished, taken back within a minute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.inbox import access, rules
from yilianti.registry.inbox.models import Address, Item, Seen
from yilianti.registry.inbox.terms import Kind
from yilianti.registry.people import api as people

AT_ONCE = 100


@transaction.atomic
def see(*, actor: Actor, item: int, at: datetime) -> Item:
    """Somebody opened it; noted and journalled the first time only."""
    found = held(actor, item, at)
    seen = Seen.objects.filter(item=found, person=actor.person or 0)
    if actor.person and not seen.exists():
        Seen.objects.create(item=found, person_id=actor.person, at=at)
        record("inbox.seen", actor, found, at)
    return found


def acknowledge(*, actor: Actor, item: int, at: datetime, read_back: str = "") -> Item:
    """A notice was read; where a text is to be read back it must say the same."""
    with transaction.atomic():
        found = _open(actor, item, Kind.NOTICE, at)
        if found.read_back and not rules.reads_back(read_back, found.read_back):
            raise Refused("read_back_differs", "“复述内容”与通知不一致；请对照原文逐字核对后再填，仍不一致请电话核实。",
                          "what was read back differs", field="read_back")  # fmt: skip
        facts = {"read_back": True} if found.read_back else {}
        return _close(actor, found, "inbox.acknowledged", at, facts)


@transaction.atomic
def acknowledge_many(*, actor: Actor, items: Iterable[int], at: datetime) -> int:
    """Acknowledge the plain notices among these, each with its own line; returns how many. What must be read back is left."""
    plain = Item.objects.filter(access.visible_to(actor, at), kind=Kind.NOTICE.value, done_at__isnull=True, read_back="", urgency__in=("routine", "urgent"))
    chosen = list(plain.filter(pk__in=list(items)[:AT_ONCE]).select_for_update(of=("self",)).order_by("id"))
    for found in chosen:
        _close(actor, found, "inbox.acknowledged", at, {})
    return len(chosen)


def finish(*, actor: Actor, item: int, at: datetime) -> Item:
    """A task was done in a way the platform does not see; whoever took it, or anybody while nobody has."""
    with transaction.atomic():
        found = _open(actor, item, Kind.TASK, at)
        if found.claimed_by_id not in (None, actor.person):
            raise Refused("wrong_state", f"{taker(found)}正在办理；请由其办结，或请其退回。", "somebody else has it")
        return _close(actor, found, "inbox.finished", at, {})


@transaction.atomic
def reopen(*, actor: Actor, item: int, at: datetime) -> Item:
    """Take back one's own acknowledgement or completion within a minute; the ladder goes on as if it had never stopped."""
    found = held(actor, item, at)
    if found.done_at is None:
        raise Refused("changed_meanwhile", "这一条没有办结，不必撤销。", "not closed")
    if found.done_by is None or found.done_by != actor.person:
        raise Refused("not_permitted", "只有办结的本人可以撤销。", "only by oneself")
    if at - found.done_at > rules.UNDO:
        raise Refused("wrong_state", "办结已超过一分钟，不能撤销；如有误，请在相关业务页面更正，或另发一条通知。", "too late")
    found.done_at = found.done_by = None
    found.climbs_at = at if found.escalates and rules.climbs(found.kind, found.needs_acknowledgement) else None
    found.save(update_fields=["done_at", "done_by", "climbs_at"])
    Address.objects.filter(item=found).update(is_open=True)
    record("inbox.reopened", actor, found, at)
    return found


def held(actor: Actor, item: int, at: datetime) -> Item:
    """The item, locked; refused when it is not in the actor's view."""
    found = Item.objects.select_for_update(of=("self",)).filter(access.visible_to(actor, at), pk=item).first()
    if found is None:
        raise Refused("no_item", "没有这一条，或它不是发给您当前岗位的。", "no such item")
    return found


def taker(item: Item) -> str:
    """The name of who took it, for a sentence."""
    return people.names([item.claimed_by_id]).get(item.claimed_by_id or 0, "同事")


def record(word: str, actor: Actor, item: Item, at: datetime, facts: Mapping[str, Any] | None = None, refs: Iterable[str] = ()) -> None:
    """The item's line in the journal; `about` names what it speaks of."""
    about = {"about": item.subject} if item.subject else {}
    journal.write(word, actor=actor, at=at, subject=f"inbox:{item.pk}", to_institution=item.institution_id, facts={**about, **(facts or {})}, policy_refs=tuple(refs))


def _open(actor: Actor, item: int, kind: Kind, at: datetime) -> Item:
    found = held(actor, item, at)
    if found.kind != kind.value:
        raise Refused("no_item", f"这一条是{Kind.label(found.kind)}，不能这样办。", "not of this kind")
    if found.done_at is not None:
        raise Refused("changed_meanwhile", "这一条已经办过了，列表即将更新。", "already closed")
    return found


def _close(actor: Actor, found: Item, word: str, at: datetime, facts: Mapping[str, Any]) -> Item:
    found.done_at, found.done_by = at, actor.person
    found.save(update_fields=["done_at", "done_by"])
    Address.objects.filter(item=found).update(is_open=False)
    record(word, actor, found, at, facts)
    return found

"""Taking: a task is claimed by exactly one, handed to a colleague with a word, or given back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.inbox import rules
from yilianti.registry.inbox.actions.answering import held, record, taker
from yilianti.registry.inbox.models import Address, Item
from yilianti.registry.inbox.terms import Kind, Why
from yilianti.registry.people import api as people

WORD_LENGTH = 120


@transaction.atomic
def claim(*, actor: Actor, item: int, at: datetime) -> Item:
    """「我来办」: the ladder of unanswered work stops; who comes second reads who took it."""
    found = _task(actor, item, at)
    if found.claimed_by_id is not None:
        who = "您" if found.claimed_by_id == actor.person else taker(found)
        when = timezone.localtime(found.claimed_at).strftime("%H:%M") if found.claimed_at else ""
        raise Refused("changed_meanwhile", f"{who}已于 {when} 接手；如要换人，请接手的人转交或退回。", "already taken")
    found.claimed_by_id, found.claimed_at = actor.person, at
    found.climbs_at = at if found.escalates else None  # what counts from its limit still climbs
    found.save(update_fields=["claimed_by", "claimed_at", "climbs_at"])
    record("inbox.claimed", actor, found, at)
    return found


@transaction.atomic
def give_back(*, actor: Actor, item: int, at: datetime) -> Item:
    """Who took it leaves it again; the ladder starts anew."""
    found = _task(actor, item, at)
    if found.claimed_by_id != actor.person:
        raise Refused("wrong_state", "这一条不在您手上，不必退回。", "not taken by you")
    _anew(found, at)
    record("inbox.given_back", actor, found, at)
    return found


@transaction.atomic
def hand_over(*, actor: Actor, item: int, to: int, word: str, at: datetime) -> Item:
    """Ask a colleague of the same institution to do it, with a word; the ladder starts anew with them."""
    found = _task(actor, item, at)
    if found.claimed_by_id not in (None, actor.person):
        raise Refused("changed_meanwhile", f"{taker(found)}已接手；请由其转交。", "somebody else has it")
    if to == actor.person:
        raise Refused("to_oneself", "“转交给”请选择同事；自己办理请按“我来办”。", "not to oneself", field="to")
    if to not in {person.id for person in people.staff_of(found.institution_id, timezone.localdate(at))}:
        raise Refused("no_colleague", "“转交给”只能选本机构在岗的同事；请重新选择。", "no colleague there", field="to")
    if not word.strip():
        raise Refused("no_word", "请在“附言”里写一句话，让同事知道要办什么。", "a word is needed", field="word")
    if rules.names_somebody(word):
        raise Refused("names_somebody", "“附言”里不要写身份证号；写单号即可。", "no identity numbers", field="word")
    _anew(found, at)
    told = {"why": Why.HANDED_OVER.value, "note": word.strip()[:WORD_LENGTH], "at": at, "is_open": True}
    Address.objects.update_or_create(item=found, person_id=to, defaults=told)
    record("inbox.handed_over", actor, found, at, {"person": to})
    return found


@transaction.atomic
def pass_on(*, actor: Actor, person: int, to: int | None, at: datetime) -> int:
    """What a person who left had open goes to their successor, or back to whoever it was sent to; returns how many."""
    addressed = Address.objects.filter(person=person, is_open=True).values("item")
    open_tasks = Item.objects.filter(Q(claimed_by=person) | Q(id__in=addressed), kind=Kind.TASK.value, done_at__isnull=True)
    found = list(open_tasks.select_for_update(of=("self",)).order_by("id"))
    for item in found:
        _anew(item, at)
        if to is not None:
            told = {"why": Why.HANDED_OVER.value, "note": "原经办人离职，由您接手", "at": at, "is_open": True}
            Address.objects.update_or_create(item=item, person_id=to, defaults=told)
        record("inbox.passed_on", actor, item, at, {"from": person, "to": to})
    return len(found)


def _anew(found: Item, at: datetime) -> None:
    found.claimed_by_id = found.claimed_at = None
    found.round, found.step, found.waits_since = found.round + 1, 0, at
    found.calls_at = at
    found.climbs_at = at if found.escalates else None
    found.save(update_fields=["claimed_by", "claimed_at", "round", "step", "waits_since", "calls_at", "climbs_at"])


def _task(actor: Actor, item: int, at: datetime) -> Item:
    found = held(actor, item, at)
    if found.kind != Kind.TASK:
        raise Refused("no_item", "这一条是通知，读后按“知道了”即可。", "a notice is not taken")
    if found.done_at is not None:
        raise Refused("changed_meanwhile", "这一条已经办结，列表即将更新。", "already closed")
    return found

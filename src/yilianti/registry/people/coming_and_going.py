"""Joining, moving, leaving and coming back: each in one act, on a day that may lie ahead and then takes effect by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.people import actions
from yilianti.registry.people.models import Person, Post

MANAGE = actions.MANAGE


@dataclass(frozen=True)
class Seat:
    """A post to take: where, as what, from which day on."""

    institution_id: int
    name: str
    from_on: date
    department_id: int | None = None


@transaction.atomic
def join(*, actor: Actor, number: str, name: str, title: str, phone: str, seat: Seat, at: datetime) -> Person:
    """Somebody new: entered and given their post; the security administrator hears that roles and an account are wanted."""
    person = actions.register(actor=actor, number=number, name=name, title=title, phone=phone, at=at)
    post = _seated(actor, person, seat, at)
    _record("people.joined", actor, at, person, seat.institution_id, {"post": post.id, "on": str(seat.from_on)})
    return person


@transaction.atomic
def move(*, actor: Actor, post_id: int, seat: Seat, at: datetime) -> Post:
    """From one post to another on a day; what was granted to the old post ends with it."""
    old = Post.objects.select_related("person").filter(id=post_id).first()
    if old is None:
        raise Refused("unknown_post", "没有这个岗位；请刷新页面。", field="post")
    if seat.from_on <= old.from_on:
        raise Refused("ends_before_start", f"调动日期须晚于原岗位的任职日期 {old.from_on}。", field="from_on")
    actions.end_post(actor=actor, post_id=post_id, until_on=seat.from_on, at=at)
    new = _seated(actor, old.person, seat, at)
    _record("people.moved", actor, at, old.person, seat.institution_id, {"from_post": post_id, "post": new.id, "on": str(seat.from_on)})
    return new


@transaction.atomic
def leave(*, actor: Actor, person_id: int, on: date, because: str, at: datetime, successor: str = "") -> Person:
    """The last day is over on `on`: every post ends, and on that day the person is gone. `successor` (a staff number) takes what is open."""
    person = actions.managed(actor, person_id, at)
    if person.id == actor.person:
        raise Refused("own_leaving", "不能办理自己的离职；请另一位管理员办理。", "not for oneself")
    if not person.is_active or person.leaves_on is not None:
        raise Refused("wrong_state", f"{person.name}已离职或已办理离职；请刷新页面。", "left already")
    if not because.strip():
        raise Refused("reason_missing", "请写明离职原因（调出、退休、辞职等）。", field="because")
    heir = _successor(person, successor, on)
    _end_posts(actor, person, on, at)
    person.leaves_on, person.successor_id = on, heir.id if heir else None
    person.save(update_fields=["leaves_on", "successor"])
    _record("people.leave_noted", actor, at, person, None, {"on": str(on), "because": because.strip()[:120], "successor": heir.id if heir else None})
    if on <= timezone.localdate(at):
        _depart(actor, person, at)
    return person


@transaction.atomic
def stay(*, actor: Actor, person_id: int, at: datetime) -> Person:
    """Take back a leaving that has not come yet; posts are given anew where they are still wanted."""
    person = actions.managed(actor, person_id, at)
    if not person.is_active or person.leaves_on is None:
        raise Refused("wrong_state", "没有待生效的离职；请刷新页面。", "not leaving")
    person.leaves_on, person.successor = None, None
    person.save(update_fields=["leaves_on", "successor"])
    held = list(Post.objects.filter(person=person, until_on__gt=timezone.localdate(at)))
    for post in held:
        post.until_on = None
        post.save(update_fields=["until_on"])
    _record("people.stayed", actor, at, person, None, {"posts": [post.id for post in held]})
    return person


@transaction.atomic
def come_back(*, actor: Actor, person_id: int, seat: Seat, at: datetime) -> Post:
    """Somebody who left works here again; their account is opened again by the security administrator."""
    person = actions.managed(actor, person_id, at)
    if person.is_active:
        raise Refused("wrong_state", f"{person.name}在职；调动请用“调动”。", "has not left")
    person.is_active, person.leaves_on, person.successor = True, None, None
    person.save(update_fields=["is_active", "leaves_on", "successor"])
    post = _seated(actor, person, seat, at)
    _record("people.returned", actor, at, person, seat.institution_id, {"post": post.id, "on": str(seat.from_on)})
    return post


def depart_due(*, actor: Actor, at: datetime) -> int:
    """Let those go whose day has come; returns how many. Two who run this share them."""
    day, gone = timezone.localdate(at), 0
    for person_id in Person.objects.filter(is_active=True, leaves_on__lte=day).values_list("id", flat=True):
        with transaction.atomic():
            person = Person.objects.select_for_update(of=("self",), skip_locked=True).filter(id=person_id, is_active=True, leaves_on__lte=day).first()
            if person is not None:
                _depart(actor, person, at)
                gone += 1
    return gone


def _depart(actor: Actor, person: Person, at: datetime) -> None:
    person.is_active = False
    person.save(update_fields=["is_active"])
    _record("people.left", actor, at, person, None, {"successor": person.successor_id})


def _seated(actor: Actor, person: Person, seat: Seat, at: datetime) -> Post:
    return actions.give_post(actor=actor, person_id=person.id, institution_id=seat.institution_id, department_id=seat.department_id, name=seat.name,
                             from_on=seat.from_on, at=at)  # fmt: skip


def _end_posts(actor: Actor, person: Person, on: date, at: datetime) -> None:
    going = list(Post.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=on), person=person).order_by("id"))
    later = next((post for post in going if post.from_on >= on), None)
    if later is not None:
        raise Refused("begins_later", f"岗位“{later.name}”自 {later.from_on} 才开始，晚于离职日期；请先结束这个岗位，或改离职日期。", field="on")
    for post in going:
        actions.end_post(actor=actor, post_id=post.id, until_on=on, at=at)


def _successor(person: Person, number: str, on: date) -> Person | None:
    if not number.strip():
        return None
    heir = Person.objects.filter(number=number.strip(), is_active=True).exclude(id=person.id).first()
    if heir is None:
        raise Refused("unknown_successor", "没有这个工号的在职人员；请核对接手人的工号，或留空。", field="successor")
    shared = Post.objects.held_on(on).filter(person=heir, institution__in=Post.objects.filter(person=person).values("institution"))
    if not shared.exists():
        raise Refused("stranger_successor", f"{heir.name}届时不在同一机构任职，接不了手上的事；请另选接手人。", field="successor")
    return heir


def _record(word: str, actor: Actor, at: datetime, person: Person, institution: int | None, facts: Mapping[str, Any]) -> None:
    journal.write(word, actor=actor, at=at, subject=f"people:{person.number}", to_institution=institution, facts={"person": person.id, **facts})

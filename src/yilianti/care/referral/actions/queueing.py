"""Waiting for a place where nothing is free: a referral stands in the receiver's line, and either end answers the offer for the patient."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.capacity.schedules import api as schedules
from yilianti.care.referral import access, rules
from yilianti.care.referral.actions import moving
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import State
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

PERMISSION = "referral.queue"
#: The patient is still expected, and nobody has promised them otherwise.
WAITS = (State.PENDING, State.SUBMITTED, State.ASSIGNED, State.RETURNED, State.ACCEPTED)


@transaction.atomic
def join_line(*, actor: Actor, number: str, queue: str, at: datetime) -> Referral:
    """Wait for a slot of the department (`queue` "slot") or for a bed ("pool:7")."""
    referral = _mine(actor, number)
    if referral.state not in WAITS:
        raise Refused("not_waiting", "这张转诊单现在不用排队：患者已到院，或转诊已结束。", "the referral does not wait")
    if referral.reservation:
        raise Refused("place_held", "已经留好号或床位，不用排队；要换时间，请先退还。", field="queue")
    enter(referral, actor, queue, at)
    moving.record("referral.line_joined", actor=actor, referral=referral, at=at, facts={"queue": queue})
    return referral


def enter(referral: Referral, actor: Actor, queue: str, at: datetime) -> None:
    """Stand in the line that is named; for the form, which sends and joins in one act."""
    entry = schedules.join(actor=actor, resident=referral.resident_id, by_institution=referral.from_institution_id, urgency=referral.urgency,
                           subject=moving.subject(referral.number), at=at, **_line(referral, queue))  # fmt: skip
    if entry.keeper_id != referral.to_institution_id:
        raise Refused("line_elsewhere", "所选床位不属于接收机构；请重新选择。", field="queue")


@transaction.atomic
def leave_line(*, actor: Actor, number: str, because: str, at: datetime) -> Referral:
    """No longer wait; an offer not yet answered goes to the next."""
    if not because.strip():
        raise Refused("reason_missing", "请写明退出候补的原因。", field="because")
    referral = _mine(actor, number)
    schedules.leave(actor=_acting(actor), number=_stands(referral, at).number, because=because, at=at)
    moving.record("referral.line_left", actor=actor, referral=referral, at=at, facts={"because": because.strip()})
    return referral


@transaction.atomic
def take_offer(*, actor: Actor, number: str, at: datetime) -> Referral:
    """The patient can come: the place is theirs, with the answer where that is still owed, for sure where it was given."""
    referral = _mine(actor, number)
    taken = schedules.take_offer(actor=_acting(actor), number=_stands(referral, at).number, until=max(referral.answer_due_at or at, at), at=at)
    referral.reservation = taken.number
    facts: dict[str, Any] = {"reservation": taken.number}
    if referral.state == State.ACCEPTED:
        facts |= _promised(referral, actor, at)
    referral.version += 1
    referral.save()
    moving.record("referral.offer_taken", actor=actor, referral=referral, at=at, facts=facts)
    return referral


@transaction.atomic
def decline_offer(*, actor: Actor, number: str, because: str, at: datetime) -> Referral:
    """The patient cannot come this time: it goes to the next, the place in the line stays."""
    if not because.strip():
        raise Refused("reason_missing", "请写明为什么放弃这次名额。", field="because")
    referral = _mine(actor, number)
    schedules.decline_offer(actor=_acting(actor), number=_stands(referral, at).number, because=because, at=at)
    moving.record("referral.offer_declined", actor=actor, referral=referral, at=at, facts={"because": because.strip()})
    return referral


def may(actor: Actor, referral: Referral) -> bool:
    return bool(actor.reaches(PERMISSION) & {referral.from_institution_id, referral.to_institution_id})


def _mine(actor: Actor, number: str) -> Referral:
    referral = moving.locked(number)
    if not access.sees(actor, referral):
        raise moving.unknown(number)
    if not may(actor, referral):
        raise Refused("not_permitted", "您当前的岗位不能办理候补；请由双方机构的医生或转诊办公室办理。", "not permitted")
    return referral


def _acting(actor: Actor) -> Actor:
    """Permission was asked here, for the referral; the line stands at either end."""
    return Actor.system(actor.name, institution=actor.institution, consortium=actor.consortium, region=actor.region)


def _stands(referral: Referral, at: datetime) -> schedules.InLine:
    stands = schedules.standing(moving.subject(referral.number), at)
    if stands is None:
        raise Refused("not_in_line", "这张转诊单不在候补中；请刷新页面。", "not in the line", field="queue")
    return stands


def _line(referral: Referral, queue: str) -> dict[str, int]:
    kind, _, pool = queue.partition(":")
    if kind == "pool" and pool.isascii() and pool.isdigit() and len(pool) < 19:
        return {"pool": int(pool)}
    if kind == "slot" and referral.to_department_id:
        return {"department": referral.to_department_id}
    raise Refused("line_missing", "请先选定转入科室，再在该科室排队；或选择一类床位。", field="queue")


def _promised(referral: Referral, actor: Actor, at: datetime) -> dict[str, str]:
    """Accepted already: the place is sure at once, and a slot says when the patient is awaited."""
    held = schedules.confirm(actor=_acting(actor), number=referral.reservation, at=at)
    if held.slot is None:
        return {}
    window = policybook.in_force("clinical.referral.arrival_window", timezone.localdate(at), actor.scope)
    referral.appointment_at = held.slot.starts_at
    referral.lapses_at = rules.lapses_at(held.slot.starts_at, referral.urgency, window.late_days)
    return {"appointment_at": held.slot.starts_at.isoformat()}

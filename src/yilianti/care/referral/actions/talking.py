"""What the two ends say to each other about a referral, and when things of a green channel took place: beside the lifecycle."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from yilianti.care.referral import access
from yilianti.care.referral.actions import moving, promising
from yilianti.care.referral.models import Message, MilestoneNoted, Referral
from yilianti.care.referral.rules import promises
from yilianti.care.referral.rules.promises import Promise
from yilianti.care.referral.terms import OPEN, Side, Utterance
from yilianti.care.referral.terms import Milestone as Kind
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

_LONGEST = 2_000


@transaction.atomic
def say(*, actor: Actor, number: str, text: str, at: datetime, kind: str = Utterance.REMARK.value) -> Message:
    """Ask, answer or remark; the other end is told. Nothing moves and no clock stops, but a question starts one of its own."""
    if not text.strip():
        raise Refused("text_missing", "请填写内容。", field="text")
    if len(text) > _LONGEST:
        raise Refused("text_long", f"内容超过 {_LONGEST} 个字；请精简，或作为附件附上。", field="text")
    referral = moving.locked(number)
    side = _side(actor, referral, "referral.say")
    if referral.state == "draft":
        raise Refused("not_sent", "转诊单还没有发出，对方看不到留言；请先提交。")
    place = referral.from_institution_id if side is Side.SENDER else referral.to_institution_id
    message = Message.objects.create(referral=referral, kind=kind, text=text.strip(), said_by_id=actor.person, institution_id=place, said_at=at)
    facts = {"message": message.pk, "kind": kind, "side": side.value, "settles_question": promising.reply(referral, side)}
    moving.record("referral.said", actor=actor, referral=referral, at=at, facts=facts | (_asked(actor, referral, side, at) if kind == Utterance.QUESTION else {}))
    return message


def _asked(actor: Actor, referral: Referral, side: Side, at: datetime) -> dict[str, Any]:
    """The other end owes a reply from now on; whose inbox that is."""
    question = promising.ask(referral, side, actor.scope, at)
    owner, _ = promises.owed_by(Promise.QUESTION, side)
    told = promising.address(referral, owner, promising.owing(referral, Promise.QUESTION, side), at)
    return {"promise": Promise.QUESTION.value, "due_at": question.due_at.isoformat() if question.due_at else "", "told": told}


@transaction.atomic
def note_milestone(*, actor: Actor, number: str, milestone: str, took_place_at: datetime, at: datetime, note: str = "") -> MilestoneNoted:
    """When it took place; noting it again corrects it, and both notes stay."""
    if milestone not in {str(m.value) for m in Kind}:
        raise Refused("milestone_missing", "请选择时间点。", field="milestone")
    if took_place_at > at + timedelta(minutes=5):
        raise Refused("milestone_future", "时间不能晚于现在。", field="took_place_at")
    referral = moving.locked(number)
    side = _side(actor, referral, "referral.note_milestone")
    if referral.state not in [str(state) for state in OPEN] + ["concluded"] or took_place_at < referral.drafted_at - timedelta(days=7):
        raise Refused("milestone_elsewhere", "这张转诊单已结束，或时间早于转诊一周以上；请核对日期。", field="took_place_at")
    noted = MilestoneNoted.objects.create(referral=referral, milestone=milestone, took_place_at=took_place_at, note=note.strip()[:200],
                                          noted_by_id=actor.person, noted_at=at)  # fmt: skip
    moving.record("referral.milestone_noted", actor=actor, referral=referral, at=at,
                  facts={"milestone": milestone, "took_place_at": took_place_at.isoformat(), "side": side.value})  # fmt: skip
    return noted


def _side(actor: Actor, referral: Referral, permission: str) -> Side:
    """At which end the actor stands; the receiver's when at both."""
    if not access.sees(actor, referral):
        raise moving.unknown(referral.number)
    if actor.is_system or actor.may(permission, referral.to_institution_id):
        return Side.RECEIVER
    if actor.may(permission, referral.from_institution_id):
        return Side.SENDER
    raise Refused("not_permitted", "您当前的岗位不能办理这一步；请由双方机构的医生或转诊办公室办理。", "not permitted")

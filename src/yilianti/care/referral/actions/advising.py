"""Advice and guidance: an answer that may spare the patient the way, or become a referral after all. One record, counted once."""

from __future__ import annotations

from datetime import datetime

from yilianti.care.referral.actions import applying, moving, placing
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import Service
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused


def advise(*, actor: Actor, number: str, advice: str, at: datetime) -> Referral:
    """Say how the patient can be treated where they are, or that they should come."""
    if not advice.strip():
        raise Refused("advice_missing", "请写明诊疗意见：怎么治、怎么观察、出现什么情况再转。", field="advice")
    with moving.step(actor=actor, number=number, action="advise", at=at) as step:
        step.referral.advice = advice.strip()
        step.referral.decided_at, step.referral.decided_by_id = at, actor.person
        step.facts["service"] = step.referral.service
    return step.referral


def adopt(*, actor: Actor, number: str, note: str, at: datetime) -> Referral:
    """The advice is followed here; no way is made."""
    if not note.strip():
        raise Refused("note_missing", "请写明如何按意见处理、何时复查。", field="note")
    with moving.step(actor=actor, number=number, action="adopt", at=at) as step:
        placing.give_back(step.referral, "采纳意见，不再前往", at)
        step.referral.concluded_at = at
        step.referral.follow_up_note = note.strip()
    return step.referral


def convert(*, actor: Actor, number: str, service: str, because: str, at: datetime) -> Referral:
    """The patient goes after all: the same record asks for a visit, and the receiver owes an answer again."""
    if service not in {str(s.value) for s in Service} - {Service.ADVICE.value}:
        raise Refused("service_missing", "请选择要申请的服务：门诊、住院、检查或康复随访。", field="service")
    if not because.strip():
        raise Refused("reason_missing", "请写明为什么仍需转诊。", field="because")
    with moving.step(actor=actor, number=number, action="convert", at=at) as step:
        step.referral.service = service
        step.referral.decided_at = step.referral.decided_by_id = None
        step.policy_refs.append(applying.promise_answer(step.referral, actor, at))
        placing.keep(step.referral, actor, step.referral.answer_due_at or at, at, may_choose=False)
        step.facts.update(because=because.strip(), service=service)
    return step.referral

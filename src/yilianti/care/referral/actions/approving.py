"""The sender's own gate, where policy asks for one: somebody other than the doctor lets the referral go, or does not."""

from __future__ import annotations

from datetime import datetime

from yilianti.care.referral.actions import applying, moving, placing
from yilianti.care.referral.models import Referral
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.residents import api as residents


def approve(*, actor: Actor, number: str, at: datetime, note: str = "") -> Referral:
    """Let it go to the receiver, who owes an answer from now on."""
    with moving.step(actor=actor, number=number, action="approve", at=at) as step:
        _sign(step.referral, actor, note, at)
        step.policy_refs.append(applying.promise_answer(step.referral, actor, at))
        placing.keep(step.referral, actor, step.referral.answer_due_at or at, at, may_choose=False)
        residents.note_relation(step.referral.resident_id, step.referral.to_institution_id, at)
    return step.referral


def approve_out(*, actor: Actor, number: str, at: datetime, note: str = "") -> Referral:
    """Let the patient go to a place outside the network."""
    with moving.step(actor=actor, number=number, action="approve_out", at=at) as step:
        _sign(step.referral, actor, note, at)
        step.referral.submitted_at = at
    return step.referral


def disapprove(*, actor: Actor, number: str, note: str, at: datetime) -> Referral:
    """Give it back to the doctor, saying why."""
    if not note.strip():
        raise Refused("note_missing", "请写明不同意转出的原因和建议。", field="note")
    with moving.step(actor=actor, number=number, action="disapprove", at=at) as step:
        _not_ones_own(step.referral, actor)
        placing.give_back(step.referral, "本方未同意转出", at)
        step.referral.decision_note = note.strip()
        step.facts["because"] = note.strip()
    return step.referral


def _sign(referral: Referral, actor: Actor, note: str, at: datetime) -> None:
    _not_ones_own(referral, actor)
    referral.approved_at, referral.approved_by_id = at, actor.person
    referral.decision_note = note.strip()


def _not_ones_own(referral: Referral, actor: Actor) -> None:
    if actor.person is not None and referral.drafted_by_id == actor.person:
        raise Refused("own_referral", "不能审批自己开出的转诊单；请由本机构另一位有审批权限的同事办理。", "one does not approve one's own referral")

"""Deciding: the receiver's office accepts, asks a department, sends back or declines. Exactly one decision stands."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral import rules
from yilianti.care.referral.actions import moving, placing, rerouting
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import DeclineReason
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

#: Beyond it the year was mistyped, and the patient would be awaited for ever.
_FARTHEST = timedelta(days=366)


def accept(*, actor: Actor, number: str, appointment_at: datetime | None, at: datetime, department: int | None = None, note: str = "",
           slot: int | None = None) -> Referral:  # fmt: skip
    """Take the patient: department, moment, and what to bring. The patient is awaited until the window of the policy ends.

    A `slot` stands for department and moment; it takes the place of the one the sender held.
    """
    return _await(actor, number, "accept", appointment_at, department, note, at, slot)


def take(*, actor: Actor, number: str, appointment_at: datetime | None, at: datetime, note: str = "", slot: int | None = None) -> Referral:
    """The department to which the office gave it takes the patient."""
    return _await(actor, number, "take", appointment_at, None, note, at, slot)


def assign(*, actor: Actor, number: str, department: int | None, at: datetime, note: str = "") -> Referral:
    """Ask a department; the promised answer runs on."""
    if department is None:
        raise Refused("department_missing", "请选择交给哪个科室。", field="department")
    with moving.step(actor=actor, number=number, action="assign", at=at) as step:
        rerouting.require_department(step.referral.to_institution_id, department)
        step.referral.to_department_id = department
        step.facts.update(department=department, note=note.strip())
    return step.referral


def hand_back(*, actor: Actor, number: str, because: str, at: datetime) -> Referral:
    """The department cannot take the patient; the office decides."""
    _require_note(because, "请写明科室不能接收的原因。", "because")
    with moving.step(actor=actor, number=number, action="hand_back", at=at) as step:
        step.facts.update(because=because.strip(), department=step.referral.to_department_id)
    return step.referral


def _await(
    actor: Actor, number: str, action: str, appointment_at: datetime | None, department: int | None, note: str, at: datetime, slot: int | None
) -> Referral:
    given = None if slot else _whole_appointment(appointment_at, at)
    with moving.step(actor=actor, number=number, action=action, at=at) as step:
        referral = step.referral
        if slot is not None:
            department, given = placing.choose(referral, slot, referral.to_department_id if action == "take" else None, at)
        appointment_at = _whole_appointment(given, at)
        if department is not None:
            rerouting.require_department(referral.to_institution_id, department)
            referral.to_department_id = department
        window = policybook.in_force("clinical.referral.arrival_window", timezone.localdate(at), actor.scope)
        referral.appointment_at = appointment_at
        referral.lapses_at = rules.lapses_at(appointment_at, referral.urgency, window.late_days)
        if referral.goes_home:
            referral.follow_up_due_on, promise = _follow_up_promise(referral, actor, at)
            step.policy_refs.append(promise)
        placing.confirm(referral, actor, appointment_at, at)
        _decide(referral, actor, note, at)
        step.facts.update(department=referral.to_department_id, appointment_at=appointment_at.isoformat())
        step.policy_refs.append(window.policy_ref)
    return referral


def _whole_appointment(appointment_at: datetime | None, at: datetime) -> datetime:
    if appointment_at is None:
        raise Refused("appointment_missing", "请填写预约到院的日期和时间。", field="appointment_at")
    if appointment_at < at - timedelta(minutes=5):
        raise Refused("appointment_past", "预约时间已经过去；请填写现在之后的时间。", field="appointment_at")
    if appointment_at > at + _FARTHEST:
        raise Refused("appointment_far", "预约时间在一年以后；请核对年份。", field="appointment_at")
    return appointment_at


def send_back(*, actor: Actor, number: str, note: str, at: datetime) -> Referral:
    """Ask the sender for what is missing; they may submit again."""
    _require_note(note, "请写明需要补充什么。")
    with moving.step(actor=actor, number=number, action="send_back", at=at) as step:
        _decide(step.referral, actor, note, at)
    return step.referral


def decline(*, actor: Actor, number: str, reason: str, note: str, at: datetime) -> Referral:
    """Say no, with a coded reason; “other” needs words."""
    if reason not in {str(r.value) for r in DeclineReason}:
        raise Refused("reason_missing", "请选择谢绝原因。", field="reason")
    if reason == DeclineReason.OTHER.value:
        _require_note(note, "选择“其他”时请写明原因。")
    with moving.step(actor=actor, number=number, action="decline", at=at) as step:
        placing.give_back(step.referral, "接收方谢绝", at)
        step.referral.decline_reason = reason
        step.referral.concluded_at = at
        _decide(step.referral, actor, note, at)
        step.facts["reason"] = reason
    return step.referral


def _follow_up_promise(referral: Referral, actor: Actor, at: datetime) -> tuple[date, str]:
    """The last day for the first visit at home, and the policy that says so."""
    named = policybook.in_force("clinical.referral.follow_up", timezone.localdate(at), actor.scope)
    other = policybook.in_force("clinical.referral.follow_up_other", timezone.localdate(at), actor.scope)
    ruling = named if referral.diagnosis_code.startswith(tuple(named.disease_codes)) else other
    return rules.follow_up_due(timezone.localdate(at), ruling.days), ruling.policy_ref


def _decide(referral: Referral, actor: Actor, note: str, at: datetime) -> None:
    referral.decided_at, referral.decided_by_id, referral.decision_note = at, actor.person, note.strip()


def _require_note(note: str, sentence: str, field: str = "note") -> None:
    if not note.strip():
        raise Refused("note_missing", sentence, field=field)

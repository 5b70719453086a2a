"""Deciding: the receiver's office accepts, sends back, declines or redirects. Exactly one decision stands."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral import rules
from yilianti.care.referral.actions import moving
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import DeclineReason
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents

#: Beyond it the year was mistyped, and the patient would be awaited for ever.
_FARTHEST = timedelta(days=366)


def accept(*, actor: Actor, number: str, appointment_at: datetime | None, at: datetime, department: int | None = None, note: str = "") -> Referral:
    """Take the patient: department, moment, and what to bring. The patient is awaited until the window of the policy ends."""
    if appointment_at is None:
        raise Refused("appointment_missing", "请填写预约到院的日期和时间。", field="appointment_at")
    if appointment_at < at - timedelta(minutes=5):
        raise Refused("appointment_past", "预约时间已经过去；请填写现在之后的时间。", field="appointment_at")
    if appointment_at > at + _FARTHEST:
        raise Refused("appointment_far", "预约时间在一年以后；请核对年份。", field="appointment_at")
    with moving.step(actor=actor, number=number, action="accept", at=at) as step:
        referral = step.referral
        if department is not None:
            _require_department(referral.to_institution_id, department)
            referral.to_department_id = department
        window = policybook.in_force("clinical.referral.arrival_window", timezone.localdate(at), actor.scope)
        referral.appointment_at = appointment_at
        referral.lapses_at = rules.lapses_at(appointment_at, referral.urgency, window.late_days)
        if referral.origin_id is not None:
            referral.follow_up_due_on, promise = _follow_up_promise(referral, actor, at)
            step.policy_refs.append(promise)
        _decide(referral, actor, note, at)
        step.facts.update(department=referral.to_department_id, appointment_at=appointment_at.isoformat())
        step.policy_refs.append(window.policy_ref)
    return referral


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
        step.referral.decline_reason = reason
        step.referral.concluded_at = at
        _decide(step.referral, actor, note, at)
        step.facts["reason"] = reason
    return step.referral


def redirect(*, actor: Actor, number: str, to_institution: int, note: str, at: datetime, department: int | None = None) -> Referral:
    """Pass the application on to another institution; the clock of the answer does not start again."""
    with moving.step(actor=actor, number=number, action="redirect", at=at) as step:
        referral = step.referral
        if to_institution in (referral.to_institution_id, referral.from_institution_id):
            raise Refused("receiver_same", "请选择另一家机构：不能是本院，也不能是转出机构。", field="to_institution")
        receiver = institutions.get(to_institution)
        if receiver is None:
            raise Refused("receiver_missing", "请选择改转到哪一家机构。", field="to_institution")
        if department is not None:
            _require_department(to_institution, department)
        step.facts["redirected_from"] = referral.to_institution_id
        referral.to_institution, referral.to_level, referral.to_department_id = receiver, receiver.level, department
        referral.decision_note = note
        residents.note_relation(referral.resident_id, receiver.id, at)
    return referral


def _follow_up_promise(referral: Referral, actor: Actor, at: datetime) -> tuple[date, str]:
    """The last day for the first visit at home, and the policy that says so."""
    named = policybook.in_force("clinical.referral.follow_up", timezone.localdate(at), actor.scope)
    other = policybook.in_force("clinical.referral.follow_up_other", timezone.localdate(at), actor.scope)
    ruling = named if referral.diagnosis_code.startswith(tuple(named.disease_codes)) else other
    return rules.follow_up_due(timezone.localdate(at), ruling.days), ruling.policy_ref


def _decide(referral: Referral, actor: Actor, note: str, at: datetime) -> None:
    referral.decided_at, referral.decided_by_id, referral.decision_note = at, actor.person, note.strip()


def _require_note(note: str, sentence: str) -> None:
    if not note.strip():
        raise Refused("note_missing", sentence, field="note")


def _require_department(institution: int, department: int) -> None:
    if department not in {d.id for d in institutions.departments(institution)}:
        raise Refused("department_elsewhere", "所选科室不属于接收机构；请重新选择。", field="department")

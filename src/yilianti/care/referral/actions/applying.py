"""Applying: the referring doctor drafts, submits, withdraws."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral import access, rules
from yilianti.care.referral.actions import moving, placing, promising, queueing, situating
from yilianti.care.referral.lifecycle import REFERRAL
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import Application, Direction
from yilianti.kernel import batching, prepared
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Refused, Severity
from yilianti.kernel.numbers import next_number
from yilianti.registry.consent import api as consent
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents

CRITERIA = {
    Direction.UP: "clinical.referral.criteria_up",
    Direction.SIDEWAYS: "clinical.referral.criteria_up",
    Direction.DOWN: "clinical.referral.criteria_down",
}


#: column → what the form calls it
_WRITTEN = {name: name for name in ("diagnosis_code", "diagnosis_name", "reason", "urgency", "service", "summary", "treatment", "notes", "channel", "onset_at",
                                    "reservation", "examination", "rehabilitation", "contact_phone", "override_reason")} | {
    "to_department_id": "to_department", "to_service_id": "to_service", "to_practitioner_id": "to_practitioner", "contact_id": "contact",
}  # fmt: skip


def draft(*, actor: Actor, resident: int, application: Application, client_key: UUID, at: datetime, number: str = "") -> Referral:
    """Keep what the doctor has written so far; the same `client_key` sent again finds the same draft."""
    try:
        return _draft(actor, resident, application, client_key, at, number)
    except IntegrityError as clash:
        if "client_key" not in str(clash):
            raise
        return _draft(actor, resident, application, client_key, at, number)  # saved twice at the same moment: now it is found


@transaction.atomic
def _draft(actor: Actor, resident: int, application: Application, client_key: UUID, at: datetime, number: str) -> Referral:
    referral = _written(actor, _held(number, client_key), resident, application, client_key, at)
    referral.save()
    moving.record("referral.drafted", actor=actor, referral=referral, at=at, facts={})
    return referral


def submit(
    *, actor: Actor, resident: int, application: Application, client_key: UUID, at: datetime, consent_basis: str = "", number: str = "",
    follows: Mapping[str, Any] | None = None,
) -> Referral:
    """Send the application on its way: to the receiver, to whoever approves it first, or outside. Refused where papers or consent are missing.

    `follows` are the columns that tie it to an earlier referral.
    """
    findings = rules.missing_papers(application)
    if application.onset_at and application.onset_at > at + timedelta(minutes=5):
        findings.append(Finding("onset_at", "发病时间不能晚于现在；请核对日期。", severity=Severity.BLOCKING, en="the onset lies in the future"))
    if findings:
        raise Refused("papers_missing", findings[0].sentence, field=findings[0].code, findings=findings)
    try:
        return _submit(actor, resident, application, client_key, at, consent_basis, number, follows or {})
    except IntegrityError as clash:
        if sent := Referral.objects.filter(client_key=client_key).exclude(state__in=("draft", "returned")).first():
            return sent  # the same form posted twice at the same moment
        raise moving.already_open(clash) from clash


@transaction.atomic
def _submit(
    actor: Actor, resident: int, application: Application, client_key: UUID, at: datetime, consent_basis: str, number: str, follows: Mapping[str, Any]
) -> Referral:
    held = _held(number, client_key)
    if held is not None and held.client_key == client_key and not REFERRAL.can("submit", held.state):
        return held  # the same form posted again
    referral = _written(actor, held, resident, application, client_key, at)
    for name, value in follows.items():
        setattr(referral, name, value)
    situating.require_answered(actor=actor, referral=referral, ticked=application.ticked, measured=application.measured, at=at)
    with batching.together():
        sent = _sent(actor, referral, resident, consent_basis, at)
        if application.queue and not sent.reservation and not sent.is_outside and not rules.cannot_wait(sent.urgency, sent.channel):
            queueing.enter(sent, actor, application.queue, at)
        return sent


def _sent(actor: Actor, referral: Referral, resident: int, consent_basis: str, at: datetime) -> Referral:
    before = promising.standing(referral)
    approval = policybook.in_force("clinical.referral.approval", timezone.localdate(at), actor.scope)
    action = rules.first_step(access.case_of(referral), f"{referral.from_level}>{referral.to_level}", approval)
    row = REFERRAL.step(referral, action)
    referral.consent_id = _consent(actor, referral, resident, consent_basis, at)
    referral.decided_at = referral.decided_by_id = referral.approved_at = referral.approved_by_id = None
    refs = [approval.policy_ref]
    referral.submitted_at = at if action == "send_out" else None
    if action == "submit":
        refs.append(promise_answer(referral, actor, at))
    placing.keep(referral, actor, _answer_due(referral, actor, at)[0], at)
    facts = {"urgency": referral.urgency, "direction": _direction(referral).value, "channel": referral.channel, "overridden": referral.overridden}
    if action == "ask_approval":
        facts |= promising.approver(referral)
    moving.save(referral, before, row.word, actor=actor, at=at, policy_refs=refs, facts=facts)
    if action == "submit":
        residents.note_relation(resident, referral.to_institution_id, at)
    return referral


def promise_answer(referral: Referral, actor: Actor, at: datetime) -> str:
    """From now on the receiver owes an answer; returns the policy that says by when."""
    referral.submitted_at, (referral.answer_due_at, policy_ref) = at, _answer_due(referral, actor, at)
    return policy_ref


def _answer_due(referral: Referral, actor: Actor, at: datetime) -> tuple[datetime, str]:
    limit = policybook.in_force("clinical.referral.answer_limit", timezone.localdate(at), actor.scope)
    return rules.answer_due(at, referral.urgency, limit.minutes), str(limit.policy_ref)


def withdraw(*, actor: Actor, number: str, because: str, at: datetime) -> Referral:
    """Take the referral back before the patient has arrived."""
    if not because.strip():
        raise Refused("reason_missing", "请写明撤回原因。", field="because")
    with moving.step(actor=actor, number=number, action="withdraw", at=at) as step:
        placing.give_back(step.referral, "转出方撤回", at)
        step.referral.concluded_at = at
        step.referral.decision_note = because
        step.facts["because"] = because
    return step.referral


def _held(number: str, client_key: UUID) -> Referral | None:
    """What was written before, under lock; most forms are new, which one narrow look tells."""
    if number:
        return moving.locked(number)
    with prepared.cursor() as cursor:
        cursor.execute("SELECT number FROM referral_referral WHERE client_key = %s", [client_key])
        row = cursor.fetchone()
    return moving.locked(row[0]) if row else None


def _written(actor: Actor, held: Referral | None, resident: int, application: Application, client_key: UUID, at: datetime) -> Referral:
    """The draft, new or held, with the form's content in it (not saved)."""
    places = institutions.many([actor.institution, application.to_institution])
    referral = held or _blank(actor, places.get(actor.institution or 0), resident, client_key, at)
    if not access.may(actor, "submit", referral):
        raise Refused("not_permitted", "您当前的岗位不能在该机构发起转诊；请切换岗位。", "not permitted")
    if not REFERRAL.can("submit", referral.state):  # the other ways of sending begin in the same states
        raise REFERRAL.refusal("submit", referral.state)
    receiver = places.get(application.to_institution)
    if receiver is None or receiver.id == referral.from_institution_id:
        raise Refused("receiver_missing", "请选择接收机构（不能是本机构）。", field="to_institution")
    referral.to_institution, referral.to_level = receiver, receiver.level
    referral.is_outside = not receiver.connected
    for field, name in _WRITTEN.items():
        setattr(referral, field, getattr(application, name))
    referral.urgency = rules.urgency_of(application.urgency, application.channel)
    for name in ("evidence", "medicines", "allergies", "overridden"):
        setattr(referral, name, list(getattr(application, name)))
    referral.reason_name = _reason_name(actor, referral, at)
    if referral.to_service is not None and referral.to_service.institution_id != receiver.id:
        referral.to_service_id = None  # the doctor chose a service, and then another receiver
    return referral


def _blank(actor: Actor, sender: institutions.Institution | None, resident: int, client_key: UUID, at: datetime) -> Referral:
    if sender is None:
        raise Refused("no_post", "您还没有选择岗位；请先在右上角选择要代表的机构。", "choose a post first")
    return Referral(
        number=next_number("ZZ", at), client_key=client_key, resident_id=resident, from_institution=sender, from_level=sender.level,
        drafted_by_id=actor.person, drafted_at=at,
    )  # fmt: skip


def _direction(referral: Referral) -> Direction:
    return rules.direction(referral.from_level, referral.to_level)


def _reason_name(actor: Actor, referral: Referral, at: datetime) -> str:
    if not referral.reason:
        return ""
    criteria = policybook.in_force(CRITERIA[_direction(referral)], timezone.localdate(at), actor.scope).criteria
    if referral.reason not in criteria:
        raise Refused("unknown_reason", "所选转诊指征与转诊方向不符；请重新选择。", field="reason")
    return str(criteria[referral.reason]["zh"])


def _consent(actor: Actor, referral: Referral, resident: int, basis: str, at: datetime) -> int:
    standing = consent.in_force(resident, "referral", at)
    if standing is not None:
        return int(standing.id)
    if not basis and rules.cannot_wait(referral.urgency, referral.channel):
        basis = consent.Basis.EMERGENCY.value  # 依据：个人信息保护法第十三条第一款第四项
    if not basis:
        raise Refused("consent_missing", rules.CONSENT_MISSING, field="consent_basis")
    days = policybook.in_force("clinical.referral.consent_validity", timezone.localdate(at), actor.scope).days
    if actor.institution is None:
        raise Refused("no_post", "您还没有选择岗位；请先在右上角选择要代表的机构。", "choose a post first")
    given = consent.record(actor=actor, resident_id=resident, purpose="referral", basis=basis, institution_id=actor.institution,
                           at=at, until_at=at + timedelta(days=days))  # fmt: skip
    return int(given.id)

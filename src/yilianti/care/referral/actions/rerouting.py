"""Another institution is right: passed on at once where the patient has agreed, else proposed and agreed to by the sender's side."""

from __future__ import annotations

from datetime import datetime

from yilianti.care.referral.actions import moving, placing
from yilianti.care.referral.models import Referral
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Institution
from yilianti.registry.residents import api as residents


def redirect(*, actor: Actor, number: str, to_institution: int, consent: str, note: str, at: datetime, department: int | None = None) -> Referral:
    """Pass the application on with the patient's consent; the clock of the answer does not start again."""
    if not consent.strip():
        raise Refused("consent_missing", "请写明患者或家属如何同意改转（谁、何时、电话或当面）；还没问过的，请用“建议改转”。", field="consent")
    with moving.step(actor=actor, number=number, action="redirect", at=at) as step:
        if department is not None:
            require_department(to_institution, department)
        _pass_on(step, _another(step.referral, to_institution), department, at)
        step.referral.redirect_consent, step.referral.decision_note = consent.strip(), note.strip()
    return step.referral


def propose_redirect(*, actor: Actor, number: str, to_institution: int, note: str, at: datetime) -> Referral:
    """Say who would be right; the sender asks the patient."""
    if not note.strip():
        raise Refused("note_missing", "请写明为什么建议改转。", field="note")
    with moving.step(actor=actor, number=number, action="propose_redirect", at=at) as step:
        step.referral.proposed_institution_id = _another(step.referral, to_institution).id
        step.referral.decision_note = note.strip()
        step.facts["proposed"] = to_institution
    return step.referral


def agree_redirect(*, actor: Actor, number: str, consent: str, at: datetime) -> Referral:
    """The patient agrees: the application goes to the proposed institution, its promise runs on."""
    if not consent.strip():
        raise Refused("consent_missing", "请写明患者或家属如何同意改转（谁、何时、电话或当面）。", field="consent")
    with moving.step(actor=actor, number=number, action="agree_redirect", at=at) as step:
        _pass_on(step, _another(step.referral, step.referral.proposed_institution_id or 0), None, at)
        step.referral.redirect_consent, step.referral.proposed_institution_id = consent.strip(), None
    return step.referral


def refuse_redirect(*, actor: Actor, number: str, because: str, at: datetime) -> Referral:
    """The patient does not want to go there: the doctor writes it anew or takes it back."""
    if not because.strip():
        raise Refused("reason_missing", "请写明患者不同意的原因。", field="because")
    with moving.step(actor=actor, number=number, action="refuse_redirect", at=at) as step:
        placing.give_back(step.referral, "患者不同意改转", at)
        step.referral.proposed_institution_id = None
        step.facts["because"] = because.strip()
    return step.referral


def require_department(institution: int, department: int) -> None:
    """Refuse a department of another institution."""
    if department not in {d.id for d in institutions.departments(institution)}:
        raise Refused("department_elsewhere", "所选科室不属于接收机构；请重新选择。", field="department")


def _another(referral: Referral, to_institution: int) -> Institution:
    if to_institution in (referral.to_institution_id, referral.from_institution_id):
        raise Refused("receiver_same", "请选择另一家机构：不能是本院，也不能是转出机构。", field="to_institution")
    receiver = institutions.get(to_institution)
    if receiver is None:
        raise Refused("receiver_missing", "请选择改转到哪一家机构。", field="to_institution")
    if not receiver.connected:
        raise Refused("receiver_outside", "该机构不在平台上办理；请谢绝并写明建议，由转出方转往网外。", field="to_institution")
    return receiver


def _pass_on(step: moving.Step, receiver: Institution, department: int | None, at: datetime) -> None:
    referral = step.referral
    placing.give_back(referral, "改转其他机构", at)
    step.facts["redirected_from"] = referral.to_institution_id
    referral.to_institution, referral.to_level, referral.to_department_id = receiver, receiver.level, department
    referral.to_practitioner_id = None
    residents.note_relation(referral.resident_id, receiver.id, at)

"""Telling the patient: what goes to their telephone after a step, sent again, or told in person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral import access, rules
from yilianti.care.referral.actions import hearing, moving
from yilianti.care.referral.models import Referral
from yilianti.care.referral.notices import PatientNotice
from yilianti.care.referral.rules import telling
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents

POLICY = "clinical.referral.patient_messages"
_ENDS = ("resident", "from_institution", "to_institution", "to_department", "to_service")


@dataclass(frozen=True)
class Texted:
    """One message for the gateway: what it is `about` (for the report), to which number, in which words, from when."""

    about: str
    key: str
    institution: int
    phone: str
    words: str
    not_before: datetime


@transaction.atomic
def texts_for(*, actor: Actor, entry: JournalEntry, at: datetime) -> list[Texted]:
    """The message that a step asks for, none where the step is nothing to the patient or no message can go out; once per entry."""
    if entry.word == "referral.notice_resent":
        return _texted(PatientNotice.objects.filter(pk=entry.facts["notice"], attempt=entry.facts["attempt"]).first())
    referral = Referral.objects.select_related(*_ENDS).get(number=entry.facts["number"])
    return _texted(_noticed(actor, referral, entry, at))


def _noticed(actor: Actor, referral: Referral, entry: JournalEntry, at: datetime) -> PatientNotice | None:
    """The notice of this entry, written down the first time it is asked for."""
    visit_at = _visit_at(entry)
    step = telling.step_of(entry.word, goes_home=referral.goes_home, was_sent=referral.submitted_at is not None,
                           is_booked=bool(entry.facts.get("booked", True)))  # fmt: skip
    patient = _patient(referral)
    if not step or patient.died_at or telling.is_overtaken(step, state_then=entry.facts["state"], state_now=referral.state, visit_at=visit_at, at=at):
        return None
    wording = policybook.in_force(POLICY, timezone.localdate(at), actor.scope)
    barred = telling.barred(patient.phone, refuses=patient.texts_refused_at is not None)
    notice, is_new = PatientNotice.objects.get_or_create(entry=entry.id, defaults={
        "referral": referral, "step": step, "text": telling.words(step, _matter(referral, entry, visit_at), wording), "barred": barred or "",
        "phone": "" if barred else residents.mask_phone(patient.phone), "made_at": at, "not_before": _not_before(referral, visit_at, wording, at),
    })  # fmt: skip
    if is_new and barred and step in telling.UNHEARD:
        hearing.untold(actor, notice, barred.zh, at)
    return notice


def _not_before(referral: Referral, visit_at: datetime | None, wording: policybook.Edition, at: datetime) -> datetime:
    """Now, or the end of the night."""
    quiet_until = inbox.quiet_until(at, time.fromisoformat(wording.quiet_from), time.fromisoformat(wording.quiet_until))
    return telling.sent_from(at, quiet_until, cannot_wait=rules.cannot_wait(referral.urgency, referral.channel), visit_at=visit_at,
                             before_visit=wording.before_visit)  # fmt: skip


def _visit_at(entry: JournalEntry) -> datetime | None:
    """The moment the step promised, as it stood then."""
    said = entry.facts.get("appointment_at") or entry.facts.get("starts_at")
    return datetime.fromisoformat(said) if said else None


def _patient(referral: Referral) -> residents.Resident:
    """Whoever stands for the resident today: theirs are the telephone and the wish."""
    return residents.standing_for(referral.resident_id) if referral.resident.merged_into_id else referral.resident


def _matter(referral: Referral, entry: JournalEntry, visit_at: datetime | None) -> telling.Matter:
    service, sender, receiver = referral.to_service, referral.from_institution, referral.to_institution
    spot = referral.expected_place if entry.word == "referral.appointment_noted" else service.place if service else ""
    proposed = institutions.get(entry.facts.get("proposed"))
    return telling.Matter(
        number=referral.number, sender=telling.Place(sender.name, referral.contact_phone or sender.phone),
        receiver=telling.Place(receiver.name, (service.phone if service else "") or receiver.phone, referral.to_department.name if referral.to_department else "", spot),
        proposed=proposed.name if proposed else "", visit_at=visit_at, preparation=service.preparation if service else "",
    )  # fmt: skip


def _texted(notice: PatientNotice | None) -> list[Texted]:
    """What the gateway is given: only of a notice that still waits for it."""
    if notice is None or not notice.is_pending:
        return []
    about, referral = hearing.about(notice), notice.referral
    return [Texted(about, about, referral.from_institution_id, _patient(referral).phone, notice.text, notice.not_before)]


@transaction.atomic
def resend_notice(*, actor: Actor, number: str, notice: int, at: datetime) -> PatientNotice:
    """Send the latest message again, to the telephone the patient has now."""
    referral, found = _held(actor, number, notice, "referral.resend_notice")
    patient = _patient(referral)
    if found.is_pending:
        raise Refused("still_under_way", "这条短信还在发送，请稍候再看结果。", "still being sent")
    if PatientNotice.objects.filter(referral=referral, pk__gt=found.pk).exists():
        raise Refused("notice_superseded", "后面已有新的告知，请重发最近的一条。", "there is a later one")
    if barred := telling.barred(patient.phone, refuses=patient.texts_refused_at is not None):
        raise Refused(barred.value, f"{barred.zh}；请当面或打电话告知，再点“当面已告知”。手机号可在居民资料里更正。", barred.en)
    visit_at = referral.expected_at if found.step == "appointment_set" else referral.appointment_at
    if telling.is_overtaken(found.step, state_then=referral.state, state_now=referral.state, visit_at=visit_at, at=at):
        raise Refused("notice_past", "约定的时间已过，这条短信不能再发；请与患者联系。", "the moment it names is past")
    wording = policybook.in_force(POLICY, timezone.localdate(at), actor.scope)
    found.attempt += 1
    found.phone, found.barred, found.not_before = residents.mask_phone(patient.phone), "", max(_not_before(referral, visit_at, wording, at), found.made_at)
    found.sent_at = found.failed_at = found.reported_at = None
    found.failed_because = ""
    found.save()
    moving.record("referral.notice_resent", actor=actor, referral=referral, at=at, facts={"notice": found.pk, "attempt": found.attempt, "step": found.step})
    return found


@transaction.atomic
def tell_in_person(*, actor: Actor, number: str, notice: int, at: datetime) -> PatientNotice:
    """The patient was told face to face or by telephone; who told them stands with the notice."""
    referral, found = _held(actor, number, notice, "referral.tell_in_person")
    if found.told_at is not None:
        teller = found.told_by.name if found.told_by else ""
        raise Refused("told_already", f"{teller}已于 {timezone.localtime(found.told_at):%m月%d日 %H:%M} 当面告知。", "told already")
    if actor.person is None:
        raise Refused("no_person", "当面告知要记下是谁告知的；请用本人账号登录。", "who told them must be known")
    found.told_at, found.told_by_id = at, actor.person
    found.save(update_fields=["told_at", "told_by"])
    moving.record("referral.told_in_person", actor=actor, referral=referral, at=at, facts={"notice": found.pk, "step": found.step})
    return found


def _held(actor: Actor, number: str, notice: int, permission: str) -> tuple[Referral, PatientNotice]:
    """A notice under lock, with its referral; for people of either end."""
    referral = Referral.objects.select_related("resident").filter(number=number).first()
    if referral is None or not access.sees(actor, referral):
        raise moving.unknown(number)
    if not actor.reaches(permission) & {referral.from_institution_id, referral.to_institution_id}:
        raise Refused("not_permitted", "您当前的岗位不能办理这一步；请由双方机构的医生或转诊办公室办理。", "not permitted")
    found = PatientNotice.objects.select_for_update(of=("self",)).select_related("told_by").filter(pk=notice, referral=referral).first()
    if found is None:
        raise Refused("unknown_notice", "没有这条告知；请刷新页面。", "no such notice")
    return referral, found

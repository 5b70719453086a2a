"""Arriving: told by the hospital's own system or by the desk; several candidates are a person's question."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral import rules
from yilianti.care.referral.actions import moving, placing
from yilianti.care.referral.models import WITH_RECEIVER, ArrivalQuestion, Referral
from yilianti.care.referral.terms import UNANSWERED, ArrivalSource
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents

#: An emergency is brought first and written down afterwards; earlier than that the date was mistyped.
_EARLIEST = timedelta(days=1)


def arrive(*, actor: Actor, number: str, arrived_at: datetime, at: datetime, source: str = ArrivalSource.DESK.value, encounter: str = "") -> Referral:
    """The awaited patient is here."""
    if arrived_at > at + timedelta(minutes=5):
        raise Refused("arrival_future", "到院时间不能晚于现在。", field="arrived_at")
    with moving.step(actor=actor, number=number, action="arrive", at=at) as step:
        submitted_at = step.referral.submitted_at
        if source == ArrivalSource.DESK and submitted_at and arrived_at < submitted_at - _EARLIEST:
            raise Refused("arrival_early", "到院时间比转诊单提交还早一天以上；请核对日期。", field="arrived_at")
        if step.referral.appointment_at is None:  # an emergency that came before the answer
            step.referral.appointment_at, step.referral.lapses_at = arrived_at, _lapse(actor, arrived_at, step.referral.urgency)
        placing.use(step.referral, at)
        step.referral.arrived_at = arrived_at
        step.referral.arrival_source = source
        step.referral.encounter = encounter
        step.facts.update(source=source, encounter=encounter)
    return step.referral


def undo_arrival(*, actor: Actor, number: str, because: str, at: datetime) -> Referral:
    """The arrival was a mistake (or the HIS cancelled the admission): the patient is awaited again."""
    if not because.strip():
        raise Refused("reason_missing", "请写明撤销到院的原因。", field="because")
    with moving.step(actor=actor, number=number, action="undo_arrival", at=at) as step:
        if not actor.is_system and step.referral.ways_home.filter(state__in=WITH_RECEIVER).exists():
            raise Refused("way_home_open", "已发起下转；请先撤回下转单，再撤销到院。", field="because")
        step.facts.update(because=because, encounter=step.referral.encounter)
        placing.keep_again(step.referral, at)
        step.referral.arrived_at, step.referral.arrival_source, step.referral.encounter = None, "", ""
    return step.referral


def lapse(*, actor: Actor, number: str, at: datetime) -> Referral:
    """The window has passed and nobody came."""
    with moving.step(actor=actor, number=number, action="lapse", at=at) as step:
        if step.referral.lapses_at is None or step.referral.lapses_at >= at:
            raise Refused("still_awaited", "患者另有约定的时间，还在等待到院。", "awaited until later")  # a new time was given meanwhile
        placing.give_back(step.referral, "逾期未到", at)
        step.referral.concluded_at = at
        step.facts["awaited_until"] = step.referral.lapses_at.isoformat() if step.referral.lapses_at else ""
    return step.referral


@transaction.atomic
def recognise_arrival(*, actor: Actor, encounter: str, resident: int, institution: int, opened_at: datetime, at: datetime) -> str:
    """Match a new encounter with the referrals awaited there: the number that arrived, or "" (none, or a question)."""
    awaited = _awaited(actor, resident, institution, opened_at)
    if len(awaited) == 1:
        arrive(actor=actor, number=awaited[0].number, arrived_at=opened_at, at=max(at, opened_at), source=ArrivalSource.HIS.value, encounter=encounter)
        return awaited[0].number
    if awaited:
        _ask(actor, encounter, resident, institution, opened_at, [r.number for r in awaited], at)
    return ""


def answer_arrival(*, actor: Actor, encounter: str, chosen: str, at: datetime) -> Referral | None:
    """A person says which referral the encounter belongs to; "" means none of them."""
    with transaction.atomic():
        question = ArrivalQuestion.objects.select_for_update().filter(encounter=encounter).first()
        if question is None:
            raise Refused("not_permitted", "没有这个问题，或它不归您当前的岗位处理。", "no such question")
        actor.require("referral.arrive", question.institution_id)
        if question.answered_at is not None:
            raise Refused("changed_meanwhile", "这个问题已由同事处理；请刷新列表。", "answered meanwhile")
        if chosen and chosen not in question.candidates:
            raise Refused("not_a_candidate", "请选择列出的转诊单之一，或选“都不是”。", field="chosen")
        question.answered_at, question.answered_by, question.chosen = at, actor.person, chosen
        question.save()
        journal.write("referral.arrival_answered", actor=actor, at=at, subject=f"encounters:{encounter}", resident=question.resident_id,
                      to_institution=question.institution_id, facts={"chosen": chosen, "candidates": question.candidates})  # fmt: skip
        if not chosen:
            return None
        return arrive(actor=actor, number=chosen, arrived_at=question.arrived_at, at=at, source=ArrivalSource.HIS.value, encounter=encounter)


def _awaited(actor: Actor, resident: int, institution: int, opened_at: datetime) -> list[Referral]:
    early = policybook.in_force("clinical.referral.arrival_window", timezone.localdate(opened_at), actor.scope).early_days
    expected = Q(state="accepted") | Q(state__in=UNANSWERED) & (Q(urgency="emergency") | ~Q(channel="ordinary"))
    waiting = Referral.objects.filter(expected, resident__in=residents.all_ids(resident), to_institution=institution).order_by("id")
    return [r for r in waiting if _fits_window(actor, r, opened_at, early)]


def _fits_window(actor: Actor, referral: Referral, opened_at: datetime, early: int) -> bool:
    """Awaited for the appointment; who cannot wait is awaited from the moment of the application."""
    around = referral.appointment_at or referral.submitted_at or referral.drafted_at
    until = referral.lapses_at or _lapse(actor, around, referral.urgency)
    return rules.is_arrival(opened_at, around, until, early)


def _lapse(actor: Actor, appointment_at: datetime, urgency: str) -> datetime:
    window = policybook.in_force("clinical.referral.arrival_window", timezone.localdate(appointment_at), actor.scope)
    return rules.lapses_at(appointment_at, urgency, window.late_days)


def _ask(actor: Actor, encounter: str, resident: int, institution: int, arrived_at: datetime, candidates: list[str], at: datetime) -> None:
    _, asked = ArrivalQuestion.objects.get_or_create(
        encounter=encounter,
        defaults={"institution_id": institution, "resident_id": resident, "arrived_at": arrived_at, "candidates": candidates, "asked_at": at},
    )
    receiver = institutions.get(institution)
    if asked and receiver:
        journal.write("referral.arrival_questioned", actor=actor, at=at, subject=f"encounters:{encounter}", resident=resident,
                      to_institution=institution, facts={"encounter": encounter, "candidates": candidates, "to_role": rules.answering_role(receiver.level)})  # fmt: skip

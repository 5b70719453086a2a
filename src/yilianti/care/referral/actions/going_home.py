"""Going home: discharged, offered back with the summary, followed up; then both referrals are concluded."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yilianti.care.referral.actions import applying, moving, placing, promising
from yilianti.care.referral.lifecycle import REFERRAL
from yilianti.care.referral.models import WITH_RECEIVER, Referral
from yilianti.care.referral.terms import Application
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.record.encounters import api as encounters

#: record.documents calls it so.
SUMMARY = "discharge_summary"


def open_ways_home(number: str) -> bool:
    """Whether a referral home from this one is still under way."""
    return bool(_open_way_home(number))


def _open_way_home(number: str) -> str:
    return Referral.objects.filter(origin__number=number, state__in=["draft", *WITH_RECEIVER]).values_list("number", flat=True).first() or ""


@transaction.atomic
def discharge(*, actor: Actor, number: str, discharged_at: datetime, at: datetime) -> Referral:
    """The stay or visit has ended."""
    if not actor.is_system and discharged_at > at + timedelta(minutes=5):
        raise Refused("discharge_future", "出院时间不能晚于现在。", field="discharged_at")
    with moving.step(actor=actor, number=number, action="discharge", at=at) as step:
        if step.referral.arrived_at and discharged_at < step.referral.arrived_at:
            raise Refused("discharge_before_arrival", "出院时间不能早于到院时间。", field="discharged_at")
        step.referral.discharged_at = discharged_at
        if way_home := _open_way_home(number):
            step.facts["way_home"] = way_home
    return _followed_up_before(step.referral, actor, at)


def _followed_up_before(referral: Referral, actor: Actor, at: datetime) -> Referral:
    """The first visit at home was confirmed before the hospital's system told of the discharge: nothing is left to do."""
    visited = referral.ways_home.filter(state="concluded", followed_up_at__isnull=False).order_by("-id").first()
    if visited is not None:
        referral.followed_up_at = visited.followed_up_at
        _conclude_origin(referral, actor, at, {"followed_up_by": visited.number})
    return referral


def undo_discharge(*, actor: Actor, number: str, because: str, at: datetime) -> Referral:
    """The discharge was a mistake (or the HIS cancelled it)."""
    with moving.step(actor=actor, number=number, action="undo_discharge", at=at) as step:
        if open_ways_home(number):
            raise Refused("way_home_open", "已发起下转；请先撤回下转单，再撤销出院。", field="because")
        step.referral.discharged_at = None
        step.facts["because"] = because
    return step.referral


def recognise_discharge(*, actor: Actor, encounter: str, closed_at: datetime, at: datetime) -> str:
    """The HIS closed an encounter: discharge the referral that arrived by it, if one did."""
    number = Referral.objects.filter(encounter=encounter, state="arrived", goes_home=False).values_list("number", flat=True).first()
    if number:
        discharge(actor=actor, number=number, discharged_at=closed_at, at=at)
    return number or ""


@transaction.atomic
def attach_summary(*, actor: Actor, encounter: str, document: str, kind: str, at: datetime) -> str:
    """A document was filed for the encounter: a discharge summary's number is kept with the referral."""
    if not encounter or kind != SUMMARY:
        return ""
    referral = Referral.objects.select_for_update().filter(encounter=encounter, state__in=("arrived", "discharged"), goes_home=False).first()
    under_way = Q(origin=referral) if referral else Q(stay=encounter)
    homes = list(Referral.objects.select_for_update(of=("self",)).filter(under_way, state__in=WITH_RECEIVER).order_by("id"))
    for found in [*filter(None, [referral]), *homes]:
        found.discharge_document = document
        found.save(update_fields=["discharge_document"])
        moving.record("referral.summary_received", actor=actor, referral=found, at=at, facts={"document": document})
    return referral.number if referral else homes[0].number if homes else ""


@transaction.atomic
def offer_home(*, actor: Actor, number: str, application: Application, client_key: UUID, at: datetime, consent_basis: str = "") -> Referral:
    """Write the second, linked referral that brings the patient back; returns the new one."""
    sent = Referral.objects.filter(client_key=client_key).first()
    if sent:
        return sent
    with moving.step(actor=actor, number=number, action="offer_home", at=at) as step:
        origin = step.referral
        if open_ways_home(number):
            raise Refused("way_home_open", "已有一张在途的下转单；请在关联转诊中打开它。", "a way home is open")
        home = applying.submit(actor=actor, resident=origin.resident_id, application=application, client_key=client_key, at=at,
                               consent_basis=consent_basis, follows={"goes_home": True, "origin": origin, "discharge_document": origin.discharge_document})  # fmt: skip
        step.facts["way_home"] = home.number
    return home


@transaction.atomic
def bring_home(*, actor: Actor, encounter: str, application: Application, client_key: UUID, at: datetime, consent_basis: str = "") -> Referral:
    """Write the way home of an in-patient who came without a referral; returns it."""
    sent = Referral.objects.filter(client_key=client_key).first()
    if sent:
        return sent
    visit = encounters.visit_of(encounter)
    if visit is None or visit.kind != "inpatient" or visit.state == "cancelled":
        raise Refused("unknown_stay", f"没有编号为 {encounter} 的住院；请刷新列表。", "no such stay")
    actor.require("referral.offer_home", visit.institution_id)
    came_by = Referral.objects.filter(encounter=encounter, state__in=("arrived", "discharged"), goes_home=False).values_list("number", flat=True).first()
    if came_by:
        raise Refused("came_by_referral", f"这位患者是凭转诊单 {came_by} 来的；请在那张单上发起下转。", "came by a referral")
    if Referral.objects.filter(stay=encounter, state__in=["draft", *WITH_RECEIVER]).exists():
        raise Refused("way_home_open", "已有一张在途的下转单；请在转诊列表中打开它。", "a way home is open")
    return applying.submit(actor=actor, resident=visit.resident_id, application=application, client_key=client_key, at=at,
                           consent_basis=consent_basis, follows={"goes_home": True, "stay": encounter})  # fmt: skip


@transaction.atomic
def recall(*, actor: Actor, number: str, application: Application, client_key: UUID, at: datetime, consent_basis: str = "") -> Referral:
    """Worse again at home: the patient is sent up anew, and the way home ends here; returns the new referral."""
    sent = Referral.objects.filter(client_key=client_key).first()
    if sent:
        return sent
    origin = _origin_locked(number)
    with moving.step(actor=actor, number=number, action="recall", at=at) as step:
        step.referral.concluded_at = at
        again = applying.submit(actor=actor, resident=step.referral.resident_id, application=application, client_key=client_key, at=at,
                                consent_basis=consent_basis, follows={"recalls": step.referral})  # fmt: skip
        step.facts["sent_up_again"] = again.number
    _conclude_origin(origin, actor, at, {"recalled_by": again.number})
    return again


@transaction.atomic
def follow_up(*, actor: Actor, number: str, note: str, followed_up_at: datetime, at: datetime) -> Referral:
    """The first visit at home took place: the way home is concluded, and with it the referral it came from."""
    if not note.strip():
        raise Refused("note_missing", "请填写首次随访情况。", field="note")
    if followed_up_at > at + timedelta(minutes=5):
        raise Refused("follow_up_future", "随访时间不能晚于现在。", field="followed_up_at")
    origin = _origin_locked(number)
    with moving.step(actor=actor, number=number, action="follow_up", at=at) as step:
        submitted_at = step.referral.submitted_at
        if submitted_at and timezone.localdate(followed_up_at) < timezone.localdate(submitted_at):
            raise Refused("follow_up_early", "随访日期早于下转单的提交日期；请核对。", field="followed_up_at")
        if step.referral.arrived_at is None:
            placing.give_back(step.referral, "已上门随访", at)
        step.referral.followed_up_at, step.referral.follow_up_note, step.referral.concluded_at = followed_up_at, note, at
    if origin is not None:
        origin.followed_up_at = followed_up_at
    _conclude_origin(origin, actor, at, {"followed_up_by": number})
    return step.referral


def _origin_locked(number: str) -> Referral | None:
    """Always the origin first: no deadlock with offer_home."""
    origin = Referral.objects.filter(number=number).values_list("origin__number", flat=True).first()
    return moving.locked(origin) if origin else None


def _conclude_origin(origin: Referral | None, actor: Actor, at: datetime, facts: dict[str, str]) -> None:
    if origin is None or not REFERRAL.can("conclude", origin.state):
        return
    before = promising.standing(origin)
    row = REFERRAL.step(origin, "conclude")
    origin.concluded_at, origin.version = at, origin.version + 1
    moving.save(origin, before, row.word, actor=actor, at=at, facts=dict(facts))


def conclude(*, actor: Actor, number: str, because: str, at: datetime) -> Referral:
    """Close a discharged referral that needs no way home, saying why."""
    if not because.strip():
        raise Refused("reason_missing", "请写明不需下转随访的原因。", field="because")
    with moving.step(actor=actor, number=number, action="conclude", at=at) as step:
        if open_ways_home(number):
            raise Refused("way_home_open", "下转单还在途；确认首次随访后会一并办结。", "a way home is open")
        step.referral.concluded_at, step.facts["because"] = at, because
    return step.referral

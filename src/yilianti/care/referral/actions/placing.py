"""The place a referral holds in `capacity/schedules`: kept until the answer is due, confirmed with it, used on arrival, else given back.

A lost place never stops somebody who cannot wait, nor a step of whoever cannot choose another; everybody else is told to choose.
"""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from yilianti.capacity.schedules import api as schedules
from yilianti.capacity.schedules.api import Reservation
from yilianti.care.referral import rules
from yilianti.care.referral.models import Referral
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions


def keep(referral: Referral, actor: Actor, until: datetime, at: datetime, *, may_choose: bool = True) -> None:
    """The place chosen on the form lives until then; one of a receiver that was chosen before is given back."""
    _leave_elsewhere(referral, at)
    if not referral.reservation:
        return
    held = _own(referral)
    if held is None or held.state in ("released", "used"):
        _lost(referral, Refused("place_lost", "原先选的号或床位已经不在；请重新选择，或不选，由接收方安排。", field="reservation"), may_choose)
        return
    if held.keeper_id != referral.to_institution_id:
        give_back(referral, "改选其他机构", at)
        return
    try:
        schedules.extend(actor=actor, number=referral.reservation, until=max(until, held.expires_at or at), subject=f"referral:{referral.number}", at=at)
    except Refused as refusal:
        _lost(referral, Refused("place_lost", f"{refusal.zh}也可以不选，由接收方安排。", refusal.en, field="reservation"), may_choose)


def confirm(referral: Referral, actor: Actor, appointment_at: datetime, at: datetime) -> None:
    """Accepted for the moment of the slot: it is the patient's. For another moment: it is given back."""
    held = _own(referral)
    if held is None:
        return
    if held.slot is not None and held.slot.starts_at != appointment_at:
        schedules.release(actor=Actor.system(), number=referral.reservation, because="接收方改约其他时间", at=at)
        referral.reservation = ""
        return
    try:
        schedules.confirm(actor=Actor.system(), number=referral.reservation, at=at)
    except Refused as refusal:
        if held.slot is not None:  # another moment can be chosen; a late answer about a bed is the receiver's own to give
            _lost(referral, refusal, may_choose=True)
        referral.reservation = ""
        return
    leave_line(referral, "已接收并留好", at)


def choose(referral: Referral, slot: int, department: int | None, at: datetime) -> tuple[int, datetime]:
    """The receiver gives this slot, instead of one that is held or where none was: its department and its moment."""
    sender = institutions.scope_of(referral.from_institution_id, at)
    sending = Actor.system(institution=referral.from_institution_id, consortium=sender.consortium, region=sender.region)
    former = _own(referral)
    if former is not None and former.state not in ("released", "used"):
        taken = schedules.exchange(actor=sending, number=former.number, slot=slot, at=at)
    else:
        key = uuid5(NAMESPACE_OID, f"referral:{referral.number}:{slot}:{at.isoformat()}")
        taken = schedules.hold(actor=sending, client_key=key, resident=referral.resident_id, slot=slot, subject=f"referral:{referral.number}", at=at)
    held = schedules.reservation(taken.number)
    assert held is not None and held.slot is not None
    if held.keeper_id != referral.to_institution_id or department not in (None, held.slot.department_id):
        raise Refused("slot_elsewhere", "所选号源不属于接收机构或这个科室；请重新选择号源。", field="slot")
    referral.reservation = taken.number
    return held.slot.department_id, held.slot.starts_at


def use(referral: Referral, at: datetime) -> None:
    """The patient is here."""
    if _own(referral) is not None:
        schedules.use(actor=Actor.system(), number=referral.reservation, at=at)
    leave_line(referral, "已到院", at)


def keep_again(referral: Referral, at: datetime) -> None:
    """The arrival was a mistake: the place waits for the patient again."""
    if _own(referral) is not None:
        schedules.unuse(actor=Actor.system(), number=referral.reservation, at=at)


def give_back(referral: Referral, because: str, at: datetime) -> None:
    """Nobody comes on this place, nobody waits for one; it is free for others in the same transaction."""
    if _own(referral) is not None:
        schedules.release(actor=Actor.system(), number=referral.reservation, because=because, at=at)
    referral.reservation = ""
    leave_line(referral, because, at)


def leave_line(referral: Referral, because: str, at: datetime) -> None:
    """Nobody waits for a place any more."""
    if stands := schedules.standing(f"referral:{referral.number}", at):
        schedules.leave(actor=Actor.system(), number=stands.number, because=because, at=at)


def _leave_elsewhere(referral: Referral, at: datetime) -> None:
    if referral.pk and (stands := schedules.standing(f"referral:{referral.number}", at)):
        moved = stands.keeper != referral.to_institution_id or stands.department not in (None, referral.to_department_id)
        if moved or referral.reservation:
            schedules.leave(actor=Actor.system(), number=stands.number, because="改了转入机构、科室或已选号", at=at)


def _own(referral: Referral) -> Reservation | None:
    """What was held for this referral; a number that a draft only names is nobody's to give back or to use."""
    held = schedules.reservation(referral.reservation) if referral.reservation else None
    mine = held is not None and held.resident_id == referral.resident_id and held.subject in ("", f"referral:{referral.number}")
    return held if mine else None


def _lost(referral: Referral, refusal: Refused, may_choose: bool) -> None:
    if may_choose and not rules.cannot_wait(referral.urgency, referral.channel):
        raise refusal
    referral.reservation = ""

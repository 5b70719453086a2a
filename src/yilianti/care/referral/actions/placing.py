"""The place a referral holds in `capacity/schedules`: kept until the answer is due, confirmed with it, used on arrival, else given back.

A lost place never stops somebody who cannot wait; everybody else is told to choose another.
"""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from yilianti.capacity.schedules import api as schedules
from yilianti.care.referral import rules
from yilianti.care.referral.models import Referral
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions


def keep(referral: Referral, actor: Actor, at: datetime) -> None:
    """The place chosen on the form lives until the answer is due."""
    if not referral.reservation:
        return
    held = schedules.reservation(referral.reservation)
    mine = held is not None and held.resident_id == referral.resident_id and held.subject in ("", f"referral:{referral.number}")
    if held is None or not mine or held.state in ("released", "used"):
        _lost(referral, Refused("place_lost", "原先选的号或床位已经不在；请重新选择，或不选，由接收方安排。", field="reservation"))
        return
    until = max(referral.answer_due_at or at, held.expires_at or at)
    try:
        schedules.extend(actor=actor, number=referral.reservation, until=until, subject=f"referral:{referral.number}", at=at)
    except Refused as refusal:
        _lost(referral, Refused("place_lost", f"{refusal.zh}也可以不选，由接收方安排。", refusal.en, field="reservation"))


def confirm(referral: Referral, actor: Actor, appointment_at: datetime, at: datetime) -> None:
    """Accepted for the moment of the slot: it is the patient's. For another moment: it is given back."""
    held = schedules.reservation(referral.reservation) if referral.reservation else None
    if held is None:
        return
    if held.slot is not None and held.slot.starts_at != appointment_at:
        give_back(referral, "接收方改约其他时间", at)
        return
    try:
        schedules.confirm(actor=Actor.system(), number=referral.reservation, at=at)
    except Refused as refusal:
        if held.slot is not None:  # another moment can be chosen; a late answer about a bed is the receiver's own to give
            _lost(referral, refusal)
        referral.reservation = ""


def choose(referral: Referral, slot: int, department: int | None, at: datetime) -> tuple[int, datetime]:
    """The receiver gives this slot, instead of one that is held or where none was: its department and its moment."""
    sender = institutions.scope_of(referral.from_institution_id, at)
    sending = Actor.system(institution=referral.from_institution_id, consortium=sender.consortium, region=sender.region)
    former = schedules.reservation(referral.reservation) if referral.reservation else None
    if former is not None and former.state not in ("released", "used"):
        taken = schedules.exchange(actor=sending, number=former.number, slot=slot, at=at)
    else:
        key = uuid5(NAMESPACE_OID, f"referral:{referral.number}:{slot}:{at.isoformat()}")
        taken = schedules.hold(actor=sending, client_key=key, resident=referral.resident_id, slot=slot, subject=f"referral:{referral.number}", at=at)
    held = schedules.reservation(taken.number)
    assert held is not None and held.slot is not None
    if held.slot.schedule.institution_id != referral.to_institution_id or department not in (None, held.slot.department_id):
        raise Refused("slot_elsewhere", "所选号源不属于接收机构或这个科室；请重新选择号源。", field="slot")
    referral.reservation = taken.number
    return held.slot.department_id, held.slot.starts_at


def use(referral: Referral, at: datetime) -> None:
    """The patient is here."""
    if referral.reservation:
        schedules.use(actor=Actor.system(), number=referral.reservation, at=at)


def give_back(referral: Referral, because: str, at: datetime) -> None:
    """Nobody comes on this place; it is free for others in the same transaction."""
    if referral.reservation:
        schedules.release(actor=Actor.system(), number=referral.reservation, because=because, at=at)
        referral.reservation = ""


def _lost(referral: Referral, refusal: Refused) -> None:
    if not rules.cannot_wait(referral.urgency, referral.channel):
        raise refusal
    referral.reservation = ""

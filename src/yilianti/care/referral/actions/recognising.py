"""What the hospital's own system undoes (A11, A13) is undone on the referral that it had moved."""

from __future__ import annotations

from datetime import datetime

from yilianti.care.referral.actions import arriving, going_home, moving
from yilianti.care.referral.models import Referral
from yilianti.kernel.actor import Actor


def undo_recognised_arrival(*, actor: Actor, encounter: str, at: datetime) -> str:
    """The HIS cancelled the admission: the referral that arrived by it is awaited again; its number or ""."""
    number = _moved_by(encounter, "arrived")
    if number:
        arriving.undo_arrival(actor=actor, number=number, because="医院信息系统撤销了入院登记", at=at)
    return number


def undo_recognised_discharge(*, actor: Actor, encounter: str, at: datetime) -> str:
    """The HIS cancelled the discharge: the patient is in care again; the referral's number or ""."""
    number = _moved_by(encounter, "discharged")
    if number and going_home.open_ways_home(number):
        referral = Referral.objects.get(number=number)
        moving.record("referral.discharge_disputed", actor=actor, referral=referral, at=at, facts={"encounter": encounter})
    elif number:
        going_home.undo_discharge(actor=actor, number=number, because="医院信息系统撤销了出院登记", at=at)
    return number


def _moved_by(encounter: str, state: str) -> str:
    return Referral.objects.filter(encounter=encounter, state=state).values_list("number", flat=True).first() or ""

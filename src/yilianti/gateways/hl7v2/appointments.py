"""A place of ours in the words of HL7: SIU S12, S13 and S15 to the system of the institution in whose book it stands.

Source: HL7 v2.5.1 chapter 10 (10.4 SIU; 10.6.1 SCH; 10.6.3 RGS; 10.6.4 AIS; 10.6.6 AIL; 10.6.7 AIP), tables 0206, 0278.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from yilianti.capacity.schedules import api as schedules
from yilianti.gateways.hl7v2 import acknowledgement, referrals, sending
from yilianti.gateways.hl7v2.referrals import Piece
from yilianti.gateways.outbound import api as outbound
from yilianti.gateways.outbound.api import Event
from yilianti.kernel.actor import Actor

#: Journal word → trigger; a place is told of from its confirmation on, not while it is only held.
_TRIGGERS: Final = {"schedules.confirmed": "S12", "schedules.exchanged": "S13", "schedules.released": "S15"}
_STATUS: Final = {"S12": ("Booked", "A"), "S13": ("Booked", "U"), "S15": ("Cancelled", "D")}
_WHO: Final = ("", "YILIANTI")


def announce_place(*, actor: Actor, word: str, number: str, was: str, entry: int, at: datetime) -> None:
    """Queue what has become of a confirmed slot; beds and places only held are nobody's appointment."""
    held = schedules.reservation(number)
    if held is None or held.slot is None or (word != "schedules.confirmed" and was != "confirmed"):
        return
    trigger = _TRIGGERS[word]
    for place in outbound.wanting(held.slot.schedule.institution_id, "hl7v2", Event.PLACE_OF_OURS.value):
        key = f"schedules:{number}:{entry}:{place.pk}"
        address = outbound.Address(place.name, place.institution_id, place.host, place.port, settings=dict(place.settings))
        lines = [sending.header(address, f"SIU^{trigger}^SIU_S12", outbound.control_id(key), at)]
        lines += [acknowledgement.line(sending.DELIMITERS, segment) for segment in segments(held, trigger)]
        payload = ("\r".join(lines) + "\r").encode(sending.codec_of(address), "replace")
        outbound.enqueue(actor=actor, destination=place.pk, kind=f"SIU^{trigger}", key=key, subject=f"schedules:{number}", payload=payload, at=at,
                         resident=held.resident_id, caused_by=entry)  # fmt: skip


def segments(held: schedules.Reservation, trigger: str) -> Iterator[tuple[Piece, ...]]:
    """SCH, TQ1, PID, PV1, RGS, AIS, AIL, AIP; our number is the placer's, the hospital's own stands beside it where it has told us one."""
    slot = held.slot
    assert slot is not None
    status, action = _STATUS[trigger]
    begins, minutes = referrals.moment(slot.starts_at), str(int((slot.ends_at - slot.starts_at).total_seconds() // 60))
    department = (slot.department.code, slot.department.name)
    filler = held.appointments.order_by("-id").values_list("filler_number", flat=True).first() or ""
    yield ("SCH", (held.number, "YILIANTI"), (filler,), "", "", "", (trigger, "REFERRAL"), ("REFERRAL", "转诊预约"), "", minutes, ("min",), ("", "", "", begins, referrals.moment(slot.ends_at)),
           "", "", "", "", _WHO, "", "", "", _WHO, "", "", "", "", (status,), (held.subject.removeprefix("referral:"), "YILIANTI") if held.subject else "")  # fmt: skip
    yield ("TQ1", "1", "", "", "", "", "", begins, referrals.moment(slot.ends_at))
    yield referrals.patient(held.resident_id, slot.schedule.institution_id)
    yield ("PV1", "1", "O", ("", "", "", department[0]), "", "", "", "", "", "", department[0])
    yield ("RGS", "1", action)
    yield ("AIS", "1", action, ("REFERRAL", "转诊门诊"), begins, "", "", minutes, ("min",), "", (status,))
    yield ("AIL", "1", action, (department[1], "", "", department[0]), "", "", begins, "", "", minutes, ("min",), "", (status,))
    if slot.schedule.practitioner is not None:
        yield ("AIP", "1", action, (str(slot.schedule.practitioner_id), slot.schedule.practitioner.name), "", "", begins, "", "", minutes, ("min",), "", (status,))

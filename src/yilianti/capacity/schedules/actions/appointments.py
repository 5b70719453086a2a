"""What hospital systems report of an appointment: booked, moved, changed, cancelled, missed. One transaction, one version, one journal line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from yilianti.capacity.schedules.actions import meeting
from yilianti.capacity.schedules.lifecycle import APPOINTMENT
from yilianti.capacity.schedules.models import Appointment, AppointmentVersion
from yilianti.capacity.schedules.terms import Filed, Said
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Refused, Severity
from yilianti.kernel.fitting import fitted
from yilianti.kernel.numbers import next_number
from yilianti.registry.residents import api as residents

_TEXTS = ("placer_number", "department", "practitioner", "service", "note")


def book(*, actor: Actor, resident_id: int, institution_id: int, said: Said, source: str, at: datetime) -> Filed:
    """A new appointment (S12); one that is known is moved to what is said now."""
    return _file(actor, resident_id, institution_id, said, source, at, "reschedule", "")


def reschedule(*, actor: Actor, resident_id: int, institution_id: int, said: Said, source: str, at: datetime) -> Filed:
    """Another time (S13); an unknown appointment is booked, with a finding."""
    return _file(actor, resident_id, institution_id, said, source, at, "reschedule", "改期")


def modify(*, actor: Actor, resident_id: int, institution_id: int, said: Said, source: str, at: datetime) -> Filed:
    """Another room, doctor or service (S14); an unknown appointment is booked, with a finding."""
    return _file(actor, resident_id, institution_id, said, source, at, "modify", "更新")


def cancel(*, actor: Actor, resident_id: int, institution_id: int, said: Said, source: str, at: datetime) -> Filed:
    """The appointment will not take place (S15); Refused for an unknown one."""
    return _end(actor, resident_id, institution_id, said, source, at, "cancel")


def miss(*, actor: Actor, resident_id: int, institution_id: int, said: Said, source: str, at: datetime) -> Filed:
    """The patient did not come (S26); Refused for an unknown appointment."""
    return _end(actor, resident_id, institution_id, said, source, at, "miss")


@transaction.atomic
def _file(actor: Actor, resident: int, institution: int, said: Said, source: str, at: datetime, action: str, implied: str) -> Filed:
    if said.starts_at is None and not _known(institution, said):
        raise Refused("start_missing", "没有预约开始时间；请填写后重发。", "The start of the appointment is missing.", field="starts_at")
    blank = Appointment(number=next_number("YD", at), resident_id=resident, institution_id=institution, filler_number=said.filler_number[:96],
                        starts_at=said.starts_at or at, version=0)  # fmt: skip
    Appointment.objects.bulk_create([blank], ignore_conflicts=True)
    row = _locked(resident, institution, said)
    is_new, before = row.version == 0, _content(row)
    word = "schedules.booked" if is_new else APPOINTMENT.step(row, action).word
    _take(row, said)
    if not is_new and _content(row) == before:
        return Filed(row.number, row.state, False)
    noticed = _implied(implied, said) if is_new and implied else ()
    return _keep(row, actor, word, source, at, noticed)


@transaction.atomic
def _end(actor: Actor, resident: int, institution: int, said: Said, source: str, at: datetime, action: str) -> Filed:
    if not _known(institution, said):
        raise Refused("unknown_appointment", f"没有预约号为 {said.filler_number} 的预约，不能“{APPOINTMENT.verbs.label(action)}”；请先发送预约消息，或核对预约号。",
                      "unknown appointment", field="filler_number")  # fmt: skip
    row = _locked(resident, institution, said)
    if row.state == APPOINTMENT[action].target:
        return Filed(row.number, row.state, False)
    word = APPOINTMENT.step(row, action).word
    row.note = said.note.strip()[:200] or row.note
    return _keep(row, actor, word, source, at, ())


def _known(institution: int, said: Said) -> bool:
    return Appointment.objects.filter(institution=institution, filler_number=said.filler_number[:96]).exists()


def _locked(resident: int, institution: int, said: Said) -> Appointment:
    row = Appointment.objects.select_for_update().get(institution=institution, filler_number=said.filler_number[:96])
    if row.resident_id not in residents.all_ids(resident):
        raise Refused("appointment_of_other", f"预约号 {said.filler_number} 已登记在另一位居民名下；请与来源系统核对。",
                      "this appointment belongs to another resident", field="filler_number")  # fmt: skip
    return row


def _take(row: Appointment, said: Said) -> None:
    for name in _TEXTS:
        if text := getattr(said, name).strip():
            setattr(row, name, fitted(Appointment, name, text))
    row.department_code = said.department_code.strip()[:64] or row.department_code
    row.starts_at = said.starts_at or row.starts_at
    row.ends_at = said.ends_at if said.starts_at or said.ends_at else row.ends_at
    if row.ends_at and row.ends_at < row.starts_at:
        row.ends_at = None


def _keep(row: Appointment, actor: Actor, word: str, source: str, at: datetime, noticed: tuple[Finding, ...]) -> Filed:
    row.version += 1
    row.save()
    change = word.partition(".")[2]
    AppointmentVersion.objects.create(appointment=row, version=row.version, change=change, recorded_at=at, source=source[:64], content=_content(row))
    journal.write(word, actor=actor, at=at, subject=f"schedules:{row.number}", resident=row.resident_id, to_institution=row.institution_id,
                  facts={"number": row.number, "placer_number": row.placer_number, "institution": row.institution_id, "state": row.state,
                         "starts_at": row.starts_at.isoformat(), "place": " · ".join(filter(None, (row.department, row.practitioner)))})  # fmt: skip
    residents.note_relation(row.resident_id, row.institution_id, at)
    return Filed(row.number, row.state, True, (*noticed, *meeting.meet(row, actor, at)))


def _content(row: Appointment) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in (*_TEXTS, "state")}
    return plain | {"starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat() if row.ends_at else ""}


def _implied(word: str, said: Said) -> tuple[Finding, ...]:
    sentence = f"收到预约号 {said.filler_number} 的“{word}”消息前没有收到预约消息，已据此补建预约。"
    return (Finding("booking_implied", sentence, severity=Severity.WARNING, en="The appointment was not known; it was booked from this message."),)

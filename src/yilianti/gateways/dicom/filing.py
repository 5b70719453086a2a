"""The second half of receiving: every object that was kept is read, placed and handed to the record; what a crash left is taken up again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import DatabaseError, InterfaceError, transaction

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.dicom import indexing, placing, waveforms
from yilianti.gateways.dicom.models import Instance
from yilianti.gateways.dicom.placing import Place
from yilianti.gateways.dicom.senders import caller_of
from yilianti.gateways.dicom.terms import AMBULATORY, WAVEFORMS, Reason, State, Told
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Refused, Severity
from yilianti.record.recordings import api as recordings

log = logging.getLogger(__name__)
_TRIES = 3
_SETTLED = ("study_uid", "series_uid", "modality", "accession", "patient_id", "patient_name", "sex", "born_on", "recorded_at", "recording", "resident", "exam", "state", "reason", "note",
            "spooled", "settled_by", "settled_at")  # fmt: skip
_ORDERS = UUID("5a1b9d2c-7f5e-5d0b-8c11-2f3c7a0e9d44")
_COMPLAINT = "设备直接采集发送，未填主诉"


@dataclass
class Object:
    """One object being filed: its row, what it says, and what was read of it."""

    row: Instance
    told: Told
    content: bytes
    tracing: recordings.Tracing | None = None
    unreadable: str = ""

    @property
    def actor(self) -> Actor:
        return caller_of(self.row.sender).actor


def file_next(at: datetime) -> bool:
    """File the oldest object that waits; False when none does. One that fails three times is left to a person."""
    with transaction.atomic():
        waiting = Instance.objects.filter(state=State.RECEIVED.value).defer("spooled").select_related("sender__institution").order_by("attempts", "id")
        row = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return False
        # Counted before the work: an object that kills the process is not taken up for ever.
        row.attempts += 1
        Instance.objects.filter(pk=row.pk).update(attempts=row.attempts)
    if row.attempts > _TRIES:
        _give_up(row, at)
        return True
    try:
        _file(row, at)
    except (DatabaseError, InterfaceError):
        raise
    except Exception as fault:
        # The exception's text may quote the patient: only its kind is logged.
        log.error("dicom: object %s failed while being filed: %s", row.pk, type(fault).__name__)
        if row.attempts >= _TRIES:
            _give_up(row, at)
    return True


def _give_up(row: Instance, at: datetime) -> None:
    with transaction.atomic():
        if _locked(row.pk) is None:
            return
        Instance.objects.filter(pk=row.pk).update(state=State.UNMATCHED.value, reason=Reason.FAILED.value)
        _tell("dicom.left_unmatched", row, caller_of(row.sender).actor, at, Reason.FAILED)


def _file(row: Instance, at: datetime) -> None:
    content = bytes(row.spooled or b"")
    one = Object(row, indexing.told_by(content), content)
    read(one)
    place = placing.place_of(one.told, row.institution_id, row.received_at)
    if one.unreadable:
        place = Place(reason=Reason.UNREADABLE)
    with transaction.atomic():
        if _locked(row.pk) is None:
            return
        settle(one, place, actor=one.actor, at=at)


def read(one: Object) -> None:
    """The tracing of a waveform object, or why there is none."""
    if one.row.sop_class not in WAVEFORMS:
        return
    try:
        one.tracing = recordings.checked(recordings.twelve(recordings.checked(waveforms.tracing_in(one.content))))
    except recordings.Unreadable as fault:
        # A day's recording is kept whole for its resident; only resting ones are opened.
        one.unreadable = "" if one.row.sop_class == AMBULATORY and fault.code == "too_long" else fault.zh


def settle(one: Object, place: Place, *, actor: Actor, at: datetime, word: str = "dicom.filed") -> None:
    """Within the caller's transaction: the bytes go to the record, a waveform to its exam, and the row says where."""
    row, told = one.row, one.told
    row.study_uid, row.series_uid, row.modality, row.accession = told.study_uid, told.series_uid, told.modality, told.accession
    row.patient_id, row.patient_name, row.sex, row.born_on, row.recorded_at = told.patient_id, told.patient_name, told.sex, told.born_on, told.at or row.received_at
    reason = place.reason
    try:
        with transaction.atomic():
            row.recording = row.recording or recordings.keep(
                actor=one.actor, institution_id=row.institution_id, content=one.content, format=recordings.Format.DICOM.value, tracing=one.tracing, at=at, key=row.sop_uid, source=f"dicom:{row.pk}"
            )
    except Refused as refusal:
        if refusal.code != "key_of_other_bytes":
            raise
        place, reason = Place(), Reason.KEY_TAKEN
    exam = place.exam
    if row.recording is not None and place.resident is not None and one.tracing is not None and reason is None:
        exam, reason = _recorded(one, place, actor, at)
    filed = row.recording is not None and place.resident is not None
    row.resident_id, row.exam = place.resident, exam
    row.state, row.reason, row.note = (State.FILED if filed else State.UNMATCHED).value, reason.value if reason else "", one.unreadable[:200]
    row.spooled = None if row.recording is not None else row.spooled
    row.save(update_fields=_SETTLED)
    _tell(word if filed else "dicom.left_unmatched", row, actor, at, reason)


def _recorded(one: Object, place: Place, actor: Actor, at: datetime) -> tuple[diagnosis.Exam | None, Reason | None]:
    """The waveform becomes the recording of its exam, of a new one where the device orders by sending, or stays with the resident."""
    row, exam = one.row, place.exam
    assert one.tracing is not None and row.recording is not None and place.resident is not None
    if exam is None and row.sender.orders:
        exam = _ordered(one, place.resident, at)
    if exam is None:
        return None, None
    try:
        with transaction.atomic():
            diagnosis.attach(actor=actor, number=exam.number, recording=row.recording, tracing=one.tracing, also=_same_person(exam, one.told), at=at)
    except Refused as refusal:  # sent or cancelled in the meantime
        log.info("dicom: exam %s takes no recording: %s", exam.number, refusal.code)
        return exam, Reason.EXAM_PAST
    return exam, None


def _ordered(one: Object, resident: int, at: datetime) -> diagnosis.Exam | None:
    """An exam opened because the device sent; the same object opens it once."""
    order = diagnosis.Order(complaint=_COMPLAINT)
    try:
        with transaction.atomic():
            return diagnosis.order(actor=one.actor, resident=resident, institution=one.row.institution_id, order=order, client_key=uuid5(_ORDERS, str(one.row.pk)), at=at)
    except Refused as refusal:  # no centre: the recording stays with the resident
        log.warning("dicom: no exam opened for object %s: %s", one.row.pk, refusal.code)
        return None


def _same_person(exam: diagnosis.Exam, told: Told) -> list[Finding]:
    if not placing.is_other(told.patient_name, exam.resident.name):
        return []
    return [Finding("other_name", "设备里的姓名与本检查的居民不同；请核对是不是选错了工作列表中的人。", severity=Severity.WARNING, en="the device names another person")]


def _locked(number: int) -> Instance | None:
    """The row, held; None where somebody has settled it meanwhile."""
    return Instance.objects.select_for_update(of=("self",)).filter(pk=number, state=State.RECEIVED.value).only("pk").first()


def _tell(word: str, row: Instance, actor: Actor, at: datetime, reason: Reason | None) -> None:
    journal.write(word, actor=actor, at=at, subject=f"dicom:{row.pk}", resident=row.resident_id, to_institution=row.institution_id,
                  facts={"sop_uid": row.sop_uid, "recording": row.recording.number if row.recording else "", "exam": row.exam.number if row.exam else "",
                         "reason": reason.value if reason else ""})  # fmt: skip

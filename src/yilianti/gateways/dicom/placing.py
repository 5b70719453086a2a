"""Whose an object is: by accession number, by the patient's number at that institution, and by the moment. In doubt a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.dicom import numbering
from yilianti.gateways.dicom.terms import Reason, Told
from yilianti.registry.residents import api as residents

#: An exam registered so long before the recording, or so shortly after it (carts' clocks differ), is the one that was meant.
BEFORE, AFTER = timedelta(hours=24), timedelta(minutes=30)


@dataclass(frozen=True)
class Place:
    """Where an object belongs; `reason` says why nobody, or why not the exam."""

    resident: int | None = None
    exam: diagnosis.Exam | None = None
    reason: Reason | None = None


def place_of(told: Told, institution: int, received_at: datetime) -> Place:
    """The resident and the pending exam. The same number at another institution is another person."""
    holder = holder_of(told.patient_id, institution)
    exam = diagnosis.called(institution, numbering.numbers_of(told.accession))
    if exam is not None:
        return _by_exam(exam, holder)
    if holder is None:
        return Place(reason=Reason.UNKNOWN_PATIENT)
    if _is_other_name(told.patient_name, holder):
        return Place(reason=Reason.OTHER_NAME)
    return _by_moment(holder, institution, told.at or received_at)


def holder_of(number: str, institution: int) -> int | None:
    """Who holds this number there: its own, an identity card's, or the platform's (as the worklist gives it to residents without one)."""
    if not number:
        return None
    system = "id_card" if residents.is_id_card(number) else "local"
    held = residents.holder_of(residents.IdentifierGiven(system, number.upper() if system == "id_card" else number, 0 if system == "id_card" else institution))
    if held is None and number.startswith("JM"):
        known = residents.by_number(number)
        held = known.id if known is not None and diagnosis.to_record(institution).filter(resident__in=residents.all_ids(known.id)).exists() else None
    return held


def _by_exam(exam: diagnosis.Exam, holder: int | None) -> Place:
    if holder is not None and holder not in residents.all_ids(exam.resident_id):
        return Place(reason=Reason.OTHER_PATIENT)
    past = None if diagnosis.takes_recording(exam) else Reason.EXAM_PAST
    return Place(exam.resident_id, exam, past)


def _by_moment(holder: int, institution: int, at: datetime) -> Place:
    pending = diagnosis.to_record(institution).filter(resident__in=residents.all_ids(holder), ordered_at__gte=at - BEFORE, ordered_at__lte=at + AFTER)
    found = list(pending.select_related("resident")[:2])
    if len(found) > 1:
        return Place(reason=Reason.SEVERAL_EXAMS)
    return Place(holder, found[0] if found else None)


def is_other(told: str, held: str) -> bool:
    """Two Chinese names that differ; pinyin or a number says nothing against anybody."""
    told, held = told.replace(" ", ""), held.replace(" ", "")
    return told != held and any("\u4e00" <= letter <= "\u9fff" for letter in told) and bool(held)


def _is_other_name(told: str, holder: int) -> bool:
    known = residents.get(holder)
    return known is not None and is_other(told, known.name)

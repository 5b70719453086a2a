"""What we hold and may show to a caller: the objects that came, and what its centre or the centre for it has issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Max, Q, QuerySet
from pydicom.dataset import Dataset
from pydicom.uid import UID

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.dicom import files, matching, numbering, terms, writing
from yilianti.gateways.dicom.lines import Kept
from yilianti.gateways.dicom.models import Instance
from yilianti.gateways.dicom.senders import Caller
from yilianti.record.recordings import api as recordings
from yilianti.registry.residents import api as residents

_SEX = {"1": "M", "2": "F"}
_COLUMNS = ("sop_uid", "sop_class", "syntax", "study_uid", "series_uid", "modality", "accession", "patient_id", "patient_name", "sex", "born_on", "recorded_at", "resident_id")


@dataclass(frozen=True)
class Holding:
    """One object by its attributes; `instance` where it came, `exam` and `version` where we write it."""

    sop_uid: str
    sop_class: str
    study_uid: str
    series_uid: str
    modality: str
    accession: str
    patient_id: str
    patient_name: str
    sex: str
    born_on: date | None
    at: datetime
    resident: int | None
    instance: int | None = None
    exam: diagnosis.Exam | None = None
    version: int = 0
    description: str = ""


def held(caller: Caller, asked: Dataset, most: int) -> list[Holding]:
    """What may fit the query; the newest `most` received ones and as many exams, dates and UIDs looked up where they can be."""
    return [*_received(caller, asked, most), *_issued(caller, asked, most)]


def _received(caller: Caller, asked: Dataset, most: int) -> list[Holding]:
    sent = Q(exam__in=diagnosis.shown_to(caller.institution).filter(centre=caller.institution))
    rows = Instance.objects.filter(Q(institution=caller.institution) | sent, state__in=("filed", "unmatched")).exclude(study_uid="")
    for keyword, column in (("StudyInstanceUID", "study_uid"), ("SeriesInstanceUID", "series_uid"), ("SOPInstanceUID", "sop_uid")):
        if wanted := _list(asked, keyword):
            rows = rows.filter(**{f"{column}__in": wanted})
    rows = _between(rows, asked, "recorded_at").order_by("-recorded_at")
    return [
        Holding(row.sop_uid, row.sop_class, row.study_uid, row.series_uid, row.modality, row.accession, row.patient_id, row.patient_name, row.sex, row.born_on,
                row.recorded_at or row.received_at, row.resident_id, instance=row.pk, description=terms.CLASSES.get(row.sop_class, ""))
        for row in rows.only(*_COLUMNS, "received_at")[:most]
    ]  # fmt: skip


def _issued(caller: Caller, asked: Dataset, most: int) -> list[Holding]:
    """Two objects for each issued exam: the tracing, unless its object came by DICOM, and the latest report."""
    rows = diagnosis.shown_to(caller.institution).filter(state="issued").annotate(latest=Max("issues__version")).filter(latest__isnull=False)
    exams = list(_between(rows, asked, "acquired_at").select_related("resident", "institution", "recording").defer("recording__content", "recording__samples").order_by("-acquired_at")[:most])
    came = dict(Instance.objects.filter(exam__in=exams, recording=F("exam__recording")).values_list("exam_id", "study_uid"))
    numbers: dict[int, str] = {}
    for place in {exam.institution_id for exam in exams}:
        numbers |= residents.numbers_at((exam.resident_id for exam in exams if exam.institution_id == place), place)
    found = []
    for exam in exams:
        patient, study = numbers.get(exam.resident_id, exam.resident.number), came.get(exam.pk) or numbering.uid_of("study", exam.number)
        kept = exam.recording
        if exam.pk not in came and kept is not None and (sop_class := writing.class_for(kept.lead_count, round(kept.seconds * kept.rate), kept.rate)):
            found.append(_written(exam, "tracing", sop_class, "ECG", patient, study, 1))
        found.append(_written(exam, "report", terms.ENCAPSULATED_PDF, "DOC", patient, study, int(vars(exam)["latest"])))
    return found


def _written(exam: diagnosis.Exam, what: str, sop_class: str, modality: str, patient: str, study: str, version: int) -> Holding:
    person = exam.resident
    return Holding(
        numbering.uid_of(what, exam.number, version), sop_class, study, numbering.uid_of(f"{what}-series", exam.number), modality, numbering.accession_of(exam.number), patient, person.name,
        _SEX.get(person.sex, ""), person.born_on, exam.acquired_at or exam.ordered_at, exam.resident_id, exam=exam, version=version,
        description="静息 12 导心电图" if what == "tracing" else "心电图报告",
    )  # fmt: skip


def _between(rows: QuerySet, asked: Dataset, column: str) -> QuerySet:
    start, end = matching.days(asked, "StudyDate")
    rows = rows.filter(**{f"{column}__gte": start}) if start else rows
    return rows.filter(**{f"{column}__lte": end}) if end else rows


def _list(asked: Dataset, keyword: str) -> list[str]:
    value = asked.get(keyword)
    many: Sequence[object] = [value] if isinstance(value, str) else value or []
    return [str(one) for one in many if str(one)]


def opened(holding: Holding) -> Dataset:
    """The object to send: as it was received, byte for byte, or written now."""
    if holding.instance is not None:
        row = Instance.objects.get(pk=holding.instance)
        content = recordings.original(row.recording_id)[1] if row.recording_id else bytes(row.spooled or b"")
        return _kept(holding.sop_class, holding.sop_uid, row.syntax, files.dataset_of(content))
    made = _made(holding)
    return _kept(str(made.SOPClassUID), holding.sop_uid, terms.EXPLICIT, writing.encoded(made))


def _made(holding: Holding) -> Dataset:
    exam = holding.exam
    assert exam is not None
    head = writing.Head(
        holding.sop_uid, holding.study_uid, holding.series_uid, holding.accession, holding.patient_id, holding.patient_name, holding.sex, holding.born_on, holding.at,
        exam.issued_at or holding.at, exam.institution.name, holding.version,
    )  # fmt: skip
    if holding.sop_class == terms.ENCAPSULATED_PDF:
        told = diagnosis.reported(exam.number, holding.version)
        assert told is not None
        return writing.report(told.pdf, head, "心电图报告单")
    assert exam.recording_id is not None
    tracing = recordings.tracing_of(exam.recording_id)
    if tracing is None or not writing.class_of(tracing):
        raise ValueError("no storage class takes this tracing")
    return writing.waveform(tracing, head, exam.conclusion)


def _kept(sop_class: str, sop_uid: str, syntax: str, encoded: bytes) -> Kept:
    kept = Kept()
    kept.SOPClassUID, kept.SOPInstanceUID = UID(sop_class), UID(sop_uid)
    kept.encoded, kept.syntax = encoded, syntax
    return kept

"""The modality worklist (PS3.4 annex K): examinations that an institution has registered and not yet recorded, for its carts."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Case, IntegerField, Value, When
from django.utils import timezone
from pydicom.dataset import Dataset

from yilianti.care.diagnosis import api as diagnosis
from yilianti.gateways.dicom import matching, numbering
from yilianti.gateways.dicom.attributes import readable
from yilianti.gateways.dicom.senders import Caller
from yilianti.registry.residents import api as residents

WORKLIST = "1.2.840.10008.5.1.4.31"
_PRIORITY = {"chest_pain": "STAT", "emergency": "HIGH", "routine": "ROUTINE"}
_SEX = {"1": "M", "2": "F"}
_FIRST = Case(*(When(urgency=urgency, then=Value(place)) for place, urgency in enumerate(_PRIORITY)), default=Value(9), output_field=IntegerField())


def lines(caller: Caller, asked: Dataset, most: int) -> Iterator[Dataset]:
    """Answers to one query, the most urgent first; three statements however many there are."""
    step = next(iter(readable(asked, "ScheduledProcedureStepSequence")), Dataset())
    start, end = matching.days(step, "ScheduledProcedureStepStartDate")
    rows = diagnosis.to_record(caller.institution).filter(modality="ecg").select_related("resident", "ordered_by", "institution")
    rows = rows.filter(ordered_at__gte=start) if start else rows
    rows = rows.filter(ordered_at__lte=end) if end else rows
    exams = list(rows.order_by(_FIRST, "ordered_at")[:most])
    numbers = residents.numbers_at((exam.resident_id for exam in exams), caller.institution)
    for exam in exams:
        told = line_of(exam, caller, numbers.get(exam.resident_id, exam.resident.number))
        if matching.fits(asked, told):
            yield matching.cut(asked, told)


def line_of(exam: diagnosis.Exam, caller: Caller, patient_id: str) -> Dataset:
    """One scheduled examination with everything a cart may ask for."""
    at, accession, person = timezone.localtime(exam.ordered_at), numbering.accession_of(exam.number), exam.resident
    step = Dataset()
    step.Modality, step.ScheduledStationAETitle = "ECG", caller.ae_title
    step.ScheduledProcedureStepStartDate, step.ScheduledProcedureStepStartTime = at.strftime("%Y%m%d"), at.strftime("%H%M%S")
    step.ScheduledPerformingPhysicianName = ""
    step.ScheduledProcedureStepDescription, step.ScheduledProcedureStepID = "静息 12 导心电图", accession
    step.ScheduledStationName, step.ScheduledProcedureStepLocation, step.ScheduledProcedureStepStatus = caller.name[:16], caller.institution_name[:16], "SCHEDULED"
    step.ScheduledProtocolCodeSequence = []
    told = Dataset()
    told.ScheduledProcedureStepSequence = [step]
    told.SpecificCharacterSet = "ISO_IR 192"
    told.AccessionNumber = told.RequestedProcedureID = accession
    told.RequestedProcedureDescription, told.RequestedProcedurePriority = "静息 12 导心电图", _PRIORITY.get(exam.urgency, "ROUTINE")
    told.ReasonForTheRequestedProcedure, told.RequestedProcedureCodeSequence, told.PatientTransportArrangements = exam.complaint[:64], [], ""
    told.StudyInstanceUID, told.ReferencedStudySequence, told.ReferencedPatientSequence = numbering.uid_of("study", exam.number), [], []
    told.RequestingPhysician = told.ReferringPhysicianName = exam.ordered_by.name if exam.ordered_by else ""
    told.InstitutionName, told.AdmissionID, told.CurrentPatientLocation = exam.institution.name[:64], "", exam.bed
    told.PatientName, told.PatientID = person.name, patient_id
    told.PatientBirthDate, told.PatientSex = person.born_on.strftime("%Y%m%d") if person.born_on else "", _SEX.get(person.sex, "O")
    told.PatientWeight, told.MedicalAlerts, told.Allergies, told.PregnancyStatus = None, "", "", None
    told.SpecialNeeds, told.PatientState, told.ConfidentialityConstraintOnPatientDataDescription, told.PatientComments = "", "", "", ""
    return told

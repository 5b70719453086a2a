"""C-FIND and C-GET over what we hold (PS3.4 annex C): patient, study, series and image levels of both models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from pydicom.dataset import Dataset

from yilianti.gateways.dicom import holdings, matching
from yilianti.gateways.dicom.attributes import text
from yilianti.gateways.dicom.holdings import Holding
from yilianti.gateways.dicom.senders import Caller
from yilianti.kernel import journal

_ROOT = "1.2.840.10008.5.1.4.1.2"
PATIENT_ROOT_FIND, PATIENT_ROOT_GET, STUDY_ROOT_FIND, STUDY_ROOT_GET = (f"{_ROOT}.{end}" for end in ("1.1", "1.3", "2.1", "2.3"))
LEVELS = {"PATIENT": "PatientID", "STUDY": "StudyInstanceUID", "SERIES": "SeriesInstanceUID", "IMAGE": "SOPInstanceUID"}
#: More than this in one C-GET is no patient's history but a copy of the archive.
MOST_GIVEN = 500


class NotAsked(Exception):
    """A query that does not say what it is after."""


def answers(caller: Caller, asked: Dataset, most: int) -> Iterator[Dataset]:
    """One answer for each patient, study, series or object that fits."""
    level = _level(asked)
    found = sorted(holdings.held(caller, asked, most), key=lambda one: (_key(one, level), one.at))
    for _, group in groupby(found, key=lambda one: _key(one, level)):
        told = _told(list(group), level)
        if matching.fits(asked, told):
            answer = matching.cut(asked, told)
            answer.QueryRetrieveLevel, answer.RetrieveAETitle, answer.InstanceAvailability = level, settings.DICOM_AE_TITLE, "ONLINE"
            yield answer


def wanted(caller: Caller, asked: Dataset, most: int) -> list[Holding]:
    """The objects that a C-GET names; it has to name something."""
    level = _level(asked)
    if not text(asked, LEVELS[level]):
        raise NotAsked(f"{LEVELS[level]} is missing")
    keys = Dataset()
    for keyword in LEVELS.values():
        if text(asked, keyword):
            keys[keyword] = asked[keyword]
    found = [one for one in holdings.held(caller, keys, most) if matching.fits(keys, _told([one], "IMAGE"))]
    if len(found) > MOST_GIVEN:
        raise NotAsked(f"more than {MOST_GIVEN} objects, ask for less")
    return found


def tell(caller: Caller, given: Sequence[Holding], at: datetime) -> None:
    """One journal line for each object that is about to leave."""
    with transaction.atomic():
        for one in given:
            journal.write("dicom.given_back", actor=caller.actor, at=at, subject=f"dicom:{one.instance or one.sop_uid}"[:96], resident=one.resident, to_institution=caller.institution,
                          facts={"sop_uid": one.sop_uid, "sender": caller.ae_title})  # fmt: skip


def _level(asked: Dataset) -> str:
    level = text(asked, "QueryRetrieveLevel").upper()
    if level not in LEVELS:
        raise NotAsked("QueryRetrieveLevel must be PATIENT, STUDY, SERIES or IMAGE")
    return level


def _key(one: Holding, level: str) -> str:
    return {"PATIENT": f"{one.patient_id}|{one.patient_name}", "STUDY": one.study_uid, "SERIES": one.series_uid, "IMAGE": one.sop_uid}[level]


def _told(group: list[Holding], level: str) -> Dataset:
    """The attributes of a level and of those above it; the received object speaks before what we wrote for it."""
    first, told = min(group, key=lambda one: one.instance is None), Dataset()
    told.SpecificCharacterSet = "ISO_IR 192"
    told.PatientName, told.PatientID, told.PatientSex = first.patient_name, first.patient_id, first.sex
    told.PatientBirthDate = first.born_on.strftime("%Y%m%d") if first.born_on else ""
    if level == "PATIENT":
        told.NumberOfPatientRelatedStudies, told.NumberOfPatientRelatedInstances = len({one.study_uid for one in group}), len(group)
        return told
    at = timezone.localtime(first.at)
    told.StudyDate, told.StudyTime, told.AccessionNumber = at.strftime("%Y%m%d"), at.strftime("%H%M%S"), first.accession[:16]
    told.StudyInstanceUID, told.StudyID, told.StudyDescription, told.ReferringPhysicianName = first.study_uid, first.accession[:16], "心电图", ""
    if level == "STUDY":
        told.ModalitiesInStudy = sorted({one.modality for one in group})
        told.NumberOfStudyRelatedSeries, told.NumberOfStudyRelatedInstances = len({one.series_uid for one in group}), len(group)
        return told
    told.SeriesInstanceUID, told.Modality, told.SeriesDescription, told.SeriesNumber = first.series_uid, first.modality, first.description, 1
    if level == "SERIES":
        told.NumberOfSeriesRelatedInstances = len(group)
        return told
    told.SOPInstanceUID, told.SOPClassUID, told.InstanceNumber, told.ContentDate, told.ContentTime = first.sop_uid, first.sop_class, first.version or 1, told.StudyDate, told.StudyTime
    return told

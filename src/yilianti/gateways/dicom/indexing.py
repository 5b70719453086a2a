"""What an object says of itself and of its patient; damaged values are empty, never guessed."""

from __future__ import annotations

import io
import warnings

import pydicom
from django.utils import timezone

from yilianti.gateways.dicom.attributes import day, moment, text
from yilianti.gateways.dicom.terms import Told
from yilianti.gateways.dicom.waveforms import charset_settled, person


def told_by(content: bytes) -> Told:
    """The attributes of a DICOM file by which it is matched and found again."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its warnings quote values of patients
        dataset = pydicom.dcmread(io.BytesIO(content), stop_before_pixels=True, force=True)
        charset_settled(dataset)
        at = next((found for on, hour in (("AcquisitionDateTime", ""), ("AcquisitionDate", "AcquisitionTime"), ("ContentDate", "ContentTime"), ("StudyDate", "StudyTime"))
                   if (found := moment(text(dataset, on) + (text(dataset, hour) if hour else ""))) is not None), None)  # fmt: skip
        return Told(
            sop_class=text(dataset, "SOPClassUID")[:64], sop_uid=text(dataset, "SOPInstanceUID")[:64], study_uid=text(dataset, "StudyInstanceUID")[:64],
            series_uid=text(dataset, "SeriesInstanceUID")[:64], modality=text(dataset, "Modality")[:16], accession=text(dataset, "AccessionNumber")[:64],
            patient_id=text(dataset, "PatientID")[:64], patient_name=person(dataset, "PatientName")[:128], sex={"M": "M", "F": "F"}.get(text(dataset, "PatientSex").upper(), ""),
            born_on=day(text(dataset, "PatientBirthDate")), at=timezone.make_aware(at) if at is not None and timezone.is_naive(at) else at, title=text(dataset, "DocumentTitle")[:120],
        )  # fmt: skip

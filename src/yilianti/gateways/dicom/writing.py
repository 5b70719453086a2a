"""What we issue as DICOM objects: a tracing as a 12-lead (or general) ECG waveform, a report as an encapsulated PDF (PS3.3 A.34.3, A.34.4, A.45.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

import numpy as np
from django.utils import timezone
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

from yilianti.gateways.dicom import terms
from yilianti.record.recordings import api as recordings

_PADDING = -32768
_NUMBERS = {name: number for number, name in sorted(recordings.BY_NUMBER.items(), reverse=True)}
_MOST_SAMPLES, _RATES = 16_384, (200, 1000)


@dataclass(frozen=True)
class Head:
    """Whose and what an object is."""

    sop_uid: str
    study_uid: str
    series_uid: str
    accession: str
    patient_id: str
    patient_name: str
    sex: str
    born_on: date | None
    at: datetime
    issued_at: datetime
    institution: str
    number: int = 1


def class_of(tracing: recordings.Tracing) -> str:
    """The storage class that takes this tracing; nothing where none does."""
    return class_for(len(tracing.leads), max((len(lead.samples) for lead in tracing.leads), default=0), tracing.rate)


def class_for(leads: int, samples: int, rate: float) -> str:
    """The same by its sizes: what each class allows (PS3.3 A.34.3.4, A.34.4.4)."""
    if not leads or not samples or not _RATES[0] <= rate <= _RATES[1]:
        return ""
    if leads <= 13 and samples <= _MOST_SAMPLES:
        return terms.TWELVE_LEAD
    return terms.GENERAL if leads <= 24 else ""


def waveform(tracing: recordings.Tracing, head: Head, said: str = "") -> Dataset:
    """The tracing as stored: a recorded lead in its own steps, a derived or real one in whole microvolts; `said` is the conclusion."""
    made = _common(head, class_of(tracing), "ECG")
    made.AcquisitionContextSequence = []
    columns = [_column(lead) for lead in tracing.leads]
    group = Dataset()
    group.WaveformOriginality, group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = "ORIGINAL", len(columns), len(columns[0][0])
    group.SamplingFrequency, group.MultiplexGroupLabel = f"{tracing.rate:.12g}"[:16], "RHYTHM"
    group.ChannelDefinitionSequence = [_channel(lead, scale, offset, tracing.filters) for lead, (_, scale, offset) in zip(tracing.leads, columns, strict=True)]
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 16, "SS"
    group.WaveformPaddingValue = int(_PADDING).to_bytes(2, "little", signed=True)
    group.WaveformData = np.ascontiguousarray(np.stack([samples for samples, *_ in columns], axis=1), dtype="<i2").tobytes()
    made.WaveformSequence = [group]
    if lines := [line.strip() for line in said.splitlines() if line.strip()]:
        made.WaveformAnnotationSequence = [_annotation(line, place) for place, line in enumerate(lines, 1)]
    return made


def report(pdf: bytes, head: Head, title: str) -> Dataset:
    """The PDF as it was issued."""
    made = _common(head, terms.ENCAPSULATED_PDF, "DOC")
    made.ConversionType, made.BurnedInAnnotation, made.DocumentTitle, made.VerificationFlag = "WSD", "YES", title, "VERIFIED"
    made.ConceptNameCodeSequence = [_code("11524-6", "LN", "EKG study")]
    made.MIMETypeOfEncapsulatedDocument = "application/pdf"
    made.EncapsulatedDocumentLength = len(pdf)
    made.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    return made


def encoded(dataset: Dataset) -> bytes:
    """The data set in explicit little endian."""
    stream = DicomBytesIO()
    stream.is_implicit_VR, stream.is_little_endian = False, True
    write_dataset(stream, dataset)
    parent: BytesIO = stream.parent  # type: ignore[assignment]
    return parent.getvalue()


def _common(head: Head, sop_class: str, modality: str) -> Dataset:
    made, at, issued = Dataset(), timezone.localtime(head.at), timezone.localtime(head.issued_at)
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SOPClassUID, made.SOPInstanceUID = sop_class, head.sop_uid
    made.InstanceCreationDate, made.InstanceCreationTime = issued.strftime("%Y%m%d"), issued.strftime("%H%M%S")
    made.StudyDate, made.StudyTime, made.AccessionNumber = at.strftime("%Y%m%d"), at.strftime("%H%M%S"), head.accession
    made.ContentDate, made.ContentTime = (at if modality == "ECG" else issued).strftime("%Y%m%d"), (at if modality == "ECG" else issued).strftime("%H%M%S")
    made.AcquisitionDateTime, made.TimezoneOffsetFromUTC = at.strftime("%Y%m%d%H%M%S"), at.strftime("%z")
    made.Modality, made.Manufacturer, made.InstitutionName, made.ReferringPhysicianName = modality, "Yilianti", head.institution[:64], ""
    made.ManufacturerModelName, made.DeviceSerialNumber, made.SoftwareVersions = "Yilianti", "1", terms.IMPLEMENTATION_NAME
    made.PatientName, made.PatientID, made.PatientSex = head.patient_name, head.patient_id, head.sex or "O"
    made.PatientBirthDate = head.born_on.strftime("%Y%m%d") if head.born_on else ""
    made.StudyInstanceUID, made.SeriesInstanceUID, made.StudyID = head.study_uid, head.series_uid, head.accession
    made.SeriesNumber, made.InstanceNumber = 1 if modality == "ECG" else 2, head.number
    return made


def _column(lead: recordings.Lead) -> tuple[np.ndarray, float, float]:
    """(16-bit samples, µV a step, µV of zero)."""
    samples = np.asarray(lead.samples)
    if np.issubdtype(samples.dtype, np.integer) and not lead.derived and (not samples.size or (samples.min() > _PADDING and samples.max() <= 32767)):
        return samples.astype(np.int16), lead.scale, lead.offset
    values = np.asarray(lead.microvolts())
    highest = float(np.nanmax(np.abs(values))) if np.isfinite(values).any() else 0.0
    scale = max(1.0, float(np.ceil(highest / 32_000)))
    whole = np.round(values / scale)
    return np.where(np.isfinite(whole), whole, _PADDING).astype(np.int16), scale, 0.0


def _channel(lead: recordings.Lead, scale: float, offset: float, filters: recordings.Filters) -> Dataset:
    channel = Dataset()
    number = _NUMBERS.get(lead.name)
    channel.ChannelLabel = lead.name[:16]
    channel.ChannelSourceSequence = [_code(f"2:{number}", "MDC", f"Lead {lead.name}") if number else _code(lead.name[:16], "99YILIANTI", lead.name[:64])]
    channel.ChannelSensitivity, channel.ChannelSensitivityCorrectionFactor = f"{scale:.10g}", "1"
    channel.ChannelSensitivityUnitsSequence = [_code("uV", "UCUM", "microvolt")]
    channel.ChannelBaseline, channel.ChannelSampleSkew, channel.WaveformBitsStored = f"{offset:.10g}", "0", 16
    for keyword, value in (("FilterLowFrequency", filters.high_pass), ("FilterHighFrequency", filters.low_pass), ("NotchFilterFrequency", filters.notch)):
        if value:
            setattr(channel, keyword, f"{value:.10g}")
    return channel


def _annotation(line: str, place: int) -> Dataset:
    one = Dataset()
    one.UnformattedTextValue, one.ReferencedWaveformChannels, one.AnnotationGroupNumber = line[:1024], [1, 0], place
    return one


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item

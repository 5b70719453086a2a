"""GE MUSE XML (RestingECG, also called RestingECGData): rhythm and median waveforms, measurements, statements."""

from __future__ import annotations

from datetime import datetime, time

import numpy as np
from lxml import etree

from yilianti.gateways.ecg_devices import units
from yilianti.gateways.ecg_devices.markup import day, number, said, sex, unpacked
from yilianti.gateways.ecg_devices.refusing import damaged, no_rate, truncated, unsupported
from yilianti.record.recordings import api as recordings

_MEASURED = {
    "VentricularRate": ("HR", "bpm"), "AtrialRate": ("ATRIAL_RATE", "bpm"), "PRInterval": ("PR", "ms"), "QRSDuration": ("QRS", "ms"), "QTInterval": ("QT", "ms"),
    "QTCorrected": ("QTC", "ms"), "QTcFrederica": ("QTCF", "ms"), "QTcBazett": ("QTC", "ms"), "PAxis": ("P_AXIS", "deg"), "RAxis": ("QRS_AXIS", "deg"), "TAxis": ("T_AXIS", "deg"),
    "QRSCount": ("QRS_COUNT", "1"), "AvgRRInterval": ("RR", "ms"),
}  # fmt: skip
_YEARS = {"YEARS": 1.0, "YEAR": 1.0, "MONTHS": 1 / 12, "WEEKS": 7 / 365.25, "DAYS": 1 / 365.25}


def read(root: etree._Element, notes: tuple[str, ...] = ()) -> recordings.Tracing:
    """The rhythm waveform as the tracing, the median waveform beside it."""
    waves: dict[str, etree._Element] = {}
    for node in root.iterfind(".//Waveform"):
        waves.setdefault(said(node, "WaveformType").lower(), node)
    rhythm, beat = waves.get("rhythm"), waves.get("median")
    if rhythm is None:
        raise unsupported("no_leads", "MUSE 文件里没有 Rhythm 波形", "The MUSE file has no rhythm waveform")
    leads, rate, further = _waveform(rhythm)
    median, median_rate, _ = _waveform(beat) if beat is not None else ((), 0.0, ())
    return recordings.Tracing(
        format=recordings.Format.MUSE, leads=leads, rate=rate, started_at=_started(root), subject=_subject(root), device=_device(root), filters=_filters(rhythm),
        given=_given(root), statements=_statements(root), marks=_beats(root, rate, len(leads[0].samples) if leads else 0), median=median, median_rate=median_rate,
        key=said(root, ".//MuseInfo/TestID") or said(root, ".//TestDemographics/TestID"), order=said(root, ".//Order/OrderNumber") or said(root, ".//Order/RequisitionNumber"),
        notes=(*notes, *further),
    )  # fmt: skip


def _waveform(node: etree._Element) -> tuple[tuple[recordings.Lead, ...], float, tuple[str, ...]]:
    base, exponent = number(said(node, "SampleBase")), number(said(node, "SampleExponent") or "0")
    if not base or exponent is None or abs(exponent) > 9:
        raise no_rate("（SampleBase）", " (SampleBase)")
    rate = base * 10.0**exponent
    pieces = [_lead(one, rate) for one in node.findall("LeadData")]
    leads, notes = recordings.side_by_side(pieces)
    off = [recordings.lead_name(said(one, "LeadID")) for one in node.findall("LeadData") if said(one, "LeadOff").upper() == "TRUE"]
    return leads, rate, (*notes, *((f"设备提示导联脱落：{'、'.join(off)}",) if off else ()))


def _lead(node: etree._Element, rate: float) -> tuple[recordings.Lead, int]:
    name = recordings.lead_name(said(node, "LeadID"))
    raw, size = unpacked(node.findtext("WaveFormData") or ""), int(number(said(node, "LeadSampleSize")) or 2)
    if size not in (1, 2, 4) or len(raw) % size:
        raise damaged(f"{name} 导联的数据长度不是样本大小的整数倍", f"the data of lead {name} is no whole number of samples")
    samples = np.frombuffer(raw, dtype={1: "i1", 2: "<i2", 4: "<i4"}[size])
    recordings.within(len(samples))
    declared = number(said(node, "LeadSampleCountTotal"))
    if declared is not None and declared != len(samples):
        raise truncated(f"{name} 导联应有 {declared:.0f} 个样本，实有 {len(samples)} 个", f"lead {name} declares {declared:.0f} samples and has {len(samples)}")
    scale = number(said(node, "LeadAmplitudeUnitsPerBit"))
    if not scale:
        raise damaged(f"{name} 导联没有幅值刻度（LeadAmplitudeUnitsPerBit）", f"lead {name} has no LeadAmplitudeUnitsPerBit")
    late = number(said(node, "LeadTimeOffset")) or 0.0
    if not 0 <= late <= 600_000:
        raise damaged(f"{name} 导联的时间偏移不合理", f"the time offset of lead {name} is absurd")
    return recordings.Lead(name, samples, float(f"{scale * units.microvolts(said(node, 'LeadAmplitudeUnits') or 'uV'):.12g}")), round(late * rate / 1000)


def _subject(root: etree._Element) -> recordings.Subject:
    person = root.find(".//PatientDemographics")
    age = number(said(person, "PatientAge"))
    years = _YEARS.get(said(person, "AgeUnits").upper() or "YEARS")
    return recordings.Subject(
        identifier=said(person, "PatientID", 80), name=recordings.full_name(said(person, "PatientLastName"), said(person, "PatientFirstName")), sex=sex(said(person, "Gender")),
        born_on=day(said(person, "DateofBirth"), "mdy"), age_years=None if age is None or years is None else round(age * years, 3),
    )  # fmt: skip


def _device(root: etree._Element) -> recordings.Device:
    test = root.find(".//TestDemographics")
    operator = recordings.full_name(said(test, "AcquisitionTechLastName"), said(test, "AcquisitionTechFirstName")) or said(test, "AcquisitionTechID")
    return recordings.Device(
        maker="GE", model=said(test, "AcquisitionDevice"), serial=said(test, "CartNumber"), software=said(test, "AcquisitionSoftwareVersion") or said(root, ".//MuseInfo/MuseVersion"),
        institution=said(test, "SiteName") or said(test, "LocationName"), operator=operator,
    )  # fmt: skip


def _started(root: etree._Element) -> datetime | None:
    test = root.find(".//TestDemographics")
    on, at = day(said(test, "AcquisitionDate"), "mdy"), said(test, "AcquisitionTime")
    try:
        return datetime.combine(on, time.fromisoformat(at)) if on and at else None
    except ValueError:
        return None


def _filters(node: etree._Element) -> recordings.Filters:
    high = number(said(node, "HighPassFilter"))
    return recordings.Filters(
        high_pass=high / 100 if high is not None and high >= 1 else high,  # MUSE writes hundredths of a hertz: 16 is 0.16 Hz
        low_pass=number(said(node, "LowPassFilter")), notch=number(said(node, "ACFilter")),
    )  # fmt: skip


def _given(root: etree._Element) -> tuple[recordings.Given, ...]:
    node = root.find(".//RestingECGMeasurements")
    if node is None:
        return ()
    values = ((code, unit, number(said(node, tag))) for tag, (code, unit) in _MEASURED.items())
    found: dict[str, recordings.Given] = {}
    for code, unit, value in values:
        if value is not None:
            found.setdefault(code, recordings.Given(code, value, unit))
    return tuple(found.values())


def _statements(root: etree._Element) -> tuple[str, ...]:
    """Sentences of the diagnosis; a line goes on until a statement that is flagged ENDSLINE, or is a line of its own where none is flagged."""
    node = root.find(".//Diagnosis")
    found = node.findall("DiagnosisStatement") if node is not None else []
    flagged = any(said(one, "StmtFlag").upper() == "ENDSLINE" for one in found)
    lines: list[str] = []
    words: list[str] = []
    for one in found:
        words.append(said(one, "StmtText", 400))
        if not flagged or any(said(flag).upper() == "ENDSLINE" for flag in one.findall("StmtFlag")):
            lines, words = [*lines, " ".join(filter(None, words))], []
    return tuple(line for line in (*lines, " ".join(filter(None, words))) if line)


def _beats(root: etree._Element, rate: float, samples: int) -> tuple[recordings.Mark, ...]:
    """Instants of the QRS complexes; their unit is samples or milliseconds, told apart only where one of them lies beyond the recording."""
    times = [value for node in root.iterfind(".//QRSTimesTypes/QRS/Time") if (value := number(node.text)) is not None and value >= 0]
    if not times or not samples or max(times) * 2 < samples:
        return ()
    step = 1 / rate if max(times) < samples else 0.001
    return tuple(recordings.Mark("QRS", round(at * step, 6), round(at * step, 6)) for at in times if at * step * rate <= samples)

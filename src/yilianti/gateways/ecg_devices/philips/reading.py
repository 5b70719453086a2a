"""Philips XML (SierraECG / PhilipsECG, schema 1.03, 1.04 and 1.04.01): XML → tracing."""

from __future__ import annotations

import re
from datetime import datetime, time

import numpy as np
from lxml import etree

from yilianti.gateways.ecg_devices.markup import day, number, said, sex, unpacked
from yilianti.gateways.ecg_devices.philips.leads import waveforms
from yilianti.gateways.ecg_devices.refusing import unsupported
from yilianti.record.recordings import api as recordings

_VERSIONS = re.compile(r"1\.0[34](\.\d+)*")
_GLOBAL = {
    "heartrate": ("HR", "bpm"), "meanventrate": ("HR", "bpm"), "atrialrate": ("ATRIAL_RATE", "bpm"), "rrint": ("RR", "ms"), "meanrrint": ("RR", "ms"), "pdur": ("P_DUR", "ms"),
    "meanprint": ("PR", "ms"), "print": ("PR", "ms"), "meanqrsdur": ("QRS", "ms"), "qrsdur": ("QRS", "ms"), "meanqtint": ("QT", "ms"), "qtint": ("QT", "ms"), "meanqtc": ("QTC", "ms"),
    "qtcb": ("QTC", "ms"), "qtcf": ("QTCF", "ms"), "pfrontaxis": ("P_AXIS", "deg"), "qrsfrontaxis": ("QRS_AXIS", "deg"), "tfrontaxis": ("T_AXIS", "deg"),
    "qtintdispersion": ("QT_DISPERSION", "ms"),
}  # fmt: skip
_LEADWISE = {
    "pamp": ("P_AMPLITUDE", "uV"), "pdur": ("P_DUR", "ms"), "qamp": ("Q_AMPLITUDE", "uV"), "qdur": ("Q_DUR", "ms"), "ramp": ("R_AMPLITUDE", "uV"), "rdur": ("R_DUR", "ms"),
    "samp": ("S_AMPLITUDE", "uV"), "sdur": ("S_DUR", "ms"), "qrsdur": ("QRS", "ms"), "vat": ("VAT", "ms"), "ston": ("ST_ONSET", "uV"), "stmid": ("ST_MIDDLE", "uV"),
    "st80": ("ST_J80", "uV"), "stend": ("ST_END", "uV"), "tamp": ("T_AMPLITUDE", "uV"), "tdur": ("T_DUR", "ms"), "print": ("PR", "ms"), "qtint": ("QT", "ms"),
}  # fmt: skip


def read(root: etree._Element, notes: tuple[str, ...] = ()) -> recordings.Tracing:
    """The parsed waveforms as the tracing, `repbeats` as the median."""
    kind, version = said(root, ".//documentinfo/documenttype"), said(root, ".//documentinfo/documentversion")
    if kind not in ("SierraECG", "PhilipsECG") or not _VERSIONS.fullmatch(version):
        raise unsupported("unknown_version", f"飞利浦文件的类型 {kind or '（空）'} 版本 {version or '（空）'} 不支持（支持 1.03、1.04）", f"Philips type '{kind}' version '{version}' is not supported (1.03, 1.04)")
    leads, rate, further = waveforms(root)
    median, median_rate = _median(root)
    acquired = root.find(".//dataacquisition")
    return recordings.Tracing(
        format=recordings.Format.PHILIPS, leads=leads, rate=rate, started_at=_started(acquired if acquired is not None else root.find(".//reportinfo")), subject=_subject(root),
        device=_device(root), filters=_filters(root), given=_given(root), statements=_statements(root), median=median, median_rate=median_rate,
        key=said(root, ".//documentinfo/documentname"), order=said(root, ".//orderinfo/ordernumber") or said(root, ".//order/ordernumber"), notes=(*notes, *further),
    )  # fmt: skip


def _started(node: etree._Element | None) -> datetime | None:
    on, at = day((node.get("date") or "") if node is not None else ""), (node.get("time") or "") if node is not None else ""
    try:
        return datetime.combine(on, time.fromisoformat(at)) if on and at else None
    except ValueError:
        return None


def _subject(root: etree._Element) -> recordings.Subject:
    person = root.find(".//generalpatientdata")
    parts = [said(person, f"name/{part}") for part in ("lastname", "firstname", "middlename")]
    return recordings.Subject(
        identifier=said(person, "patientid", 80), name=recordings.full_name(*parts), sex=sex(said(person, "sex")), born_on=day(said(person, "age/dateofbirth")),
        age_years=number(said(person, "age/years")),
    )  # fmt: skip


def _device(root: etree._Element) -> recordings.Device:
    machine, acquirer = root.find(".//dataacquisition/machine"), root.find(".//dataacquisition/acquirer")
    return recordings.Device(
        maker="Philips", model=said(machine) or recordings.clean(machine.get("detaildescription") or "" if machine is not None else ""),
        serial=recordings.clean((machine.get("machineid") or "") if machine is not None else "", 80), software=said(root, ".//interpretation/softwareversion"),
        institution=said(acquirer, "institutionname") or said(acquirer, "institutionlocationid"), operator=said(acquirer, "operatorid"),
    )  # fmt: skip


def _filters(root: etree._Element) -> recordings.Filters:
    """What had been filtered before the samples were stored: the acquisition's band where given, else the report's settings."""
    band = root.find(".//reportbandwidth")
    acquired = re.fullmatch(r"\s*([\d.]+)\s*-\s*([\d.]+)\s*(?:Hz)?\s*", said(root, ".//signalcharacteristics/signalbandwidth"))
    high, low = (number(acquired[1]), number(acquired[2])) if acquired else (number(said(band, "highpassfiltersetting")), number(said(band, "lowpassfiltersetting")))
    return recordings.Filters(high, low, number(said(band, "notchfiltersetting")))


def _given(root: etree._Element) -> tuple[recordings.Given, ...]:
    found: dict[tuple[str, str], recordings.Given] = {}
    for place in (".//interpretationmeasurements", ".//globalmeasurements", ".//crossleadmeasurements"):
        for code, one in _numbers(root.find(place), _GLOBAL).items():
            found.setdefault((code, ""), one)
    for node in root.iterfind(".//leadmeasurements/leadmeasurement"):
        name = recordings.lead_name(node.get("leadname") or "")
        for code, one in _numbers(node, _LEADWISE, name).items():
            found.setdefault((code, name), one)
    return tuple(found.values())


def _numbers(node: etree._Element | None, table: dict[str, tuple[str, str]], lead: str = "") -> dict[str, recordings.Given]:
    found: dict[str, recordings.Given] = {}
    for child in node if node is not None else ():
        code, unit = table.get(str(child.tag), ("", ""))
        value = number(child.text) if code else None
        if value is not None:
            found.setdefault(code, recordings.Given(code, value, unit, lead))
    return found


def _statements(root: etree._Element) -> tuple[str, ...]:
    found = []
    node = next(root.iterfind(".//interpretations/interpretation"), None)
    for one in node.findall("statement") if node is not None else ():
        left, right = said(one, "leftstatement", 300), said(one, "rightstatement", 300)
        found.append(f"{left}（{right}）" if left and right else left or right)
    severity = said(node, "severity")
    return tuple(text for text in (*found, severity) if text)


def _median(root: etree._Element) -> tuple[tuple[recordings.Lead, ...], float]:
    """Representative beats as plain 16-bit samples; of another encoding they are left out."""
    node = root.find(".//repbeats")
    if node is None or (node.get("compression") or node.get("compressmethod") or "Uncompressed").lower() != "uncompressed":
        return (), 0.0
    rate, scale = number(node.get("samplespersec") or node.get("samplespersecond")), number(node.get("resolution"))
    leads = []
    for beat in node.iter("repbeat"):
        inner = beat.find("waveform")
        raw = unpacked((inner if inner is not None else beat).text or "")
        leads.append(recordings.Lead(recordings.lead_name(beat.get("leadname") or ""), np.frombuffer(raw[: len(raw) // 2 * 2], dtype="<i2"), scale or 5.0))
    return (tuple(leads), rate) if rate and scale and leads and len({len(lead.samples) for lead in leads}) == 1 else ((), 0.0)

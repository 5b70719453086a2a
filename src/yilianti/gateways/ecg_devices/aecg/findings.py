"""Annotations of an aECG: measurements, statements, and marks over time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from statistics import median

from lxml import etree

from yilianti.gateways.ecg_devices import units
from yilianti.gateways.ecg_devices.aecg.moments import moment
from yilianti.gateways.ecg_devices.aecg.series import XSI_TYPE
from yilianti.gateways.ecg_devices.markup import number, said
from yilianti.record.recordings import api as recordings

#: ISO/IEEE 11073-10101 measurement codes as they are called elsewhere in the platform.
CODES = {
    "TIME_PD_RR": "RR", "TIME_PD_PP": "PP", "HEART_RATE": "HR", "TIME_PD_P": "P_DUR", "TIME_PD_PR": "PR", "TIME_PD_PQ": "PR", "TIME_PD_QRS": "QRS", "TIME_PD_QT": "QT",
    "TIME_PD_QTC": "QTC", "TIME_PD_QTCB": "QTC", "TIME_PD_QTCF": "QTCF", "TIME_PD_QTC_BAZETT": "QTC", "TIME_PD_QTC_FRIDERICIA": "QTCF", "ANGLE_P_FRONT": "P_AXIS",
    "ANGLE_QRS_FRONT": "QRS_AXIS", "ANGLE_T_FRONT": "T_AXIS",
}  # fmt: skip
_WAVES = {"PWAVE": "P", "QRSWAVE": "QRS", "TWAVE": "T", "UWAVE": "U", "PRSEG": "PR_segment", "STSEG": "ST_segment"}


def given(node: etree._Element, derived: etree._Element | None) -> tuple[tuple[recordings.Given, ...], tuple[str, ...]]:
    """Measurements of the whole recording: those of the representative beat and those that belong to no single beat; where there are only beats,
    the median over them, which a note says. → (measurements, notes)"""
    whole, beats = [], dict[tuple[str, str, str], list[float]]()
    for annotation, in_beat in _annotations(node):
        one = _measurement(annotation)
        if one is not None and in_beat:
            beats.setdefault((one.code, one.unit, one.lead), []).append(one.value)
        elif one is not None:
            whole.append(one)
    if derived is not None:
        whole = [*(one for annotation, _ in _annotations(derived) if (one := _measurement(annotation)) is not None), *whole]
    if whole or not beats:
        return _unique(whole), ()
    return tuple(recordings.Given(code, median(values), unit, lead) for (code, unit, lead), values in beats.items()), ("测量值是各心搏测量值的中位数",)


def statements(node: etree._Element, derived: etree._Element | None) -> tuple[str, ...]:
    """What the device says of the rhythm and the shape, once each."""
    found: dict[str, None] = {}
    for source in (node, derived):
        for annotation, _ in _annotations(source) if source is not None else ():
            value, kind = annotation.find("value"), _code(annotation)
            if value is None or "WAVC" in kind or kind.startswith("BEAT") or value.get("unit") is not None:
                continue
            text = said(value, longest=400) if (value.get(XSI_TYPE) or "").rpartition(":")[2] in ("ST", "ED") else value.get("displayName") or ""
            if text and not kind.endswith("KEYWORD"):
                found[recordings.clean(text, 400)] = None
    return tuple(found)


def marks(node: etree._Element, began: datetime | None, offset: float) -> tuple[recordings.Mark, ...]:
    """Waves with their beginning and end in seconds from the first sample; of a wave with one end only that instant is kept."""
    found: list[recordings.Mark] = []
    for annotation, _ in _annotations(node):
        value = annotation.find("value")
        wave = _WAVES.get((value.get("code") or "").rpartition("_")[2]) if value is not None and _code(annotation) == "WAVC" else None
        if wave:
            found.extend(_region(wave, annotation, began, offset))
    return tuple(found)


def _region(wave: str, annotation: etree._Element, began: datetime | None, offset: float) -> Iterator[recordings.Mark]:
    lead, low, high = "", None, None
    for boundary in annotation.iterfind("support/supportingROI/component/boundary"):
        code, value = boundary.find("code"), boundary.find("value")
        name = (code.get("code") or "") if code is not None else ""
        if "_LEAD_" in name:
            lead = recordings.lead_name(name)
        elif name.startswith("TIME_") and value is not None:
            low, high = (_place(value.find(end), began, offset) for end in ("low", "high"))
    if low is not None and high is not None and high >= low:
        yield recordings.Mark(wave, low, high, lead)
    elif low is not None:
        yield recordings.Mark(f"{wave}_onset", low, low, lead)
    elif high is not None:
        yield recordings.Mark(f"{wave}_offset", high, high, lead)


def _place(node: etree._Element | None, began: datetime | None, offset: float) -> float | None:
    if node is None or node.get("value") is None:
        return None
    if node.get("unit"):
        value = number(node.get("value"))
        return None if value is None else round(value * units.seconds(node.get("unit") or "s") - offset, 6)
    at = moment(node.get("value") or "")
    if at is None or began is None or (at.tzinfo is None) != (began.tzinfo is None):
        return None
    return (at - began).total_seconds()


def _annotations(node: etree._Element) -> Iterator[tuple[etree._Element, bool]]:
    """Every annotation of a series' own sets, and whether it belongs to a single beat."""
    for found in node.iterfind("subjectOf/annotationSet"):
        for annotation in found.iter("annotation"):
            above = annotation.getparent()
            holder = above.getparent() if above is not None else None
            yield annotation, holder is not None and holder.tag == "annotation" and _code(holder) == "BEAT"


def _code(annotation: etree._Element) -> str:
    code = annotation.find("code")
    return (code.get("code") or "").removeprefix("MDC_ECG_") if code is not None else ""


def _measurement(annotation: etree._Element) -> recordings.Given | None:
    value = annotation.find("value")
    amount = number(value.get("value")) if value is not None and value.get("unit") is not None else None
    kind = _code(annotation)
    if value is None or amount is None or not kind:
        return None
    lead = next((recordings.lead_name(code.get("code") or "") for code in annotation.iterfind("support/supportingROI/component/boundary/code") if "_LEAD_" in (code.get("code") or "")), "")
    return recordings.Given(CODES.get(kind.upper(), kind)[:60], amount, recordings.clean(value.get("unit") or "", 20), lead)


def _unique(found: list[recordings.Given]) -> tuple[recordings.Given, ...]:
    kept: dict[tuple[str, str], recordings.Given] = {}
    for one in found:
        kept.setdefault((one.code, one.lead), one)
    return tuple(kept.values())

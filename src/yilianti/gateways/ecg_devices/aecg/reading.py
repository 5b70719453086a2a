"""HL7 aECG (ANSI/HL7 V3 ECG R1-2004 and the FDA's December 2003 ballot): XML → tracing."""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from yilianti.gateways.ecg_devices.aecg import findings, persons
from yilianti.gateways.ecg_devices.aecg.moments import moment
from yilianti.gateways.ecg_devices.aecg.series import series
from yilianti.gateways.ecg_devices.refusing import no_leads
from yilianti.record.recordings import api as recordings


def read(root: etree._Element, notes: tuple[str, ...] = ()) -> recordings.Tracing:
    """The rhythm series as the tracing, its derived representative beats as the median."""
    found = [node for node in root.iterfind("component/series") if _kind(node) != "REPRESENTATIVE_BEAT"]
    if not found:
        raise no_leads()
    node = next((one for one in found if one.find("component/sequenceSet") is not None), found[0])
    beats = (*node.iterfind("derivation/derivedSeries"), *root.iterfind("component/series"))
    beat = next((one for one in beats if _kind(one) == "REPRESENTATIVE_BEAT"), None)
    rhythm, median = series(node), series(beat) if beat is not None else None
    measured, further = findings.given(node, beat)
    began = rhythm.started_at or _low(node) or _low(root)
    several = (f"文件里有 {len(found)} 段记录，只读第一段",) if len(found) > 1 else ()
    return recordings.Tracing(
        format=recordings.Format.AECG, leads=rhythm.leads, rate=rhythm.rate, started_at=began, subject=persons.subject(root), device=persons.device(node, root),
        filters=persons.filters(node), given=measured, statements=findings.statements(node, beat), marks=findings.marks(node, began, rhythm.offset),
        median=median.leads if median else (), median_rate=median.rate if median else 0.0, key=persons.key(root), notes=(*notes, *rhythm.notes, *further, *several),
    )  # fmt: skip


def _kind(node: etree._Element) -> str:
    code = node.find("code")
    return (code.get("code") or "").upper() if code is not None else ""


def _low(node: etree._Element) -> datetime | None:
    for end in ("effectiveTime/low", "effectiveTime/center", "effectiveTime"):
        found = node.find(end)
        at = moment(found.get("value") or "") if found is not None else None
        if at is not None:
            return at
    return None

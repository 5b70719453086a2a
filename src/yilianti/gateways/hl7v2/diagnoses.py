"""An issued report of the shared centre in the words of HL7: ORU^R01 with the PDF, measurements, statements, conclusion and critical flag.

Source: HL7 v2.5.1 chapter 7 (7.3.1 ORU, 7.4.1 OBR, 7.4.2 OBX), 2.A.24 ED, 2.A.47 NDL, tables 0078, 0085, 0123, 0136. LOINC where the
observation is surely the same; what no LOINC code says for certain has the platform's own.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db import transaction

from yilianti.care.diagnosis import api as diagnosis
from yilianti.care.diagnosis.api import Reported
from yilianti.gateways.hl7v2 import acknowledgement, referrals, sending
from yilianti.gateways.hl7v2.acknowledgement import Piece
from yilianti.gateways.outbound import api as outbound
from yilianti.gateways.outbound.api import Event
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

_OURS: Final = "YILIANTI"
_STUDY: Final = ("11524-6", "EKG study", "LN", "ECG", "心电图", _OURS)
_IMPRESSION: Final = ("8601-7", "EKG impression", "LN", "STATEMENT", "诊断语句", _OURS)
_LOINC: Final = {
    "HR": ("8867-4", "Heart rate"), "PR": ("8625-6", "P-R Interval"), "QRS": ("8633-0", "QRS duration"), "QT": ("8634-8", "Q-T interval"), "QTC": ("8636-3", "Q-T interval corrected"),
    "P_AXIS": ("8626-4", "P wave axis"), "QRS_AXIS": ("8632-2", "QRS axis"), "T_AXIS": ("8638-9", "T wave axis"),
}  # fmt: skip
RESEND: Final = "hl7v2.resend"
#: Not on its way any more, and not received.
STANDING: Final = (outbound.State.PARKED.value, outbound.State.CANCELLED.value)
#: UCUM.
_UNITS: Final = {"次/分": "/min", "°": "deg"}
_PRIORITIES: Final = {"routine": "R", "emergency": "S", "chest_pain": "S"}


def announce_report(*, actor: Actor, number: str, version: int, entry: int | None, at: datetime) -> int:
    """Queue this version of the report, once, for each destination of the member that asked for reports; returns for how many."""
    told = diagnosis.reported(number, version)
    if told is None:
        return 0
    places = outbound.wanting(told.institution, "hl7v2", Event.REPORT_OF_OURS.value)
    for place in places:
        key = f"diagnosis:{number}:v{version}:{place.pk}"
        address = outbound.Address(place.name, place.institution_id, place.host, place.port, settings=dict(place.settings))
        lines = [sending.header(address, "ORU^R01^ORU_R01", outbound.control_id(key), at)]
        lines += [acknowledgement.line(sending.DELIMITERS, segment) for segment in segments(told)]
        payload = ("\r".join(lines) + "\r").encode(sending.codec_of(address), "replace")
        outbound.enqueue(actor=actor, destination=place.pk, kind="ORU^R01", key=key, subject=subject(number), payload=payload, at=at, resident=told.resident, caused_by=entry)
    return len(places)


def versions(exam: diagnosis.Exam) -> list[int]:
    """The issued versions of its report, the latest first."""
    return list(exam.issues.order_by("-version").values_list("version", flat=True))


def resend(*, actor: Actor, number: str, at: datetime) -> int:
    """What of an exam's reports stands still is sent again, and the latest goes to whoever asked for reports only later; returns how many."""
    exam = diagnosis.one(actor, number)
    if exam is None:
        raise Refused("unknown_exam", f"没有编号为 {number[:24]} 的检查，或您无权查看；请核对编号。", "no such exam", field="number")
    actor.require(RESEND, exam.institution_id)
    with transaction.atomic():
        before = outbound.about(subject(number))
        for row in before:
            if row.state in STANDING:
                outbound.replay(actor=actor, message=row.pk, at=at, permission=RESEND)
        for version in versions(exam)[:1]:
            announce_report(actor=actor, number=number, version=version, entry=None, at=at)
        sent = sum(row.state in STANDING for row in before) + len(outbound.about(subject(number))) - len(before)
    if not sent:
        raise Refused("nothing_to_send", "没有停下的报告消息；已发出的不重复发送。", "nothing stands still")
    return sent


def subject(number: str) -> str:
    """What orders the messages of an exam: a correction never overtakes what it corrects."""
    return f"diagnosis:{number}"


def segments(told: Reported) -> Iterator[tuple[Piece, ...]]:
    """PID, PV1, ORC, OBR, OBX…, NTE; the placer's number is the member's own, the filler's is ours."""
    placer, filler = (told.placer_number,), (told.number, _OURS)
    recorded, issued, state = referrals.moment(told.acquired_at), referrals.moment(told.issued_at), "F" if told.version == 1 else "C"
    yield referrals.patient(told.resident, told.institution)
    yield ("PV1", "1", "U")
    yield ("ORC", "RE", placer, filler, "", "CM", "", "", "", referrals.moment(told.ordered_at), "", "", _physician(told.orderer))
    obr: list[Piece] = [""] * 33
    obr[0], obr[1], obr[2], obr[3], obr[4] = "OBR", "1", placer, filler, _STUDY
    obr[7], obr[13], obr[14], obr[16] = recorded, told.complaint, referrals.moment(told.sent_at), _physician(told.orderer)
    obr[22], obr[24], obr[25], obr[27] = issued, "EC", state, ("", "", "", "", "", _PRIORITIES[told.urgency])
    obr[32] = (("", told.auditor),)
    yield tuple(obr)
    for place, (kind, what, part, value, unit, flag) in enumerate(_observations(told), 1):
        yield ("OBX", str(place), kind, what, part, value, unit, "", flag, "", "", state, "", "", recorded, "", _physician(told.reader))
    if told.because:
        yield ("NTE", "1", "", f"更正原因：{told.because}")


def _physician(name: str) -> Piece:
    return ("", name) if name else ""


def _observations(told: Reported) -> Iterator[tuple[str, Piece, str, Piece, Piece, str]]:
    """Value type, what, sub-id, value, unit, flag of each line; what a system shows first comes first."""
    yield ("FT", _own("CONCLUSION", "诊断意见"), "", told.conclusion.replace("\r\n", "\n"), "", "AA" if told.critical else "")
    for place, (code, name, aha) in enumerate(told.statements, 1):
        yield ("CWE", _IMPRESSION, str(place), (code, name, _OURS, *((aha, name, "AHA") if aha else ())), "", "")
    yield ("CWE", _own("CRITICAL", "危急值"), "", ("Y", "是", "HL70136") if told.critical else ("N", "否", "HL70136"), "", "AA" if told.critical else "")
    for place, (code, sentence) in enumerate(told.critical, 1):
        yield ("CWE", _own("CRITICAL_VALUE", "危急值内容"), str(place), (code, sentence, _OURS), "", "AA")
    for code, name, value, unit in told.measurements:
        loinc = _LOINC.get(code)
        what = (*loinc, "LN", code, name, _OURS) if loinc else _own(code, name)
        yield ("NM", what, "", value, (_UNITS.get(unit, unit), unit, "UCUM"), "")
    yield ("ED", _own("REPORT", "心电图报告单"), "", (_OURS, "AP", "PDF", "Base64", base64.b64encode(told.pdf).decode()), "", "")


def _own(code: str, name: str) -> Piece:
    return (code, name, _OURS)

"""HL7 v2.5.1 messages as the county's hospital systems would send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from django.utils import timezone

from demo.names import Particulars


@dataclass(frozen=True)
class Patient:
    """Somebody with the numbers under which the systems know them."""

    who: Particulars
    home: str
    resident: int
    number: str
    insurance: str
    phone: str
    address: str
    serial: int


@dataclass(frozen=True)
class Item:
    """One line of a report: code, name, value, unit, range, flag."""

    code: str
    name: str
    value: str
    unit: str = ""
    limits: str = ""
    flag: str = ""


@dataclass
class Writer:
    """Writes one facility's messages; control ids count up."""

    facility: str
    numbers: count[int] = field(default_factory=lambda: count(1))

    def _head(self, kind: str, at: datetime) -> str:
        control = f"{self.facility}{next(self.numbers):06d}"
        return f"MSH|^~\\&|HIS|{self.facility}|YILIANTI|YILIANTI|{stamp(at)}||{kind}|{control}|P|2.5.1||||||UNICODE UTF-8"

    def _patient(self, patient: Patient) -> str:
        who = patient.who
        numbers = f"{self.facility[2:4]}{patient.serial:06d}^^^HIS^MR~{who.id_card}^^^PSB^NI"
        if patient.insurance:
            numbers += f"~{patient.insurance}^^^YB^HIC"
        return f"PID|1||{numbers}||{who.name}||{who.born_on:%Y%m%d}|{'M' if who.sex == '1' else 'F'}|||{patient.address}^^^^^CHN||{patient.phone}"

    def _visit(self, visit: Visit, ended: datetime | None = None) -> str:
        fields = [""] * 46
        fields[0], fields[1], fields[2], fields[3] = "PV1", "1", visit.kind, f"{visit.department}^{visit.bed}" if visit.bed else visit.department
        fields[7], fields[10], fields[19], fields[44] = f"D01^{visit.doctor}", visit.department, visit.number, stamp(visit.opened_at)
        if ended:
            fields[36], fields[45] = "01^医嘱离院", stamp(ended)
        return "|".join(fields).rstrip("|")

    def _diagnosis(self, visit: Visit, kind: str) -> str:
        return f"DG1|1||{visit.diagnosis[0]}^{visit.diagnosis[1]}^ICD10|||{kind}"

    def adt(self, trigger: str, patient: Patient, visit: Visit, at: datetime) -> str:
        """A01, A04 or A03 (which ends the visit at `at`)."""
        ended = at if trigger == "A03" else None
        reason = [f"PV2|||^{visit.reason}"] if visit.reason else []
        return _joined(self._head(f"ADT^{trigger}", at), f"EVN|{trigger}|{stamp(at)}", self._patient(patient), self._visit(visit, ended), *reason,
                       self._diagnosis(visit, "F" if ended else "A" if visit.kind == "I" else "W"))  # fmt: skip

    def oru(self, patient: Patient, visit: Visit, order: str, report: tuple[str, str, str], items: tuple[Item, ...], at: datetime, note: str = "") -> str:
        """A report (code, name, category) with its items, issued at `at`."""
        code, name, category = report
        lines = [f"OBX|{n}|{_type(item)}|{item.code}^{item.name}^LOCAL||{item.value}|{item.unit}|{item.limits}|{item.flag}|||F" for n, item in enumerate(items, 1)]
        notes = [f"NTE|1||{note}"] if note else []
        return _joined(self._head("ORU^R01", at), self._patient(patient), self._visit(visit),
                       f"OBR|1||{order}|{code}^{name}^LOCAL|||{stamp(at)}|||||||||||||||{stamp(at)}||{category}|F", *lines, *notes)  # fmt: skip

    def mdm(self, patient: Patient, visit: Visit, document: str, text: tuple[str, ...], at: datetime) -> str:
        """A discharge summary."""
        lines = [f"OBX|{n}|TX|11490-0^出院小结^LN||{line}||||||F" for n, line in enumerate(text, 1)]
        return _joined(self._head("MDM^T02", at), f"EVN|T02|{stamp(at)}", self._patient(patient), self._visit(visit),
                       f"TXA|1|DS^出院小结|TX|{stamp(at)}|||||D01^{visit.doctor}|||{document}|||||AU", *lines)  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """One visit or stay: `kind` as in PV1-2 (I, O, E), `diagnosis` code and name."""

    number: str
    kind: str
    department: str
    doctor: str
    diagnosis: tuple[str, str]
    opened_at: datetime
    reason: str = ""
    bed: str = ""


def stamp(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y%m%d%H%M%S}+0800"


def _type(item: Item) -> str:
    return "NM" if item.value.replace(".", "", 1).isdecimal() else "ST"


def _joined(*segments: str) -> str:
    return "\r".join([*segments, ""])

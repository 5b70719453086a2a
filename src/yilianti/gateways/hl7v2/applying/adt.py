"""ADT A01 A02 A03 A04 A08 A11 A13 → the encounter door; what speaks of persons only goes to `merging`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from yilianti.gateways.hl7v2.applying import fields, identity, merging, rde, visits
from yilianti.gateways.hl7v2.applying.context import Context
from yilianti.gateways.hl7v2.parsing import Segment
from yilianti.gateways.hl7v2.terms import Table
from yilianti.kernel.finding import Refused
from yilianti.record.encounters import api as encounters
from yilianti.record.encounters.api import Diagnosis, EncounterContent, Filed

# HL7 table 0004.
_CLASSES: Final = {"I": "inpatient", "O": "outpatient", "E": "emergency", "P": "other", "R": "outpatient", "B": "inpatient",
                   "C": "other", "N": "other", "U": "other"}
# HL7 table 0112, the part in use.
_DISPOSITIONS: Final = {"01": "医嘱离院", "1": "医嘱离院", "02": "转院", "2": "转院", "03": "转社区或乡镇", "3": "转社区或乡镇",
                        "07": "自动离院", "4": "自动离院", "20": "死亡", "5": "死亡", "9": "其他"}
# HL7 table 0052.
_DIAGNOSIS_KINDS: Final = {"A": "admitting", "W": "working", "F": "final"}
_READ: Final = frozenset({"MSH", "EVN", "PID", "PV1", "DG1"})
_NAMED: Final = {"NK1": "next_of_kin", "AL1": "allergies", "IN1": "insurance", "OBX": "observations", "PR1": "procedures",
                 "GT1": "guarantors", "PV2": "visit_more", "PD1": "patient_more"}


def apply(context: Context) -> None:
    """Registers the resident and files what happened to the visit."""
    if context.trigger in merging.TRIGGERS:
        merging.apply(context)
        return
    if context.trigger == "A08" and _tells_of_no_visit(context):
        rde.allergies(context, identity.register(context))
        return
    visit = context.need("PV1", "就诊信息")
    number = visits.required_number(context, visit)
    resident = identity.register(context)
    who: dict[str, Any] = {
        "actor": context.actor, "resident_id": resident, "institution_id": context.sender.institution, "visit_number": number,
        "source": context.source, "at": context.at, "occurred_at": _happened(context),
    }
    filed = _FILERS[context.trigger](context, visit, who)
    context.findings.extend(filed.findings)
    context.subjects.append(f"encounters:{filed.number}")
    rde.allergies(context, resident)


def _tells_of_no_visit(context: Context) -> bool:
    """An A08 may bring the person's data only."""
    visit, patient = context.message.first("PV1"), context.message.first("PID")
    return visit is None or not (visit.has(19) or (patient is not None and patient.has(18)))


def _happened(context: Context) -> datetime:
    """The moment the message speaks of: EVN-6, EVN-2, the header's, else the receipt."""
    event = context.message.first("EVN")
    return context.first_moment((event, 6), (event, 2), (context.message.header, 7))


def _open(context: Context, visit: Segment, who: dict[str, Any]) -> Filed:
    default = "outpatient" if context.trigger == "A04" else "inpatient"
    opened_at = context.moment(visit, 44) or who["occurred_at"]
    return encounters.open_encounter(**who, kind=_kind(context, visit, default), opened_at=opened_at, content=content(context, visit))


def _transfer(context: Context, visit: Segment, who: dict[str, Any]) -> Filed:
    return encounters.transfer(**who, kind=_kind(context, visit, ""), opened_at=context.moment(visit, 44), content=content(context, visit))


def _amend(context: Context, visit: Segment, who: dict[str, Any]) -> Filed:
    return encounters.amend(**who, kind=_kind(context, visit, ""), opened_at=context.moment(visit, 44), content=content(context, visit))


def _close(context: Context, visit: Segment, who: dict[str, Any]) -> Filed:
    return encounters.close(
        **who, kind=_kind(context, visit, ""), opened_at=context.moment(visit, 44), content=content(context, visit),
        closed_at=context.moment(visit, 45) or who["occurred_at"],
        outcome=context.standard(Table.DISPOSITION, visit.component(36), _DISPOSITIONS, visit.component(36, 2) or visit.component(36)),
    )


def _cancel_open(context: Context, visit: Segment, who: dict[str, Any]) -> Filed:
    return encounters.cancel_open(**who)


def _cancel_close(context: Context, visit: Segment, who: dict[str, Any]) -> Filed:
    """Undoes the discharge, then takes what the message says of the stay that goes on."""
    undone: tuple[Any, ...] = ()
    try:
        undone = encounters.cancel_close(**who).findings
    except Refused as refusal:
        # The discharge was never told; the sender says that the patient is in the house, which is what is kept.
        if refusal.code != "unknown_visit":
            raise
        context.note("discharge_unknown", "没有可撤销的出院记录，按仍在就诊登记。", en="No discharge was known; the visit is kept as open.")
    filed = _amend(context, visit, who)
    context.findings.extend(undone)
    return filed


_FILERS: Final = {"A01": _open, "A02": _transfer, "A03": _close, "A04": _open, "A08": _amend, "A11": _cancel_open, "A13": _cancel_close}


def _kind(context: Context, visit: Segment, default: str) -> str:
    return context.standard(Table.PATIENT_CLASS, visit.component(2), _CLASSES, default)


def content(context: Context, visit: Segment) -> EncounterContent:
    """What the message says of the visit, in the words of the encounter door."""
    service = context.coded(Table.DEPARTMENT, fields.Code(visit.component(10).strip(), visit.component(10, 2).strip()))
    ward = context.coded(Table.DEPARTMENT, fields.Code(visit.component(3).strip(), visit.component(3, 9).strip()))
    bed = "-".join(part for part in (visit.component(3, 2).strip(), visit.component(3, 3).strip()) if part)
    more = context.message.first("PV2")
    reason = fields.code(more.first(3)).label or more.text(12).strip() if more is not None else ""
    clears = {name for name, number in (("ward", 3), ("doctor", 7), ("department", 10)) if visit.is_null(number)}
    return EncounterContent(
        department=(service.label or ward.label)[:64], ward=ward.label[:64], bed=bed[:32],
        doctor=fields.staff_name(visit, 7) or fields.staff_name(visit, 17), reason=reason[:200],
        diagnoses=tuple(_diagnoses(context)), details=details(context, visit), clears=frozenset(clears),
    )


def _diagnoses(context: Context) -> list[Diagnosis]:
    found = []
    for segment in context.message.all("DG1"):
        said = context.coded(Table.DIAGNOSIS, fields.code(segment.first(3)))
        name = said.text or segment.text(4).strip() or said.code
        if name:
            kind = _DIAGNOSIS_KINDS.get(segment.component(6).strip().upper(), "")
            found.append(Diagnosis(name[:160], said.code[:64], said.system[:32], kind, context.moment(segment, 5)))
    return found


def details(context: Context, visit: Segment) -> dict[str, Any]:
    """Everything else the sender gave, named where it has a name, raw where it has none: nothing is dropped."""
    kept: dict[str, Any] = {}
    doctors = {8: "referring_doctor", 9: "consulting_doctor", 17: "admitting_doctor"}
    kept.update({name: said for number, name in doctors.items() if (said := fields.staff_name(visit, number))})
    for number, name in ((4, "admission_type"), (6, "prior_location"), (14, "admit_source"), (36, "disposition")):
        if said := fields.line(visit.first(number)):
            kept[name] = said
    for segment in context.message:
        if segment.name in _NAMED:
            kept.setdefault(_NAMED[segment.name], []).append(readable(segment))
        elif segment.name not in _READ:
            kept.setdefault("other_segments", []).append(segment.raw)
    return kept


def readable(segment: Segment) -> dict[str, str]:
    """A segment's filled fields by number, each as readable text."""
    values = ((str(n), "；".join(fields.line(f) for f in segment.repetitions(n))) for n in range(1, len(segment) + 1))
    return {number: value for number, value in values if value}

"""SIU S12 S13 S14 S15 S26 → the schedules door.

Source: HL7 v2.5.1 chapter 10 (10.4, 10.6.1 SCH, 10.6.4 AIS, 10.6.7 AIP), TQ1 from 2.7 on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from yilianti.capacity.schedules import api as schedules
from yilianti.gateways.hl7v2.applying import fields, identity
from yilianti.gateways.hl7v2.applying.context import Context, Unusable
from yilianti.gateways.hl7v2.applying.fields import BadValue
from yilianti.gateways.hl7v2.parsing import Segment
from yilianti.gateways.hl7v2.terms import Table

_ACTS: Final = {"S12": schedules.book, "S13": schedules.reschedule, "S14": schedules.modify, "S15": schedules.cancel, "S26": schedules.miss}
_UNITS: Final = {"s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600, "hr": 3600}


def apply(context: Context) -> None:
    """Registers the resident and files what became of the appointment."""
    schedule = context.need("SCH", "预约信息")
    number = (schedule.component(2) or schedule.component(1)).strip()
    if not number:
        raise Unusable("101", "SCH-2 预约号为空，请填写后重发。", "SCH-2 (filler appointment id) is required.", "SCH", 2)
    said = _said(context, schedule, number)
    resident = identity.register(context)
    filed = _ACTS[context.trigger](actor=context.actor, resident_id=resident, institution_id=context.sender.institution, said=said,
                                   source=context.source, at=context.at)  # fmt: skip
    context.findings.extend(filed.findings)
    context.subjects.append(f"schedules:{filed.number}")


def _said(context: Context, schedule: Segment, number: str) -> schedules.Said:
    starts, ends = _times(context, schedule)
    service, place = context.message.first("AIS"), context.message.first("AIL")
    who, visit = context.message.first("AIP"), context.message.first("PV1")
    department = fields.Code()
    for segment, field in ((visit, 10), (place, 3), (visit, 3)):
        if segment is not None and not department:
            department = context.coded(Table.DEPARTMENT, fields.Code(segment.component(field).strip(), segment.component(field, 2).strip() if field == 10 else ""))
    notes = [segment.text(3).strip() for segment in context.message.all("NTE")[:1]]
    return schedules.Said(
        filler_number=number, placer_number=schedule.component(1).strip(), starts_at=starts, ends_at=ends, department=department.label, department_code=department.code,
        practitioner=(fields.staff_name(who, 3) if who is not None else "") or (fields.staff_name(visit, 7) if visit is not None else ""),
        service=fields.code(service.first(3)).label if service is not None else fields.code(schedule.first(7)).label,
        note="；".join(filter(None, notes)),
    )  # fmt: skip


def _times(context: Context, schedule: Segment) -> tuple[datetime | None, datetime | None]:
    """From TQ1, the service, or the older SCH-11; an appointment may lie in the future, unlike what has happened."""
    timing, service = context.message.first("TQ1"), context.message.first("AIS")
    starts = _moment(context, timing, 7) or _moment(context, service, 4) or _moment(context, schedule, 11, 4)
    ends = _moment(context, timing, 8) or _moment(context, schedule, 11, 5)
    if ends is None and starts is not None and service is not None and (length := service.component(7).strip()).isdecimal() and len(length) < 6:
        ends = starts + timedelta(seconds=int(length) * _UNITS.get(service.component(8).strip().lower(), 60))
    return starts, ends if starts and ends and ends >= starts else None


def _moment(context: Context, segment: Segment | None, number: int, component: int = 1) -> datetime | None:
    written = segment.component(number, component) if segment is not None else ""
    try:
        return fields.moment(written)
    except BadValue:
        context.note("bad_date", f"{segment.name if segment else ''}-{number} 的日期时间无法识别，未采用。", written[:40], "A date or time makes no sense.")
        return None

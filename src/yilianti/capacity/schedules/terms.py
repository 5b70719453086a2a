"""Appointments in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilianti.kernel.finding import Finding
from yilianti.kernel.terms import Term


class State(Term):
    """SCH-25 (HL7 table 0278) [FHIR Appointment.status]."""

    BOOKED = "booked", "已预约", "booked"
    CANCELLED = "cancelled", "已取消", "cancelled"
    NO_SHOW = "no_show", "未到", "did not come"


class Verb(Term):
    RESCHEDULE = "reschedule", "改期", "reschedule"
    MODIFY = "modify", "更新预约", "modify"
    CANCEL = "cancel", "取消预约", "cancel"
    MISS = "miss", "记为未到", "note the absence"


@dataclass(frozen=True)
class Said:
    """What a message says of an appointment; empty means not said. `placer_number` is the number of who asked for it."""

    filler_number: str
    placer_number: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    department: str = ""
    practitioner: str = ""
    service: str = ""
    note: str = ""


@dataclass(frozen=True)
class Filed:
    """What an action did, and what was noticed; `changed` is False when exactly this was known."""

    number: str
    state: str
    changed: bool
    findings: tuple[Finding, ...] = ()


#: What each journal word of this room is called on pages.
JOURNAL = {
    "schedules.booked": "预约", "schedules.rescheduled": "改期", "schedules.modified": "更新预约", "schedules.cancelled": "取消预约", "schedules.missed": "预约未到",
}  # fmt: skip

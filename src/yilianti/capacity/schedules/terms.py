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


class ReservationState(Term):
    HELD = "held", "暂留", "held"
    CONFIRMED = "confirmed", "已确认", "confirmed"
    USED = "used", "已到", "used"
    RELEASED = "released", "已退还", "released"
    LAPSED = "lapsed", "已到期", "lapsed"


#: Takes a place away from others, as long as its lease has not run out.
STANDING = (ReservationState.HELD, ReservationState.CONFIRMED)


class ReservationVerb(Term):
    EXTEND = "extend", "延长暂留", "extend"
    EXCHANGE = "exchange", "改选", "exchange"
    CONFIRM = "confirm", "确认预留", "confirm"
    USE = "use", "登记已到", "use"
    UNUSE = "unuse", "撤销已到", "undo the arrival"
    RELEASE = "release", "退还", "release"
    LAPSE = "lapse", "到期", "lapse"
    BOOK = "book", "院方预约", "book by the hospital"
    MOVE = "move", "院方改期", "move by the hospital"
    WITHDRAW = "withdraw", "院方取消", "withdraw by the hospital"


class WaitingState(Term):
    WAITING = "waiting", "排队中", "waiting"
    OFFERED = "offered", "已排到，待答复", "offered"
    PLACED = "placed", "已接受", "placed"
    LEFT = "left", "已退出", "left"
    REMOVED = "removed", "已移出", "removed"
    DROPPED = "dropped", "多次未答复", "dropped"


#: Still in the line.
IN_LINE = (WaitingState.WAITING, WaitingState.OFFERED)


class WaitingVerb(Term):
    OFFER = "offer", "给出名额", "offer"
    TAKE_OFFER = "take_offer", "接受名额", "take the offer"
    DECLINE_OFFER = "decline_offer", "放弃这次名额", "decline the offer"
    PASS_OVER = "pass_over", "未答复，让给下一位", "pass over"
    DROP = "drop", "多次未答复，不再排队", "drop"
    LEAVE = "leave", "退出候补", "leave"
    REMOVE = "remove", "移出候补", "remove"


class Urgency(Term):
    """Who is urgent is called before who is not; an emergency does not stand in a line."""

    URGENT = "urgent", "紧急", "urgent"
    ELECTIVE = "elective", "择期", "elective"


class BedKind(Term):
    ORDINARY = "ordinary", "普通床位", "ordinary"
    REHABILITATION = "rehabilitation", "康复床位", "rehabilitation"
    NURSING = "nursing", "护理床位", "nursing"


class SessionState(Term):
    OPEN = "open", "开放", "open"
    CLOSED = "closed", "已停诊", "closed"


@dataclass(frozen=True)
class Session:
    """A stretch of time in which a department sees patients; `until` repeats it weekly up to that day."""

    department: int
    starts_at: datetime
    ends_at: datetime
    minutes: int
    capacity: int = 1
    practitioner: int | None = None
    service: int | None = None
    note: str = ""


@dataclass(frozen=True)
class FreeSlot:
    """A slot that can still be taken."""

    slot: int
    department: int
    starts_at: datetime
    free: int


@dataclass(frozen=True)
class Beds:
    """What is known of the beds of one pool; `is_stale` when nobody has counted for longer than the policy allows."""

    pool: int
    institution: int
    department: int | None
    department_name: str
    kind: str
    total: int
    free: int
    counted_at: datetime
    is_stale: bool


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
    department_code: str = ""


@dataclass(frozen=True)
class Filed:
    """What an action did, and what was noticed; `changed` is False when exactly this was known."""

    number: str
    state: str
    changed: bool
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class InLine:
    """Where somebody stands: how many are before them, since when they wait, and what was offered."""

    number: str
    state: str
    urgency: str
    keeper: int
    department: int | None
    pool: int | None
    place: str
    ahead: int
    joined_at: datetime
    offer: str = ""
    offered: str = ""
    answer_by: datetime | None = None


#: What each journal word of this room is called on pages.
JOURNAL = {
    "schedules.booked": "预约", "schedules.rescheduled": "改期", "schedules.modified": "更新预约", "schedules.cancelled": "取消预约", "schedules.missed": "预约未到",
    "schedules.opened": "开放号源", "schedules.closed": "停诊", "schedules.beds_counted": "更新床位", "schedules.held": "暂留", "schedules.extended": "延长暂留",
    "schedules.exchanged": "改选", "schedules.confirmed": "确认预留", "schedules.used": "预留已到", "schedules.use_undone": "撤销已到", "schedules.released": "退还预留", "schedules.lapsed": "暂留到期",
    "schedules.place_occupied": "院方预约占号", "schedules.place_booked": "院方预约", "schedules.place_moved": "院方改期", "schedules.place_withdrawn": "院方取消",
    "schedules.line_joined": "加入候补", "schedules.offered": "排到名额", "schedules.offer_taken": "接受名额", "schedules.offer_declined": "放弃这次名额",
    "schedules.passed_over": "未答复，让给下一位", "schedules.dropped": "多次未答复，不再排队", "schedules.line_left": "退出候补", "schedules.removed": "移出候补",
}  # fmt: skip

"""Rosters in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from yilianti.kernel.terms import Term


class Service(Term):
    """What a roster is for; the codes are those of shared centres."""

    ECG = "ecg", "心电诊断", "ECG reading"


class Duty(Term):
    READER = "reader", "诊断医师", "reader"
    LEADER = "leader", "当班组长", "leader of the shift"
    HEAD = "head", "值班主任", "head on duty"


#: Who may be planned, and who is told where nobody is on duty.
ROLES = {Duty.READER: "centre_reader", Duty.LEADER: "centre_auditor", Duty.HEAD: "centre_head"}
#: The row of the template for the days off of the State Council's list.
HOLIDAY = 8
WEEKDAYS = ((1, "周一"), (2, "周二"), (3, "周三"), (4, "周四"), (5, "周五"), (6, "周六"), (7, "周日"), (HOLIDAY, "节假日"))


@dataclass(frozen=True, order=True)
class Planned:
    """Somebody's duty that starts on a day, in local time; ending not after it starts, it ends on the next."""

    day: date
    starts: time
    ends: time
    duty: str
    person: int

    @property
    def begin(self) -> datetime:
        return datetime.combine(self.day, self.starts)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.day + timedelta(days=self.ends <= self.starts), self.ends)


#: What each journal word of this room is called on pages.
JOURNAL = {
    "rosters.planned": "排班", "rosters.unplanned": "撤下一班", "rosters.day_restored": "恢复每周模板", "rosters.week_copied": "照抄上周", "rosters.order_set": "设定通知顺序",
}  # fmt: skip

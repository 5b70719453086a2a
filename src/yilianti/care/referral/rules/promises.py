"""What is owed on a referral: by whom, until when, and at which moments it is spoken of. Limits and ladder come from policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from yilianti.care.referral.terms import Side, State, Urgency
from yilianti.kernel.terms import Term
from yilianti.policybook.calendar import CHINA, Calendar


class Promise(Term):
    """What somebody waits for."""

    APPROVAL = "approval", "审批", "approval"
    ANSWER = "answer", "答复", "answer"
    DEPARTMENT = "department", "科室答复", "department's answer"
    QUESTION = "question", "回复追问", "reply to the question"
    COMPLETION = "completion", "补充", "completion"
    REDIRECT = "redirect", "改转意见", "patient's word on the redirection"
    ADVICE = "advice", "采纳意见", "what follows from the advice"
    ARRIVAL = "arrival", "到院", "arrival"
    OUTCOME = "outcome", "登记去向", "outcome"
    FOLLOW_UP = "follow_up", "随访", "follow-up"


class Told(Term):
    """To whom the clock speaks."""

    APPROVER = "approver", "转出方审批人", "approver"
    DOCTOR = "doctor", "转出医生", "referring doctor"
    SENDING = "sending", "转出机构", "sending institution"
    RECEIVING = "receiving", "接收机构", "receiving institution"
    DEPARTMENT = "department", "接收科室", "receiving department"
    MANAGER = "manager", "医共体管理者", "manager"


class Rung(NamedTuple):
    """A moment at which the clock speaks: minutes after the limit (negative before it), in working time or by the clock."""

    step: int
    after: int
    told: Told
    is_working: bool


@dataclass(frozen=True)
class Course:
    """How far a referral has come: what its promises are reckoned from."""

    state: str
    goes_home: bool
    urgency: str
    answer_due_at: datetime | None = None
    appointment_at: datetime | None = None
    lapses_at: datetime | None = None
    follow_up_due_on: date | None = None


_OF_STATE = {
    State.PENDING: Promise.APPROVAL, State.SUBMITTED: Promise.ANSWER, State.ASSIGNED: Promise.DEPARTMENT, State.RETURNED: Promise.COMPLETION,
    State.REROUTING: Promise.REDIRECT, State.ADVISED: Promise.ADVICE, State.ACCEPTED: Promise.ARRIVAL, State.SENT_OUT: Promise.OUTCOME,
}  # fmt: skip
#: who owes it, and who is told when the limit is reached
_OWED = {
    Promise.APPROVAL: (Told.APPROVER, Told.DOCTOR), Promise.ANSWER: (Told.RECEIVING, Told.RECEIVING), Promise.DEPARTMENT: (Told.DEPARTMENT, Told.RECEIVING),
    Promise.COMPLETION: (Told.DOCTOR, Told.SENDING), Promise.REDIRECT: (Told.DOCTOR, Told.SENDING), Promise.ADVICE: (Told.DOCTOR, Told.SENDING),
    Promise.ARRIVAL: (Told.DOCTOR, Told.RECEIVING), Promise.OUTCOME: (Told.DOCTOR, Told.SENDING), Promise.FOLLOW_UP: (Told.RECEIVING, Told.SENDING),
}  # fmt: skip


def promise_of(state: str, goes_home: bool) -> Promise | None:
    """What is owed in that state; None where nobody waits for anybody."""
    if goes_home and state in (State.ACCEPTED, State.ARRIVED):
        return Promise.FOLLOW_UP
    return _OF_STATE.get(State(state))


def owed_by(promise: Promise, asked_by: str = "") -> tuple[Told, Told]:
    """Who owes it, and who is told when the limit is reached; a question is owed by the end that did not ask."""
    if promise is Promise.QUESTION:
        return (Told.RECEIVING, Told.RECEIVING) if asked_by == Side.SENDER else (Told.DOCTOR, Told.SENDING)
    return _OWED[promise]


def due_at(promise: Promise, course: Course, since: datetime, limits: Mapping[str, Any], calendar: Calendar) -> datetime | None:
    """Until when it is promised; `since` is the step from which it is owed. None where its day is not known."""
    if promise is Promise.ANSWER:
        return course.answer_due_at
    if promise is Promise.FOLLOW_UP:
        return datetime.combine(course.follow_up_due_on, time(23, 59), CHINA) if course.follow_up_due_on else None
    minutes = limits[promise.value][course.urgency]
    if promise is Promise.ARRIVAL:
        expected = course.appointment_at + timedelta(minutes=minutes) if course.appointment_at else None
        return _earlier(expected, course.lapses_at)
    if promise.value in limits["working"] and course.urgency == Urgency.ELECTIVE:
        own = calendar.add_working_time(since, minutes)
    else:
        own = since + timedelta(minutes=minutes)
    return _earlier(own, course.answer_due_at) if promise is Promise.DEPARTMENT else own


def ladder_of_answer(urgency: str, escalation: Mapping[str, Any]) -> tuple[Rung, ...]:
    """The answer's own rungs: the office before the limit, the manager after it."""
    return (Rung(1, -escalation["remind_before"][urgency], Told.RECEIVING, False), Rung(2, escalation["manager_after"][urgency], Told.MANAGER, False))


def ladder(promise: Promise, urgency: str, policy: Mapping[str, Any], asked_by: str = "") -> tuple[Rung, ...]:
    """The rungs of any other promise: who owes it before the limit, the other end or a colleague at it, the manager after it."""
    owner, second = owed_by(promise, asked_by)
    is_working = urgency == Urgency.ELECTIVE and promise.value in policy["working"]
    before, after = policy["remind_before"][promise.value][urgency], policy["manager_after"][promise.value][urgency]
    return (Rung(1, -before, owner, False), Rung(2, 0, second, False), Rung(3, after, Told.MANAGER, is_working))


def rung_at(rung: Rung, due_at: datetime, calendar: Calendar) -> datetime:
    """When the clock speaks."""
    return calendar.add_working_time(due_at, rung.after) if rung.is_working else due_at + timedelta(minutes=rung.after)


def ahead(rungs: Sequence[Rung], taken: int, due_at: datetime, calendar: Calendar) -> list[tuple[datetime, Rung]]:
    """The rungs not yet taken, each with its moment, in order."""
    return [(rung_at(rung, due_at, calendar), rung) for rung in rungs if rung.step > taken]


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [moment for moment in (one, other) if moment is not None]
    return min(known) if known else None

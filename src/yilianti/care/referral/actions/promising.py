"""What a step makes owed: kept on the referral with its limit and the moment at which the clock speaks next."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral import rules
from yilianti.care.referral.clocks import Clock
from yilianti.care.referral.models import Question, Referral
from yilianti.care.referral.rules import promises
from yilianti.care.referral.rules.promises import Course, Promise, Rung, Told
from yilianti.care.referral.terms import OPEN, Side
from yilianti.kernel.actor import Scope
from yilianti.policybook.calendar import Calendar
from yilianti.registry.institutions import api as institutions

LIMITS, LADDER, ESCALATION = "clinical.referral.promise_limits", "clinical.referral.promise_ladder", "clinical.referral.escalation"


class Standing(NamedTuple):
    """What is owed, until when, by whom: a step that changes none of these lets the clock run on."""

    promise: Promise | None
    due_at: datetime | None
    receiver: int
    department: int | None


def standing(referral: Referral) -> Standing:
    return Standing(promises.promise_of(referral.state, referral.goes_home), referral.due_at, referral.to_institution_id, referral.to_department_id)


def renew(referral: Referral, before: Standing, scope: Scope, at: datetime) -> dict[str, Any]:
    """Set what the referral owes after a step, without saving it; returns what the step's journal line says of it."""
    referral.due_at, said = _limit(referral, scope, at)
    if standing(referral) == before and before.promise is not None:
        return {"runs_on": True}
    wind(referral, referral, promises.promise_of(referral.state, referral.goes_home), scope, at)
    if referral.pk and referral.state not in OPEN and Question.objects.filter(referral=referral).delete()[0]:
        said["settles_question"] = True
    return said


def ask(referral: Referral, side: Side, scope: Scope, at: datetime) -> Question:
    """The other end owes a reply; a question asked before by the same end keeps its earlier limit."""
    question = Question.objects.filter(referral=referral).first() or Question(referral=referral)
    if question.asked_by != side:
        question.asked_by, question.asked_at = side.value, at
        limits = policybook.in_force(LIMITS, timezone.localdate(at), scope)
        question.due_at = promises.due_at(Promise.QUESTION, _course(referral), at, limits, Calendar(scope))
        wind(question, referral, Promise.QUESTION, scope, at, asked_by=question.asked_by)
        question.save()
    return question


def reply(referral: Referral, side: Side) -> bool:
    """Whatever the other end says answers a question; whether there was one."""
    return bool(Question.objects.filter(referral=referral).exclude(asked_by=side.value).delete()[0])


def wind(clock: Clock, referral: Referral, promise: Promise | None, scope: Scope, at: datetime, asked_by: str = "") -> None:
    """Set the ladder to its first rung that lies ahead; what lies behind was never to be said."""
    clock.rung, clock.speaks_at = 0, None
    if promise is None or clock.due_at is None:
        return
    for moment, rung in promises.ahead(rungs(referral, promise, scope, at, asked_by), 0, clock.due_at, Calendar(scope)):
        if moment > at:
            clock.speaks_at = moment
            return
        clock.rung = rung.step


def rungs(referral: Referral, promise: Promise, scope: Scope, at: datetime, asked_by: str = "") -> tuple[Rung, ...]:
    """The ladder of a promise by the policy of that day."""
    if promise is Promise.ANSWER:
        return promises.ladder_of_answer(referral.urgency, policybook.in_force(ESCALATION, timezone.localdate(at), scope))
    return promises.ladder(promise, referral.urgency, policybook.in_force(LADDER, timezone.localdate(at), scope), asked_by)


def policy_of(promise: Promise) -> str:
    """The policy that holds a promise's ladder."""
    return ESCALATION if promise is Promise.ANSWER else LADDER


def owing(referral: Referral, promise: Promise, asked_by: str = "") -> int:
    """The institution that owes it."""
    owner, _ = promises.owed_by(promise, asked_by)
    return referral.to_institution_id if owner in (Told.RECEIVING, Told.DEPARTMENT) else referral.from_institution_id


def address(referral: Referral, told: Told, owing: int, at: datetime) -> dict[str, Any]:
    """Whose inbox that is: an institution with a role, a department or a person in it."""
    sender, receiver = referral.from_institution_id, referral.to_institution_id
    if told is Told.MANAGER:
        return {"institution_id": institutions.led_by(owing, at), "role": "consortium_manager"}
    if told is Told.APPROVER:
        asked = approver(referral)
        return {"institution_id": asked["approved_at_institution"], "role": asked["approved_by_role"]}
    if told is Told.DOCTOR:
        return {"institution_id": sender, "person_id": referral.drafted_by_id} if referral.drafted_by_id else address(referral, Told.SENDING, owing, at)
    if told is Told.DEPARTMENT and referral.to_department_id:
        return {"institution_id": receiver, "role": "county_department", "department_id": referral.to_department_id}
    place, level = (sender, referral.from_level) if told is Told.SENDING else (receiver, referral.to_level)
    return {"institution_id": place, "role": rules.answering_role(level)}


def approver(referral: Referral) -> dict[str, Any]:
    """Who is asked: a colleague of the same place, for a village clinic those of the township above it."""
    sender = referral.from_institution
    place = sender.parent_id if referral.from_level == "village" and sender.parent_id else sender.id
    level = "township" if referral.from_level == "village" else referral.from_level
    return {"approved_at_institution": place, "approved_by_role": rules.answering_role(level)}


def _limit(referral: Referral, scope: Scope, at: datetime) -> tuple[datetime | None, dict[str, Any]]:
    promise = promises.promise_of(referral.state, referral.goes_home)
    if promise is None:
        return None, {}
    limits = policybook.in_force(LIMITS, timezone.localdate(at), scope)
    due_at = promises.due_at(promise, _course(referral), at, limits, Calendar(scope))
    return due_at, {"promise": promise.value, "due_at": due_at.isoformat() if due_at else ""}


def _course(referral: Referral) -> Course:
    return Course(referral.state, referral.goes_home, referral.urgency, referral.answer_due_at, referral.appointment_at, referral.lapses_at,
                  referral.follow_up_due_on)  # fmt: skip

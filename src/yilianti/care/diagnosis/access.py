"""Who sees an examination, and who may take a step: the member with its own, the centre with what was sent to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from yilianti.care.diagnosis.lifecycle import CRITICAL, EXAM
from yilianti.care.diagnosis.models import CriticalValue, Delegation, Exam
from yilianti.care.diagnosis.terms import Owner
from yilianti.kernel.actor import Actor
from yilianti.kernel.lifecycle import Row

AT_MEMBER, AT_CENTRE = "diagnosis.view", "diagnosis.work"


def shown_to(members: Iterable[int], centres: Iterable[int]) -> Q:
    """The members' own, and at the centres what has ever been sent: a critical value found there stays in its sight, whatever becomes of the exam."""
    return Q(institution__in=members) | Q(centre__in=centres, sent_at__isnull=False)


def visible_to(actor: Actor) -> Q:
    """What the actor's institutions see, as people and as machines."""
    return Q() if actor.is_system else shown_to(actor.reaches(AT_MEMBER), actor.reaches(AT_CENTRE))


def place_of(exam: Exam, row: Row) -> int:
    """The institution whose people take this step."""
    return exam.institution_id if row.by == Owner.RECORDER else exam.centre_id


def may(actor: Actor, action: str, exam: Exam) -> bool:
    """Permitted for this exam (whether possible now is the lifecycle's question)."""
    return actor.may(f"diagnosis.{action}", place_of(exam, EXAM[action]))


def delegation(actor: Actor, centre: int, at: datetime) -> Delegation | None:
    """Under which the actor decides in the head's place now."""
    return Delegation.objects.filter(centre=centre, delegate=actor.person, from_at__lte=at, until_at__gt=at).order_by("-until_at").first()


def may_decide(actor: Actor, exam: Exam, at: datetime) -> bool:
    """The head, or whom the head has delegated for now."""
    if not may(actor, "decide", exam):
        return False
    return actor.may("diagnosis.delegate", exam.centre_id) or delegation(actor, exam.centre_id, at) is not None


def may_amend(actor: Actor, exam: Exam, at: datetime) -> bool:
    """Whoever may amend; what a conference decided, only who may decide."""
    return may(actor, "amend", exam) and (not exam.readings.filter(kind="decision").exists() or may_decide(actor, exam, at))


def may_critical(actor: Actor, action: str, critical: CriticalValue) -> bool:
    return actor.may(f"diagnosis.{action}", place_of(critical.exam, CRITICAL[action]))


def open_steps(actor: Actor, exam: Exam) -> list[Row]:
    """The buttons: steps both possible now and permitted."""
    return [row for row in EXAM.open_to(exam.state) if may(actor, row.action, exam)]

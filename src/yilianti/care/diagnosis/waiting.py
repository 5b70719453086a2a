"""What waits for a reader: exams nobody holds, and issued ones of the share that is read a second time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from yilianti import policybook
from yilianti.care.diagnosis import rules
from yilianti.care.diagnosis.models import Exam
from yilianti.kernel.actor import Actor
from yilianti.registry.institutions import api as institutions

SECOND = "clinical.diagnosis.second_reading"


def to_read(actor: Actor) -> QuerySet[Exam]:
    """What the actor's centres have to read: queued, or with a reader."""
    return Exam.objects.filter(centre__in=actor.reaches("diagnosis.claim"), state__in=("queued", "reading"))


def free(at: datetime) -> Q:
    """Nobody holds it: queued, or its reader's lease has ended."""
    return Q(state="queued") | Q(state="reading", claimed_until__lte=at)


def is_sampled(exam: Exam, at: datetime) -> bool:
    """Whether this exam is in the share read a second time."""
    policy = policybook.in_force(SECOND, timezone.localdate(at), institutions.scope_of(exam.centre_id, at))
    return exam.issued_at is not None and exam.issued_at > at - timedelta(days=policy.days) and rules.is_sampled(exam.number, policy.percent)

"""What waits for a reader: exams nobody holds, and issued ones of the share that is read a second time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from yilianti import policybook
from yilianti.care.diagnosis import rules
from yilianti.care.diagnosis.models import Exam
from yilianti.kernel.actor import Actor
from yilianti.registry.access import api as access_log
from yilianti.registry.institutions import api as institutions

SECOND = "clinical.diagnosis.second_reading"
#: How the purposes of looks begin that show nothing of what was said of an exam.
BLIND_LOOKS = READ_AGAIN, LOOK_AT_TRACING = ("复阅检查", "查看波形")


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


def first_said(exam: Exam) -> datetime | None:
    """When the first physician said something of it: from then on a look at the exam may have told it."""
    said: datetime | None = exam.readings.aggregate(at=Min("at"))["at"]
    return said


def seen_by(actor: Actor, exams: Iterable[tuple[int, int, datetime]]) -> set[int]:
    """Which of these exams (id, resident id, when something was first said of it) this person is no longer blind to: they looked at the resident's data since."""
    rows = list(exams)
    if actor.person is None or not rows:
        return set()
    looked = access_log.last_looks(person=actor.person, residents={resident for _, resident, _ in rows}, since=min(at for _, _, at in rows), apart_from=BLIND_LOOKS)
    return {exam for exam, resident, at in rows if resident in looked and looked[resident] >= at}


def awaits_second(actor: Actor, exam: Exam, at: datetime) -> bool:
    """Whether this person could still read the exam a second time, blind."""
    if exam.state != "issued" or not actor.may("diagnosis.read_again", exam.centre_id) or not is_sampled(exam, at):
        return False
    if exam.readings.filter(Q(kind="second") | Q(reader=actor.person)).exists():
        return False
    said = first_said(exam)
    return said is not None and not seen_by(actor, [(exam.pk, exam.resident_id, said)])

"""At the centre: claiming, releasing, rejecting, concluding; a second reading that does not see the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.care.diagnosis import library, rules, signatures, waiting
from yilianti.care.diagnosis.actions import critical, moving
from yilianti.care.diagnosis.lifecycle import EXAM
from yilianti.care.diagnosis.models import Exam, Reading, Rejection
from yilianti.care.diagnosis.terms import RejectReason, State
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions

CLAIM = "clinical.diagnosis.claim"


def claim(*, actor: Actor, number: str, at: datetime) -> Exam:
    """Take an exam to read, for as long as the lease of the policy; one whose reader's lease has ended may be taken by the next."""
    with moving.step(actor=actor, number=number, action="claim", at=at) as step:
        exam = step.exam
        if step.before == State.READING and exam.claimed_until and exam.claimed_until > at and exam.claimed_by_id != actor.person:
            raise EXAM.refusal("claim", State.READING.value, told=moving.told(number))
        _lease(exam, actor, at)
        step.facts["until"] = str(exam.claimed_until)
    return step.exam


def claim_next(*, actor: Actor, at: datetime) -> Exam | None:
    """Take whichever free exam will breach its limit first; None when nothing waits. Readers who ask at once get different ones."""
    with transaction.atomic():
        free = waiting.to_read(actor).filter(waiting.free(at)).select_for_update(skip_locked=True, of=("self",)).order_by("written_due_at", "id")
        chosen = free.values_list("number", flat=True).first()
        return claim(actor=actor, number=chosen, at=at) if chosen else None


def _lease(exam: Exam, actor: Actor, at: datetime) -> None:
    policy = policybook.in_force(CLAIM, timezone.localdate(at), institutions.scope_of(exam.centre_id, at))
    exam.claimed_by_id, exam.claimed_until = actor.person, at + timedelta(minutes=policy.minutes)


def require_own(exam: Exam, actor: Actor, at: datetime, before: str) -> None:
    """A reader acts on what they hold. Their own lease may have run out, as long as nobody took the exam meanwhile."""
    if before == State.READING and exam.claimed_by_id != actor.person:
        raise Refused("not_yours", "这份检查正由另一位医师诊断；请从队列中另取一份。" + moving.told(exam.number), "claimed by somebody else")


def release(*, actor: Actor, number: str, at: datetime) -> Exam:
    """Put an exam back into the queue."""
    with moving.step(actor=actor, number=number, action="release", at=at) as step:
        require_own(step.exam, actor, at, step.before)
        step.exam.claimed_by_id = step.exam.claimed_until = None
    return step.exam


def reject(*, actor: Actor, number: str, reason: str, at: datetime, note: str = "") -> Exam:
    """Ask for a new recording; it is counted against the quality of recording, not of reading."""
    if reason not in {str(r.value) for r in RejectReason}:
        raise Refused("reason_missing", "请选择退回原因。", "reason is missing", field="reason")
    if reason == RejectReason.OTHER:
        moving.require(note, "选择“其他”时请写明原因。", "note")
    with moving.step(actor=actor, number=number, action="reject", at=at) as step:
        exam = step.exam
        require_own(exam, actor, at, step.before)
        _count(exam, actor, reason, at)
        exam.reject_reason, exam.reject_note, exam.rejections = reason, note.strip()[:200], exam.rejections + 1
        exam.claimed_by_id = exam.claimed_until = None
        exam.concluded_by_id = exam.concluded_at = None
        write(exam, (), "", {}, at)  # what was said of this recording stays in its readings; of the next one nothing has been said
        step.facts.update(reason=reason, rejections=exam.rejections)
    return step.exam


def _count(exam: Exam, actor: Actor, reason: str, at: datetime) -> None:
    """What is held against the recording stays when the next one takes its place."""
    Rejection.objects.create(
        exam=exam, recording_id=exam.recording_id, acquired_by_id=exam.acquired_by_id, findings=[found["code"] for found in exam.quality if rules.blocks_sending([found])],
        was_sent_anyway=bool(exam.sent_anyway), sent_at=exam.sent_at or at, reason=reason, rejected_by_id=actor.person, at=at,
    )  # fmt: skip


def conclude(
    *, actor: Actor, number: str, statements: Sequence[str], conclusion: str, measurements: Mapping[str, float], at: datetime
) -> Exam:
    """Give the reading to the auditor. What it holds of critical values is told to the member now, not after the audit."""
    conclusion = moving.require(conclusion, "请选择诊断语句或填写诊断意见。", "conclusion")
    with moving.step(actor=actor, number=number, action="conclude", at=at) as step:
        exam = step.exam
        require_own(exam, actor, at, step.before)
        write(exam, statements, conclusion, measurements, at)
        exam.concluded_by_id, exam.concluded_at, exam.reminded = actor.person, at, 0  # the audit has a limit of its own
        exam.written_at = exam.written_at or at
        exam.claimed_by_id = exam.claimed_until = None
        note_reading(exam, actor, "first", at)
        found = critical.find(actor=actor, exam=exam, at=at)
        step.facts.update(statements=len(exam.statements), critical=len(found))
    return step.exam


def write(exam: Exam, statements: Sequence[str], conclusion: str, measurements: Mapping[str, float], at: datetime) -> None:
    exam.statements = library.require_known(exam.modality, exam.centre_id, statements, at, standing=exam.statements)
    exam.conclusion, exam.measurements = conclusion, dict(measurements)


def note_reading(exam: Exam, actor: Actor, kind: str, at: datetime, note: str = "") -> Reading:
    """What this physician said, kept apart from what the exam says in the end."""
    made = Reading.objects.create(exam=exam, kind=kind, reader_id=moving.physician(actor), statements=exam.statements, measurements=exam.measurements, conclusion=exam.conclusion, note=note[:400], at=at)
    signatures.of_reading(exam, made, at)
    return made


def read_again(*, actor: Actor, number: str, statements: Sequence[str], conclusion: str, at: datetime) -> Reading:
    """A second reading of a sampled exam by somebody who neither read nor audited it; it changes nothing of the report."""
    with transaction.atomic():
        exam = moving.locked(number)
        actor.require("diagnosis.read_again", exam.centre_id)
        if exam.state != State.ISSUED or not waiting.is_sampled(exam, at):
            raise Refused("not_sampled", "这份检查不在双盲复阅的抽样中。", "not sampled")
        if actor.person is None or exam.readings.filter(reader=actor.person).exclude(kind="second").exists():
            raise Refused("read_it_before", "您参与过这份报告，不能复阅；请由其他医师复阅。", "a reader never reads their own again")
        if (said := waiting.first_said(exam)) and waiting.seen_by(actor, [(exam.pk, exam.resident_id, said)]):
            raise Refused("not_blind", "您看过这位居民的报告，不能再双盲复阅；请由其他医师复阅。", "who has seen the report is not blind")
        said_again = library.require_known(exam.modality, exam.centre_id, statements, at)
        try:
            with transaction.atomic():
                made = Reading.objects.create(exam=exam, kind="second", reader_id=actor.person, statements=said_again,
                                              conclusion=moving.require(conclusion, "请填写复阅意见。", "conclusion"), at=at)  # fmt: skip
                signatures.of_reading(exam, made, at)
        except IntegrityError:
            raise Refused("changed_meanwhile", "这份检查已由另一位医师复阅；请刷新。", "read again meanwhile") from None
        moving.record("diagnosis.read_again", actor=actor, exam=exam, at=at, facts={"agreement": rules.agreement(exam.statements, made.statements)})
    return made

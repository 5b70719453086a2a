"""At the member: ordering an examination, recording it, sending it to the centre, taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.care.diagnosis import centres, rules
from yilianti.care.diagnosis.actions import charging, moving
from yilianti.care.diagnosis.models import Exam, FormerRecording
from yilianti.care.diagnosis.terms import Former, Modality, Order, State, Urgency
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Refused
from yilianti.kernel.numbers import next_number
from yilianti.policybook.calendar import Calendar
from yilianti.record.recordings import api as recordings
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents

LIMITS = "clinical.diagnosis.limits"


def order(*, actor: Actor, resident: int, institution: int, order: Order, client_key: UUID, at: datetime) -> Exam:
    """Register an examination at a member. The same `client_key`, or the same order number of the member's own system, gives the exam already there:
    one order is one exam, whichever door it came through. A number used for another resident is refused."""
    _check(actor, resident, institution, order)
    try:
        with transaction.atomic():
            made = _ordered(actor, resident, institution, order, client_key, at)
    except IntegrityError:
        held = _held(institution, order.placer_number, client_key)
        if held is None:
            raise
        made = held
    if made.resident_id != resident and made.resident_id not in residents.all_ids(resident):
        raise Refused("order_of_another", f"申请单号“{order.placer_number.strip()[:40]}”已用于另一位居民的检查；请核对单号和居民。", "the order number is another resident's", field="placer_number")
    return made


def _check(actor: Actor, resident: int, institution: int, order: Order) -> None:
    if not actor.may("diagnosis.order", institution):
        raise Refused("not_permitted", "您当前的岗位不能在该机构登记检查；请切换岗位。", "may not order there")
    if order.modality not in {str(m.value) for m in Modality} or order.urgency not in {str(u.value) for u in Urgency}:
        raise Refused("order_unknown", "检查类别或紧急程度不在目录中；请重新选择。", "unknown modality or urgency", field="urgency")
    if not rules.cannot_wait(order.urgency):
        moving.require(order.complaint, "请填写主诉或检查目的，诊断医师要据此判读。", "complaint")


def _ordered(actor: Actor, resident: int, institution: int, order: Order, client_key: UUID, at: datetime) -> Exam:
    if (held := _held(institution, order.placer_number, client_key)) is not None:
        return held
    exam = Exam.objects.create(
        number=next_number("XD", at), modality=order.modality, urgency=order.urgency, client_key=client_key, resident_id=resident, institution_id=institution,
        centre_id=centres.chosen(institution, order.modality, order.centre, at), placer_number=order.placer_number.strip()[:96], complaint=order.complaint.strip()[:400],
        impression=order.impression.strip()[:200], bed=order.bed.strip()[:24], ordered_by_id=actor.person, ordered_at=at,
        source=order.source[:64], orderer=order.orderer.strip()[:64],
    )  # fmt: skip
    charging.note(exam, order, actor, at)
    residents.note_relation(resident, institution, at)
    moving.record("diagnosis.ordered", actor=actor, exam=exam, at=at, facts={"charged": exam.charged_at is not None, "fen": exam.fee_fen, "source": exam.source})
    return exam


def _held(institution: int, placer_number: str, client_key: UUID) -> Exam | None:
    same = Exam.objects.filter(client_key=client_key).first()
    if same is None and placer_number.strip():
        same = Exam.objects.filter(institution=institution, placer_number=placer_number.strip()[:96]).exclude(state="cancelled").first()
    return same


def acquire(*, actor: Actor, number: str, recording: recordings.Recording, quality: Sequence[Finding], measured: dict[str, Any], suggested: Sequence[str], at: datetime) -> Exam:
    """Attach a recording with what the gate and the machine say of it; a later one takes the place of the earlier, which stays kept."""
    try:
        with moving.step(actor=actor, number=number, action="acquire", at=at) as step:
            exam = step.exam
            if recording.institution_id != exam.institution_id:
                raise Refused("recording_elsewhere", "这份记录是其他机构采集的，不能归入本检查；请核对。", "the recording belongs to another institution", field="file")
            _require_free(recording, exam)
            if exam.recording_id != recording.pk and step.before != State.REJECTED:  # what was sent back is kept as that
                _set_aside(exam, Former.REPLACED, actor, at)
            exam.recording, exam.acquired_by_id, exam.acquired_at = recording, actor.person, at
            exam.quality, exam.measured, exam.suggested = [found.as_facts() for found in quality], measured, list(suggested)
            step.facts.update(recording=recording.number, quality=[found.code for found in quality])
    except IntegrityError:  # given to another exam at the same moment
        _require_free(recording, exam)
        raise
    return step.exam


def _set_aside(exam: Exam, because: Former, actor: Actor, at: datetime) -> None:
    """What was recorded stays kept about the resident, also where the exam goes on without it."""
    if exam.recording_id is not None:
        FormerRecording.objects.create(exam=exam, recording_id=exam.recording_id, because=because.value, by_id=actor.person, at=at)
        exam.recording = None


def _require_free(recording: recordings.Recording, exam: Exam) -> None:
    taken = Exam.objects.filter(recording=recording).exclude(pk=exam.pk).values_list("number", flat=True).first()
    if taken:
        raise Refused("recording_taken", f"这份记录已归入检查 {taken}；请核对是否选错了文件。", "the recording belongs to another exam", field="file")


def send(*, actor: Actor, number: str, at: datetime, because: str = "", urgency: str = "") -> Exam:
    """Send the recording to the centre: from now on its limits run. A faulty recording is sent only with a reason; what cannot wait is never held up."""
    with moving.step(actor=actor, number=number, action="send", at=at) as step:
        exam = step.exam
        if urgency:
            exam.urgency = Urgency(urgency).value
        is_faulty = rules.blocks_sending(exam.quality)
        if is_faulty and not rules.cannot_wait(exam.urgency):
            moving.require(because, "这份记录有质量问题：请重新采集，或写明仍要发送的理由。", "because")
        exam.sent_anyway = because.strip()[:200] if is_faulty else ""  # a sound recording is not sent in spite of anything
        exam.sent_by_id, exam.written_at = actor.person, None  # of this recording nothing has been written yet
        promise(exam, at)
        residents.note_relation(exam.resident_id, exam.centre_id, at)  # whoever reads may look into the record
        step.facts.update(written_due_at=str(exam.written_due_at), anyway=bool(exam.sent_anyway))
        step.policy_refs.extend(exam.limit_refs)
    return step.exam


def promise(exam: Exam, at: datetime) -> None:
    """From now on the centre owes a reading and an audit."""
    scope = institutions.scope_of(exam.centre_id, at)
    policy = policybook.in_force(LIMITS, timezone.localdate(at), scope)
    calendar = Calendar(scope)
    found = rules.limits(exam.modality, exam.urgency, at, policy, calendar, lambda: calendar.policy_refs(timezone.localdate(at), timezone.localdate(at)))
    exam.sent_at, exam.written_due_at, exam.audited_due_at, exam.limit_refs, exam.reminded = at, found.written_due_at, found.audited_due_at, list(found.policy_refs), 0
    exam.off_hours = not calendar.is_working(at)


def cancel(*, actor: Actor, number: str, because: str, at: datetime) -> Exam:
    """Take the examination back before anybody reads it."""
    with moving.step(actor=actor, number=number, action="cancel", at=at) as step:
        step.facts["because"] = moving.require(because, "请写明取消原因。", "because")[:200]
        if (refunded := charging.undo(step.exam, actor, at, step.facts["because"])) is not None:
            step.facts["refunded_fen"] = refunded.fen
        _set_aside(step.exam, Former.CANCELLED, actor, at)
    return step.exam


def revise(*, actor: Actor, number: str, at: datetime, urgency: str = "", complaint: str = "", impression: str = "", bed: str = "") -> Exam:
    """Change what was asked, until somebody reads it; what is not given stays. A changed urgency changes the limits, reckoned from the sending."""
    with moving.step(actor=actor, number=number, action="revise", at=at) as step:
        exam, before = step.exam, step.exam.urgency
        exam.urgency = Urgency(urgency or before).value
        for name, said, length in (("complaint", complaint, 400), ("impression", impression, 200), ("bed", bed, 24)):
            setattr(exam, name, said.strip()[:length] or getattr(exam, name))
        if not rules.cannot_wait(exam.urgency):
            moving.require(exam.complaint, "请填写主诉或检查目的，诊断医师要据此判读。", "complaint")
        if exam.urgency != before and exam.sent_at is not None and exam.state == State.QUEUED:
            promise(exam, exam.sent_at)
            step.policy_refs.extend(exam.limit_refs)
        step.facts["before"] = before
    return step.exam

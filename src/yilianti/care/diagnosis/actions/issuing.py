"""Issuing: the second physician audits and signs; a conference decides what one alone does not; an amendment is a further report."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from yilianti.care.diagnosis import access, centres, signatures
from yilianti.care.diagnosis.actions import critical, moving, reading
from yilianti.care.diagnosis.ecg import MEASURES
from yilianti.care.diagnosis.models import Exam, Invitation, IssuedReport, Reading
from yilianti.care.diagnosis.terms import Modality, State
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.crypto import signers, signing
from yilianti.kernel.finding import Refused
from yilianti.record.results import api as results
from yilianti.record.results.api import GivenObservation

#: Draws the report as PDF; given by the modality.
Draw = Callable[[Exam], bytes]


def issue(
    *, actor: Actor, number: str, statements: Sequence[str], conclusion: str, measurements: Mapping[str, float], draw: Draw, at: datetime, seen: int | None = None
) -> Exam:
    """Audit, correct where needed, sign and send back. Never by whoever read it."""
    with moving.step(actor=actor, number=number, action="issue", at=at, seen=seen) as step:
        if actor.person is None or step.exam.concluded_by_id == actor.person:
            raise Refused("own_reading", "书写与审核须由两位医师完成；请由另一位医师审核。", "a reader never audits their own reading")
        _sign(step, actor, statements, conclusion, measurements, draw, at, "audit")
    return step.exam


def refer_back(*, actor: Actor, number: str, because: str, at: datetime) -> Exam:
    """Back to the readers, with what is wrong; the limits run on."""
    with moving.step(actor=actor, number=number, action="refer_back", at=at) as step:
        step.facts["because"] = moving.require(because, "请写明需要修改什么。", "because")[:200]
        step.exam.concluded_by_id = step.exam.concluded_at = None
    return step.exam


def convene(*, actor: Actor, number: str, because: str, at: datetime, invited: Sequence[int] = ()) -> Exam:
    """Ask the centre's physicians for a joint reading of a difficult case: those invited by name, or all."""
    with moving.step(actor=actor, number=number, action="convene", at=at) as step:
        if step.before == State.READING:
            reading.require_own(step.exam, actor, at, step.before)
        step.exam.claimed_by_id = step.exam.claimed_until = None
        step.facts["because"] = moving.require(because, "请写明提请会诊的原因。", "because")[:200]
        step.facts["invited"] = _invite(step.exam, actor, invited, at)
    return step.exam


def _invite(exam: Exam, actor: Actor, invited: Sequence[int], at: datetime) -> list[int]:
    """Named beforehand; nobody is invited twice, nor oneself, nor anybody who could say nothing."""
    named = sorted(set(invited))
    if actor.person in named or not set(named) <= centres.physicians(exam.centre_id, at).keys():
        raise Refused("not_a_physician", "只能邀请本中心的其他医师；请刷新页面后重新勾选。", "only other physicians of the centre are invited", field="invited")
    Invitation.objects.bulk_create(Invitation(exam=exam, person_id=person, by_id=actor.person, at=at) for person in named)
    return named


@transaction.atomic
def opine(*, actor: Actor, number: str, opinion: str, at: datetime) -> Reading:
    """One participant's opinion in a conference; as many as they like, none is lost."""
    exam = moving.locked(number)
    actor.require("diagnosis.opine", exam.centre_id)
    if exam.state != State.CONFERENCE or actor.person is None:
        raise Refused("wrong_state", "这份检查不在会诊中；请刷新页面。" + moving.told(number), "not in conference")
    said = moving.require(opinion, "请填写会诊意见。", "opinion")
    made = Reading.objects.create(exam=exam, kind="opinion", reader_id=actor.person, conclusion=said, at=at)
    signatures.of_reading(exam, made, at)
    moving.record("diagnosis.opined", actor=actor, exam=exam, at=at)
    return made


def decide(
    *, actor: Actor, number: str, statements: Sequence[str], conclusion: str, measurements: Mapping[str, float], draw: Draw, at: datetime, seen: int | None = None
) -> Exam:
    """The head, or whoever the head has given the permission, states the final decision of the conference and signs it."""
    with moving.step(actor=actor, number=number, action="decide", at=at, seen=seen) as step:
        if not access.may_decide(actor, step.exam, at):
            raise Refused("not_permitted", "会诊定论由中心主任或其授权期内的审核医师签发；请找主任授权，或由主任定论。", "neither head nor delegate")
        if not actor.may("diagnosis.delegate", step.exam.centre_id) and (given := access.delegation(actor, step.exam.centre_id, at)):
            step.facts.update(delegation=given.pk, because=f"受{given.head.name}授权定论")
        if not Reading.objects.filter(exam=step.exam, kind="opinion").exists():
            raise Refused("no_opinion", "会诊还没有任何意见；请先由参加者写下意见。", "nobody has said anything yet")
        if step.exam.concluded_by_id == actor.person:
            raise Refused("own_reading", "您是这份检查的诊断医师；会诊定论请由中心主任或其授权的其他人签发。", "a reader never audits their own reading")
        step.exam.concluded_at = step.exam.concluded_at or at
        step.exam.written_at = step.exam.written_at or at
        _sign(step, actor, statements, conclusion, measurements, draw, at, "decision")
    return step.exam


def amend(
    *, actor: Actor, number: str, statements: Sequence[str], conclusion: str, measurements: Mapping[str, float], because: str, draw: Draw, at: datetime, seen: int | None = None
) -> Exam:
    """A further version of an issued report; the earlier one stays readable and is superseded."""
    because = moving.require(because, "请写明更正原因。", "because")[:200]
    with moving.step(actor=actor, number=number, action="amend", at=at, seen=seen) as step:
        if actor.person is None or step.exam.concluded_by_id == actor.person:
            raise Refused("own_reading", "更正须由诊断医师以外的医师签发。", "a reader never audits their own reading")
        if not access.may_amend(actor, step.exam, at):
            raise Refused("not_permitted", "这份报告由会诊定论；更正请由中心主任或其授权期内的审核医师签发。", "a conference's decision is amended by the head or a delegate")
        step.facts["because"] = because
        _sign(step, actor, statements, conclusion, measurements, draw, at, "amendment", because)
    return step.exam


@transaction.atomic
def retire_signer(*, actor: Actor, person: int, at: datetime) -> bool:
    """Whoever has left signs no more; what they signed still verifies. False where they never signed."""
    if not signers.authority().retire(signatures.key_of(person)):
        return False
    journal.write("diagnosis.signer_retired", actor=actor, at=at, subject=f"signer:{person}", facts={"person": person})
    return True


def _sign(step: moving.Step, actor: Actor, statements: Sequence[str], conclusion: str, measurements: Mapping[str, float], draw: Draw, at: datetime, kind: str, because: str = "") -> None:
    exam = step.exam
    reading.write(exam, statements, moving.require(conclusion, "诊断意见不能为空。", "conclusion"), measurements, at)
    auditor = moving.physician(actor)
    exam.issued_by_id, exam.issued_at = auditor, at
    reading.note_reading(exam, actor, kind, at, because)
    critical.find(actor=actor, exam=exam, at=at)
    version = exam.issues.count() + 1
    content = draw(exam)
    sha256 = hashlib.sha256(content).hexdigest()
    report = IssuedReport.objects.create(
        exam=exam, version=version, statements=exam.statements, measurements=exam.measurements, conclusion=exam.conclusion, because=because,
        reader_id=exam.concluded_by_id, auditor_id=auditor, at=at, content=content, sha256=sha256, critical=critical.said(exam, at),
    )  # fmt: skip
    signature = signatures.of_report(exam, report, content, at)
    exam.report = _file(exam, version, at)
    step.facts.update(version=version, report=exam.report, sha256=sha256, reader=exam.concluded_by_id, certificate=signing.serial_of(signature.certificate))


def _file(exam: Exam, version: int, at: datetime) -> str:
    """The report in the resident's record, of the member that asked for it; an amendment supersedes."""
    filed = results.file_report(
        actor=Actor.system("诊断中心"), resident_id=exam.resident_id, institution_id=exam.institution_id, encounter_id=None, filler_number=exam.number, category=exam.modality,
        code=exam.modality.upper(), name=Modality.label(exam.modality), status="final" if version == 1 else "corrected", issued_at=at, observed_at=exam.acquired_at,
        reporter=exam.issued_by.name if exam.issued_by else "", conclusion=exam.conclusion, observations=_observed(exam), source="diagnosis", at=at,
    )  # fmt: skip
    return filed.number


def _observed(exam: Exam) -> list[GivenObservation]:
    """The measurements of the report, in its order."""
    return [GivenObservation(one.zh, f"{exam.measurements[one.code]:.{one.decimals}f}", code=one.code, unit=one.unit) for one in MEASURES if one.code in exam.measurements]

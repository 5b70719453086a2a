"""Critical values: found with the reading, told at once, read back, resolved; nobody's silence ends them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.care.diagnosis import access, rules
from yilianti.care.diagnosis.actions import moving
from yilianti.care.diagnosis.lifecycle import CRITICAL
from yilianti.care.diagnosis.models import CriticalValue, Exam
from yilianti.care.diagnosis.terms import Case
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Refused, Severity
from yilianti.registry.institutions import api as institutions


def findings_of(exam: Exam, at: datetime) -> list[Finding]:
    """What the list in force at the centre says of this reading."""
    return findings_for(exam, Case(exam.measurements, tuple(exam.statements), exam.urgency, _known(exam)), at)


def _known(exam: Exam) -> frozenset[str]:
    """What earlier reports of the same patient and kind say."""
    if not exam.statements:
        return frozenset()
    earlier = Exam.objects.filter(resident=exam.resident_id, modality=exam.modality, issued_at__isnull=False, ordered_at__lt=exam.ordered_at, statements__overlap=exam.statements).exclude(pk=exam.pk)
    return frozenset(chain.from_iterable(earlier.values_list("statements", flat=True)))


def findings_for(exam: Exam, case: Case, at: datetime) -> list[Finding]:
    scope, day = institutions.scope_of(exam.centre_id, at), timezone.localdate(at)
    chosen = policybook.in_force(f"clinical.diagnosis.critical_list_{exam.modality}", day, scope)
    table = policybook.in_force(f"clinical.diagnosis.critical_{exam.modality}", day, scope)
    if chosen.list in chosen.unchecked and not chosen.checked:
        raise Refused("list_unchecked", f"危急值清单“{chosen.list}”还没有核对原文，不能采用；请管理员改用其他清单，或核对后登记。", "the list has not been checked")
    rows = [row for row in table.table.dicts() if row["list"] == chosen.list] if table.table else []
    return rules.critical_findings(case, rows, str(table.policy_ref))


def find(*, actor: Actor, exam: Exam, at: datetime) -> list[CriticalValue]:
    """Tell each critical finding of this recording that was not told yet, and anew one whose value is another now; within the step that found it."""
    made = []
    for found in findings_of(exam, at):
        told = CriticalValue.objects.select_for_update(of=("self",)).filter(exam=exam, code=found.code, recording=exam.recording_id).order_by("-id").first()
        if found.severity is Severity.BLOCKING and (told is None or told.key_value != found.sentence[:80]):
            made.append(_tell(actor, exam, found, told, at))
    return made


def _tell(actor: Actor, exam: Exam, found: Finding, told: CriticalValue | None, at: datetime) -> CriticalValue:
    """A new line of the ledger. What was told before and is not closed yet ends with it: nobody is asked to read back a value that no longer holds."""
    one = CriticalValue.objects.create(exam=exam, recording_id=exam.recording_id, code=found.code, name=found.sentence, key_value=found.sentence[:80], policy_ref=found.policy_ref,
                                       corrects=told, found_by_id=actor.person, found_at=at)  # fmt: skip
    word, facts = "diagnosis.critical_found", {"code": one.code, "critical": one.id}
    if told is not None:
        word, facts["corrects"] = CRITICAL["correct"].word, told.id
        if CRITICAL.can("correct", told.state):
            CRITICAL.step(told, "correct")
            told.save(update_fields=["state"])
    moving.record(word, actor=actor, exam=exam, at=at, facts=facts, policy_refs=[found.policy_ref])
    return one


def said(exam: Exam, at: datetime) -> list[dict[str, str]]:
    """What of this reading is critical, as its report says it to other systems."""
    return [{"code": found.code, "sentence": found.sentence} for found in findings_of(exam, at) if found.severity is Severity.BLOCKING]


@contextmanager
def _step(actor: Actor, critical: int, action: str, at: datetime) -> Iterator[tuple[CriticalValue, dict[str, object]]]:
    with transaction.atomic():
        one = CriticalValue.objects.select_for_update(of=("self",)).select_related("exam").filter(pk=critical).first()
        if one is None:
            raise Refused("unknown_critical", "没有这条危急值；请刷新页面。", "no such critical value")
        if not access.may_critical(actor, action, one):
            raise Refused("not_permitted", "您所在的岗位不能办理这一步；请由申请机构或诊断中心办理。", "not permitted")
        row = CRITICAL.step(one, action, told=moving.told_of_critical(one.exam.number, one.id))
        facts: dict[str, object] = {"code": one.code, "critical": one.id}
        yield one, facts
        one.save()
        moving.record(row.word, actor=actor, exam=one.exam, at=at, facts=facts)


def acknowledge(*, actor: Actor, critical: int, read_back: str, at: datetime, family_told: bool = False) -> CriticalValue:
    """The member says back what was told; what does not match the key value is refused and stays unacknowledged."""
    said = moving.require(read_back, "请复述危急值。", "read_back")
    with _step(actor, critical, "acknowledge", at) as (one, facts):
        if not rules.reads_back(one.key_value, said):
            raise Refused("read_back_differs", f"复述与通知的危急值不符。请核对通知内容「{one.key_value}」后再复述。", "the read-back does not match", field="read_back")
        one.acknowledged_by_id, one.acknowledged_at, one.read_back, one.family_told = actor.person, at, said[:200], family_told
        facts["minutes"] = int((at - one.found_at).total_seconds() // 60)
    return one


def resolve(*, actor: Actor, critical: int, outcome: str, at: datetime) -> CriticalValue:
    """Say what was done for the patient."""
    done = moving.require(outcome, "请填写处置：做了什么、患者去向。", "outcome")
    with _step(actor, critical, "resolve", at) as (one, _):
        one.resolved_by_id, one.resolved_at, one.outcome = actor.person, at, done[:400]
    return one


def note_unreachable(*, actor: Actor, critical: int, at: datetime) -> CriticalValue:
    """Nobody answers: the next person of the member is told."""
    with _step(actor, critical, "note_unreachable", at) as (one, facts):
        one.rung += 1
        facts["rung"] = one.rung
    return one

"""One step of one exam: locked, permitted, possible, saved and journalled in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti.care.diagnosis import access
from yilianti.care.diagnosis.lifecycle import EXAM, STEPS
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.terms import State
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused


@dataclass
class Step:
    """A step under way; what an action adds to `facts` and `policy_refs` stands in the journal."""

    exam: Exam
    before: str
    facts: dict[str, Any] = field(default_factory=dict)
    policy_refs: list[str] = field(default_factory=list)


def subject(number: str) -> str:
    return f"diagnosis:{number}"


def locked(number: str) -> Exam:
    """The exam, held until the transaction ends; whoever comes second waits here and sees what the first did."""
    try:
        return Exam.objects.select_for_update(of=("self",)).get(number=number)
    except Exam.DoesNotExist:
        raise Refused("unknown_exam", f"没有编号为 {number} 的检查；请核对编号。", "no such exam", field="number") from None


@contextmanager
def step(*, actor: Actor, number: str, action: str, at: datetime, seen: int | None = None) -> Iterator[Step]:
    """Take `action` on an exam; the body sets what belongs to it. Refused tells the loser who did what, when; so it does
    whoever decides on an exam that is no longer the one they `seen` (its version)."""
    with transaction.atomic():
        exam = locked(number)
        if not access.may(actor, action, exam):
            raise Refused("not_permitted", "您所在的岗位不能办理这一步；请由申请机构、诊断中心或有权限的同事办理。", "not permitted")
        if not EXAM.can(action, exam.state):
            raise EXAM.refusal(action, exam.state, told=told(number))
        if seen is not None and seen != exam.version:
            raise Refused("changed_meanwhile", f"您打开页面之后，这份检查已有变动；请刷新页面，核对波形和诊断后再办理。{told(number)}", "changed since the page was opened")
        taken = Step(exam, exam.state)
        row = EXAM.step(exam, action)
        yield taken
        exam.version += 1
        exam.save()
        record(row.word, actor=actor, exam=exam, at=at, facts=taken.facts, policy_refs=taken.policy_refs)


def record(word: str, *, actor: Actor, exam: Exam, at: datetime, facts: dict[str, Any] | None = None, policy_refs: Sequence[str] = ()) -> None:
    """One journal line about this exam."""
    journal.write(
        word, actor=actor, at=at, subject=subject(exam.number), resident=exam.resident_id, from_institution=exam.institution_id, to_institution=exam.centre_id,
        facts={"number": exam.number, "modality": exam.modality, "state": exam.state, "urgency": exam.urgency, "sender": exam.sent_by_id or exam.acquired_by_id or exam.ordered_by_id, **(facts or {})},
        policy_refs=policy_refs,
    )  # fmt: skip


def told(number: str) -> str:
    """Who did what and when, for the person who came second."""
    last = [entry for entry in journal.history(subject(number)) if entry.word in STEPS][-1:]
    if not last:
        return ""
    return f"（{last[0].actor_name}已于 {timezone.localtime(last[0].at):%m月%d日 %H:%M:%S} 办理为“{State.label(str(last[0].facts.get('state', '')))}”。）"


def told_of_critical(number: str, critical: int) -> str:
    """Who acknowledged or resolved this critical value, for the person who came second."""
    done = [entry for entry in journal.history(subject(number)) if entry.facts.get("critical") == critical][-1:]
    return f"（{done[0].actor_name}已于 {timezone.localtime(done[0].at):%m月%d日 %H:%M:%S} 办理。）" if done else ""


def physician(actor: Actor) -> int:
    """The person who signs; Refused for a machine."""
    if actor.person is None:
        raise Refused("not_permitted", "诊断、审核须由登录的医师本人办理。", "only a person reads and signs")
    return actor.person


def require(text: str, sentence: str, field: str) -> str:
    """The text without its edges; Refused where it is empty."""
    if not text.strip():
        raise Refused("missing", sentence, f"{field} is missing", field=field)
    return text.strip()

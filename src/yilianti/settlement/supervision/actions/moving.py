"""One step of one suspicion: locked, permitted, possible, said, saved and journalled in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.settlement.supervision import access
from yilianti.settlement.supervision.lifecycle import SUSPICION
from yilianti.settlement.supervision.models import Statement, Suspicion
from yilianti.settlement.supervision.terms import State

LONGEST = 2_000


@dataclass
class Step:
    """A step under way; what an action adds to `facts` stands in the journal."""

    suspicion: Suspicion
    facts: dict[str, Any] = field(default_factory=dict)
    file: tuple[str, bytes] | None = None


@contextmanager
def step(*, actor: Actor, number: str, action: str, text: str, at: datetime) -> Iterator[Step]:
    """Take `action` with its words; whoever comes second is told who decided what, and when."""
    said = " ".join(text.split()) if len(text) < 200 else text.strip()
    if not said:
        raise Refused("words_missing", f"“{SUSPICION.verbs.label(action)}”要写明内容或理由。", "words are missing", field="text")
    if len(said) > LONGEST:
        raise Refused("words_long", f"内容最多 {LONGEST} 字，现有 {len(said)} 字；请精简，或放在附件里。", "too long", field="text")
    with transaction.atomic():
        suspicion = Suspicion.objects.select_for_update().filter(access.visible_to(actor), number=number).first()
        if suspicion is None:
            raise Refused("unknown_suspicion", f"没有编号为 {number} 的线索，或不在您的岗位范围内；请核对编号。", "no such suspicion", field="number")
        if not access.may(actor, action, suspicion):
            raise Refused("not_permitted", "您所在的岗位不能办理这一步；请由医院医保办或医保局的同事办理。", "not permitted")
        row = SUSPICION.step(suspicion, action, told=_told(suspicion))
        taken = Step(suspicion)
        yield taken
        suspicion.version += 1
        suspicion.save()
        name, content = taken.file or ("", None)
        Statement.objects.create(suspicion=suspicion, verb=action, text=said, file_name=name, file=content, said_by_id=actor.person, said_by_name=actor.name,
                                 institution_id=actor.institution, said_at=at)  # fmt: skip
        record(row.word, actor=actor, suspicion=suspicion, at=at, facts=taken.facts)


def record(word: str, *, actor: Actor, suspicion: Suspicion, at: datetime, facts: dict[str, Any]) -> None:
    """One journal line about this suspicion."""
    journal.write(word, actor=actor, at=at, subject=f"supervision:{suspicion.number}", resident=suspicion.resident_id, to_institution=suspicion.institution_id, policy_refs=suspicion.policy_refs,
                  facts={"number": suspicion.number, "state": suspicion.state, "rule": suspicion.rule, "claim": suspicion.claim,
                         "due_on": suspicion.due_on.isoformat() if suspicion.due_on else "", **facts})  # fmt: skip


def limits(actor: Actor, at: datetime) -> policybook.Edition:
    """How long each side has, here and today."""
    return policybook.in_force("settlement.supervision.answer", timezone.localdate(at), actor.scope)


def in_days(at: datetime, days: int) -> date:
    return timezone.localdate(at) + timedelta(days=days)


def _told(suspicion: Suspicion) -> str:
    """Who did the last step and when, for the person who came second."""
    last = suspicion.statements.order_by("-id").only("said_by_name", "said_at", "verb").first()
    if last is None:
        return ""
    return f"（{last.said_by_name}已于 {timezone.localtime(last.said_at):%m月%d日 %H:%M:%S} 办理为“{State.label(suspicion.state)}”。）"

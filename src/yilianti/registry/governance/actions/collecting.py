"""What is shown as evidence of a criterion: linked, and taken down again."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.governance import access
from yilianti.registry.governance.actions.recording import kept_by, record, scope_of
from yilianti.registry.governance.models import Document, Evidence, Resolution
from yilianti.registry.institutions.api import Consortium


@transaction.atomic
def link_evidence(*, actor: Actor, consortium: str, year: int, criterion: str, subject: str, note: str, at: datetime) -> Evidence:
    """Show a document or resolution (its number), or a sentence that says where the evidence lies, for one criterion in a year."""
    of = kept_by(actor, consortium, at)
    if criterion not in policybook.in_force("governance.evidence", timezone.localdate(at), scope_of(of))["criteria"]:
        raise Refused("no_such_criterion", "没有这条标准；请刷新页面。", "no such criterion", field="criterion")
    if not subject and not note.strip():
        raise Refused("evidence_empty", "请选择文件或决议，或写明佐证在哪里。", "nothing to show", field="note")
    if subject and not _stands(of, subject):
        raise Refused("no_such_paper", "所选的文件或决议不属于这个医联体；请重新选择。", "not of this consortium", field="subject")
    try:
        with transaction.atomic():
            made = Evidence.objects.create(consortium=of, year=year, criterion=criterion, subject=subject, note=note.strip(), linked_by=actor.name, linked_at=at)
    except IntegrityError as clash:
        raise Refused("linked", "这份佐证已经关联到这条标准。", "linked already", field="subject") from clash
    record("governance.evidence_linked", actor=actor, at=at, subject=f"evidence-{consortium}-{year}", consortium=of, facts={"criterion": criterion, "paper": subject, "evidence": made.id})
    return made


@transaction.atomic
def remove_evidence(*, actor: Actor, evidence_id: int, at: datetime) -> Evidence:
    """It is no longer shown; that it was stays in the journal."""
    found = Evidence.objects.select_for_update(of=("self",)).select_related("consortium").filter(id=evidence_id).first()
    if found is None:
        raise Refused("unknown_evidence", "没有这份佐证；请刷新页面。", "no such evidence", field="evidence")
    access.require_manage(actor, found.consortium, timezone.localdate(at))
    if found.removed_at is not None:
        raise Refused("changed_meanwhile", "这份佐证已经撤下；请刷新页面。", "removed already")
    found.removed_at = at
    found.save(update_fields=["removed_at"])
    record("governance.evidence_removed", actor=actor, at=at, subject=f"evidence-{found.consortium.code}-{found.year}", consortium=found.consortium, facts={"criterion": found.criterion, "evidence": found.id})
    return found


def _stands(consortium: Consortium, subject: str) -> bool:
    return Document.objects.filter(consortium=consortium, number=subject).exists() or Resolution.objects.filter(consortium=consortium, number=subject).exists()

"""Outside the network: nobody there answers, so the sender keeps the patient in sight and notes what became of them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from yilianti.care.referral.actions import moving
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import Outcome
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused


def note_outcome(*, actor: Actor, number: str, outcome: str, outcome_on: date, note: str, at: datetime) -> Referral:
    """What became of the patient, as the patient, the family or the other hospital told."""
    if outcome not in {str(o.value) for o in Outcome}:
        raise Refused("outcome_missing", "请选择去向结果。", field="outcome")
    if outcome_on > timezone.localdate(at):
        raise Refused("outcome_future", "日期不能晚于今天。", field="outcome_on")
    with moving.step(actor=actor, number=number, action="note_outcome", at=at) as step:
        submitted_at = step.referral.submitted_at
        if submitted_at and outcome_on < timezone.localdate(submitted_at):
            raise Refused("outcome_early", "日期早于转出的日期；请核对。", field="outcome_on")
        step.referral.outcome, step.referral.outcome_on, step.referral.outcome_note = outcome, outcome_on, note.strip()
        step.referral.concluded_at = at
        step.facts["outcome"] = outcome
    return step.referral

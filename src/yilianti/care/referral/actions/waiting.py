"""Waiting: what the clock causes — a reminder before the promise is broken, a report after, a lapse at the end."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral.actions import arriving, moving
from yilianti.care.referral.models import Referral
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

_AT_MOST = 200


@transaction.atomic
def remind(*, actor: Actor, at: datetime) -> int:
    """Remind the office of answers that fall due soon; returns how many."""
    policy = policybook.in_force("clinical.referral.escalation", timezone.localdate(at), actor.scope)
    due = _unanswered(at + timedelta(minutes=max(policy.remind_before.values())), reminded_at__isnull=True)
    soon = [r for r in due if r.answer_due_at and r.answer_due_at - timedelta(minutes=policy.remind_before[r.urgency]) <= at]
    for referral in soon:
        referral.reminded_at = at
        referral.save(update_fields=["reminded_at"])
        moving.record("referral.reminded", actor=actor, referral=referral, at=at, facts=_due(referral), policy_refs=[policy.policy_ref])
    return len(soon)


@transaction.atomic
def escalate(*, actor: Actor, at: datetime) -> int:
    """Report to the consortium's managers what is still unanswered after the promise; returns how many."""
    policy = policybook.in_force("clinical.referral.escalation", timezone.localdate(at), actor.scope)
    due = _unanswered(at, escalated_at__isnull=True)
    late = [r for r in due if r.answer_due_at and r.answer_due_at + timedelta(minutes=policy.manager_after[r.urgency]) <= at]
    for referral in late:
        referral.escalated_at = at
        referral.save(update_fields=["escalated_at"])
        moving.record("referral.escalated", actor=actor, referral=referral, at=at, facts=_due(referral), policy_refs=[policy.policy_ref])
    return len(late)


def lapse_overdue(*, actor: Actor, at: datetime) -> int:
    """Close accepted referrals whose window has passed; one that changes meanwhile is left alone."""
    overdue = list(Referral.objects.filter(state="accepted", lapses_at__lt=at).order_by("lapses_at").values_list("number", flat=True)[:_AT_MOST])
    lapsed = 0
    for number in overdue:
        try:
            arriving.lapse(actor=actor, number=number, at=at)
            lapsed += 1
        except Refused:
            continue
    return lapsed


def _unanswered(before: datetime, **more: object) -> list[Referral]:
    waiting = Referral.objects.select_for_update(skip_locked=True).filter(state="submitted", answer_due_at__lte=before, **more)
    return list(waiting.order_by("answer_due_at")[:_AT_MOST])


def _due(referral: Referral) -> dict[str, str]:
    return {"answer_due_at": referral.answer_due_at.isoformat() if referral.answer_due_at else "", "urgency": referral.urgency}

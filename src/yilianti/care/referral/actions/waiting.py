"""Waiting: what the clock causes — a reminder before the promise is broken, a report after, a lapse at the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral.actions import arriving, moving
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import UNANSWERED
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions

_AT_MOST = 200
_LOOKED_AT = 5_000


def remind(*, actor: Actor, at: datetime) -> int:
    """Remind the office of answers that fall due soon; returns how many."""
    return _speak("referral.reminded", "reminded_at", lambda policy, urgency: -policy.remind_before[urgency], actor, at)


def escalate(*, actor: Actor, at: datetime) -> int:
    """Report to the consortium's managers what is still unanswered after the promise; returns how many."""
    return _speak("referral.escalated", "escalated_at", lambda policy, urgency: policy.manager_after[urgency], actor, at)


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


@transaction.atomic
def _speak(word: str, mark: str, minutes: Callable[[policybook.Edition, str], int], actor: Actor, at: datetime) -> int:
    """Mark and journal what has been unanswered so many minutes past (before) its promise, by the policy of its receiver."""
    unspoken: dict[str, Any] = {"state__in": UNANSWERED, f"{mark}__isnull": True}
    waiting = Referral.objects.filter(answer_due_at__isnull=False, **unspoken).order_by("answer_due_at")
    policies: dict[int, policybook.Edition] = {}
    chosen: dict[int, policybook.Edition] = {}
    for referral, receiver, urgency, due_at in waiting.values_list("id", "to_institution", "urgency", "answer_due_at")[:_LOOKED_AT]:
        if receiver not in policies:
            scope = institutions.scope_of(receiver, at)
            policies[receiver] = policybook.in_force("clinical.referral.escalation", timezone.localdate(at), scope)
        if due_at and due_at + timedelta(minutes=minutes(policies[receiver], urgency)) <= at and len(chosen) < _AT_MOST:
            chosen[referral] = policies[receiver]
    spoken = list(Referral.objects.select_for_update(skip_locked=True).filter(id__in=chosen, **unspoken).order_by("answer_due_at"))
    for found in spoken:
        setattr(found, mark, at)
        found.save(update_fields=[mark])
        moving.record(word, actor=actor, referral=found, at=at, facts=_due(found), policy_refs=[chosen[found.id].policy_ref])
    return len(spoken)


def _due(referral: Referral) -> dict[str, str]:
    return {"answer_due_at": referral.answer_due_at.isoformat() if referral.answer_due_at else "", "urgency": referral.urgency}

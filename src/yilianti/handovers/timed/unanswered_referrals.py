"""An answer that is due soon is asked for; one that is overdue is reported."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.care.referral import api as referral
from yilianti.kernel.actor import Actor

EVERY = timedelta(minutes=1)


def tick(at: datetime) -> int:
    """Remind and report; returns how many."""
    actor = Actor.system()
    return referral.remind(actor=actor, at=at) + referral.escalate(actor=actor, at=at)

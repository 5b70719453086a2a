"""An accepted patient who did not come in the window of the policy is no longer awaited."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.care.referral import api as referral
from yilianti.kernel.actor import Actor

EVERY = timedelta(minutes=1)


def tick(at: datetime) -> int:
    """Close what has lapsed; returns how many."""
    return referral.lapse_overdue(actor=Actor.system(), at=at)

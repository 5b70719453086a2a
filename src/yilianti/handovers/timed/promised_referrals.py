"""What a referral promises is asked for before its limit, and reported at it and after."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.care.referral import api as referral
from yilianti.kernel.actor import Actor

EVERY = timedelta(minutes=1)


def tick(at: datetime) -> int:
    """Take the rungs that are reached; returns how many."""
    return referral.remind_due(actor=Actor.system(), at=at)

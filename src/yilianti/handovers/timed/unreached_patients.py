"""A message to a patient that does not get away is told to the doctor who sent them, before the visit comes."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.care.referral import api as referral
from yilianti.kernel.actor import Actor

EVERY = timedelta(minutes=1)


def tick(at: datetime) -> int:
    """Warn once of each; returns how many."""
    return referral.report_untold(actor=Actor.system(), at=at)

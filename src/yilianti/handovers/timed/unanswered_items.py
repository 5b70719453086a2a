"""What nobody answers climbs its ladder."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.kernel.actor import Actor
from yilianti.registry.inbox import api as inbox

EVERY = timedelta(seconds=20)


def tick(at: datetime) -> int:
    """Take the rungs that are reached; returns how many."""
    return inbox.escalate_due(actor=Actor.system(), at=at)

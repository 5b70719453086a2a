"""Messages outside the platform leave when their time has come; a silent gateway is not waited for."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.kernel.actor import Actor
from yilianti.registry.inbox import api as inbox

EVERY = timedelta(seconds=5)


def tick(at: datetime) -> int:
    """Plan, hand over, give up; returns how many."""
    return inbox.call_due(actor=Actor.system(), at=at)

"""One message in the morning with what waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.kernel.actor import Actor
from yilianti.registry.inbox import api as inbox

EVERY = timedelta(minutes=5)


def tick(at: datetime) -> int:
    """Write this morning's digests; returns how many."""
    return inbox.digest_due(actor=Actor.system(), at=at)

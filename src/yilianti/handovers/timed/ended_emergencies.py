"""An emergency access whose time is over is closed, so that it can be reviewed; it gave nothing any more since."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.kernel.actor import Actor
from yilianti.registry.privacy import api as privacy

EVERY = timedelta(minutes=1)


def tick(at: datetime) -> int:
    """Close what has run out; returns how many."""
    return privacy.expire(actor=Actor.system(), at=at)

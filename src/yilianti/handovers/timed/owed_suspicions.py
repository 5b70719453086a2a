"""Who owes an explanation or a decision is reminded once before the limit."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.settlement.supervision import api as supervision

EVERY = timedelta(hours=1)


def tick(at: datetime) -> int:
    """Remind; returns of how many."""
    return supervision.remind_due(at=at)

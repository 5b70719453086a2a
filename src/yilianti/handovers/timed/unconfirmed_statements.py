"""Finance and the head are told once who has let the last day of a statement go by; nobody is taken to agree."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.settlement.distribution import api as distribution

EVERY = timedelta(hours=1)


def tick(at: datetime) -> int:
    """Tell; returns of how many statements."""
    return distribution.tell_overdue(at=at)

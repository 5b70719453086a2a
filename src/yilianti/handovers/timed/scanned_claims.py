"""Claims that changed are looked through by the rules of supervision, in batches."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.settlement.supervision import api as supervision

EVERY = timedelta(seconds=60)


def tick(at: datetime) -> int:
    """Work off what is due; returns how many suspicions were raised."""
    return supervision.scan_due(at=at)

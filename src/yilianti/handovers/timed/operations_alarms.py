"""A silent source, a failed backup or drill, a short disk: told to administrators, and taken back when it is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.handovers import alarms

EVERY = timedelta(seconds=30)


def tick(at: datetime) -> int:
    """Tell what is new, close what is over; returns how many of both."""
    return alarms.tell(at)

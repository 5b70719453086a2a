"""A destination that has not answered for longer than the policy bears is reported."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.gateways.outbound import api as outbound

EVERY = timedelta(minutes=1)


def tick(at: datetime) -> int:
    """Raise the alarms; returns how many."""
    return outbound.raise_alarms(at=at)

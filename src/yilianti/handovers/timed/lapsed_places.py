"""A place whose lease has run out is free at once; here its reservation is marked so."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.capacity.schedules import api as schedules
from yilianti.kernel.actor import Actor

EVERY = timedelta(minutes=1)


def tick(at: datetime) -> int:
    """Mark what has lapsed; returns how many."""
    return schedules.lapse_due(actor=Actor.system(), at=at)

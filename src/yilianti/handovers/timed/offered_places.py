"""A place that stands free while somebody waits is offered to them; whoever touches the place does the same."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.capacity.schedules import api as schedules

EVERY = timedelta(minutes=1)


def tick(at: datetime) -> int:
    """Offer what is free; returns how many offers were made."""
    return schedules.pass_on_due(at=at)

"""The day somebody leaves has come."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.kernel.actor import Actor
from yilianti.registry.people import api as people

EVERY = timedelta(minutes=5)


def tick(at: datetime) -> int:
    """Let those go whose day has come; returns how many."""
    return people.depart_due(actor=Actor.system(), at=at)

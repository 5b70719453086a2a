"""A limit of the diagnosis centre that is near is spoken of before it is broken."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.care.diagnosis import api as diagnosis
from yilianti.kernel.actor import Actor

EVERY = timedelta(seconds=20)


def tick(at: datetime) -> int:
    """Remind; returns how many."""
    return diagnosis.remind(actor=Actor.system(), at=at)

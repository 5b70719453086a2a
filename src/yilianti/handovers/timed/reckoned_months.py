"""Packages in force are reckoned for each month that is over, from the day on that the place says."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.settlement.budget import api as budget

EVERY = timedelta(hours=1)


def tick(at: datetime) -> int:
    """Reckon; returns how many months."""
    return budget.reckon_due(at=at)

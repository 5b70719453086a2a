"""The bureau is reminded once before an instalment of the advance is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.settlement.budget import api as budget

EVERY = timedelta(hours=1)


def tick(at: datetime) -> int:
    """Remind; returns of how many."""
    return budget.remind_due(at=at)

"""A claim was filed, corrected, charged or taken back: its person's month is looked through again."""

from __future__ import annotations

from datetime import date

from yilianti.kernel.models import JournalEntry
from yilianti.settlement.supervision import api as supervision

WORDS = ("claims.filed", "claims.corrected", "claims.charged", "claims.withdrawn")


def hand_over(entry: JournalEntry) -> None:
    """Note the month; the rules run in batches by the clock."""
    if entry.resident is None:
        raise LookupError(f"claim without a person: {entry.subject}")
    supervision.mark_changed(resident=entry.resident, discharged_on=date.fromisoformat(entry.facts["discharged_on"]))

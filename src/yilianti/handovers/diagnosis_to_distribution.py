"""A report issued for another member is work that the year's settlement counts."""

from __future__ import annotations

from yilianti.care.diagnosis import api as diagnosis
from yilianti.kernel.models import JournalEntry
from yilianti.settlement.distribution import api as distribution

WORDS = ("diagnosis.issued",)


def hand_over(entry: JournalEntry) -> None:
    """Once for each entry; the centre gave, the member that sent received."""
    distribution.note_work(kind=distribution.WorkKind.REMOTE, giver=int(entry.to_institution or 0), receiver=int(entry.from_institution or 0), item=diagnosis.Modality.label(entry.facts["modality"]), at=entry.at, source=f"journal:{entry.id}")

"""Two residents found to be one person, or not: what was used up in a year is one person's, so their claims are priced anew."""

from __future__ import annotations

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.settlement.claims import api as claims

OTHER = {"residents.merged": "merged_id", "residents.unmerged": "from_id"}
WORDS = tuple(OTHER)
START = "now"


def hand_over(entry: JournalEntry) -> None:
    """Price the years of both."""
    claims.reprice_people(actor=acting.on_behalf_of(entry), residents=[int(entry.resident or 0), int(entry.facts[OTHER[entry.word]])], at=entry.at)

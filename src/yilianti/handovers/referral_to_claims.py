"""A patient arrived by a referral, or did not after all: claims filed meanwhile are priced anew, since a referred stay is paid otherwise."""

from __future__ import annotations

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.settlement.claims import api as claims

WORDS = ("referral.arrived", "referral.arrival_undone")
START = "now"


def hand_over(entry: JournalEntry) -> None:
    """Price the years of the patient."""
    claims.reprice_people(actor=acting.on_behalf_of(entry), residents=[int(entry.resident or 0)], at=entry.at)

"""A confirmed slot, another one instead, one given back: told to the system of the hospital whose book it stands in (SIU)."""

from __future__ import annotations

from yilianti.gateways.hl7v2 import api as hl7v2
from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry

WORDS = ("schedules.confirmed", "schedules.exchanged", "schedules.released")
START = "now"


def hand_over(entry: JournalEntry) -> None:
    """Leave the messages in the outbox."""
    hl7v2.announce_place(actor=acting.on_behalf_of(entry), word=entry.word, number=entry.facts["number"], was=entry.facts.get("was", ""), entry=entry.id, at=entry.at)

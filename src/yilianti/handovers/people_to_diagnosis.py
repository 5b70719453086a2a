"""Whoever has left signs no more reports; what they signed still verifies."""

from __future__ import annotations

from yilianti.care.diagnosis import api as diagnosis
from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry

WORD = "people.left"


def hand_over(entry: JournalEntry) -> None:
    diagnosis.retire_signer(actor=acting.on_behalf_of(entry), person=entry.facts["person"], at=entry.at)

"""Whoever has left signs in no more."""

from __future__ import annotations

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access import api as access

WORD = "people.left"


def hand_over(entry: JournalEntry) -> None:
    access.close_for(actor=acting.on_behalf_of(entry), person=entry.facts["person"], at=entry.at)

"""An issued report, and each correction of it, is told to the system of the member that asked (ORU with the PDF)."""

from __future__ import annotations

from yilianti.gateways.hl7v2 import api as hl7v2
from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry

WORDS = ("diagnosis.issued", "diagnosis.amended")
START = "now"


def hand_over(entry: JournalEntry) -> None:
    """Leave the messages in the outbox."""
    hl7v2.announce_report(actor=acting.on_behalf_of(entry), number=entry.facts["number"], version=entry.facts["version"], entry=entry.id, at=entry.at)

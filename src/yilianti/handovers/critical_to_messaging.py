"""A critical value also goes to the work telephone of whoever is told and has chosen no channel of their own."""

from __future__ import annotations

from yilianti.capacity.rosters import api as rosters
from yilianti.gateways.messaging import api as messaging
from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox

WORDS = ("diagnosis.critical_found", "diagnosis.critical_changed", "diagnosis.critical_unreachable")
START = "now"


def hand_over(entry: JournalEntry) -> None:
    """One text message a person, with the number of the exam and no more."""
    place, number = int(entry.from_institution or 0), entry.facts["number"]
    for person, phone in inbox.uncalled(rosters.told(place, entry.facts, entry.at), "critical").items():
        messaging.send(actor=acting.on_behalf_of(entry), channel="sms", institution=place, phone=phone, text="item", values={"urgency": "危急", "kind": "待办", "number": number},
                       about=f"diagnosis:{number}", key=f"critical:{entry.id}:{person}", at=entry.at)  # fmt: skip

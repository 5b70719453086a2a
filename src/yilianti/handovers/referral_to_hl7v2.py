"""What happens to a referral is told to the hospital systems of both ends that asked for it, by HL7 (REF, RRI)."""

from __future__ import annotations

from yilianti.gateways.hl7v2 import api as hl7v2
from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry

WORDS = (
    "referral.submitted", "referral.approved", "referral.converted", "referral.redirected", "referral.withdrawn", "referral.accepted", "referral.declined", "referral.sent_back",
    "referral.arrived", "referral.lapsed", "referral.discharged", "referral.concluded", "referral.advised", "referral.adopted",
)  # fmt: skip
START = "now"


def hand_over(entry: JournalEntry) -> None:
    """Leave the messages in the outbox."""
    hl7v2.announce(actor=acting.on_behalf_of(entry), word=entry.word, number=entry.facts["number"], former=entry.facts.get("redirected_from"),
                   entry=entry.id, at=entry.at)  # fmt: skip

"""Each step of a referral that matters to the patient is told to them by text message."""

from __future__ import annotations

from dataclasses import asdict

from django.utils import timezone

from yilianti.care.referral import api as referral
from yilianti.gateways.messaging import api as messaging
from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry

# Which of them speak, and what they say, is a rule of the room (`care/referral/rules/telling`).
WORDS = (
    "referral.submitted", "referral.approved", "referral.converted", "referral.accepted", "referral.redirected", "referral.redirect_proposed",
    "referral.declined", "referral.sent_back", "referral.appointment_noted", "referral.advised", "referral.adopted", "referral.lapsed",
    "referral.withdrawn", "referral.sent_out", "referral.notice_resent",
)  # fmt: skip
START = "now"


def hand_over(entry: JournalEntry) -> None:
    """Leave the message in the outbox, once per entry; by the clock of today, for the night is quiet whenever the step was taken."""
    actor, at = acting.on_behalf_of(entry), timezone.now()
    for message in referral.texts_for(actor=actor, entry=entry, at=at):
        messaging.send_words(actor=actor, resident=entry.resident, caused_by=entry.id, at=at, **asdict(message))

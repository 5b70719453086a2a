"""An appointment that the receiver's system books or gives up is shown with the referral that waits for it."""

from __future__ import annotations

from datetime import datetime

from yilianti.care.referral import api as referral
from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry

WORDS = ("schedules.booked", "schedules.rescheduled", "schedules.modified", "schedules.cancelled", "schedules.missed")


def hand_over(entry: JournalEntry) -> None:
    """Tell referral where and when the patient is expected."""
    facts = entry.facts
    referral.note_appointment(
        actor=acting.on_behalf_of(entry), appointment=facts["number"], placer=facts["placer_number"], resident=int(entry.resident or 0),
        institution=facts["institution"], starts_at=datetime.fromisoformat(facts["starts_at"]), place=facts["place"], booked=facts["state"] == "booked",
        at=entry.at,
    )  # fmt: skip

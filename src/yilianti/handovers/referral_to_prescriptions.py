"""An allergy that a patient told the referring doctor is kept in the record, so that the next form shows it."""

from __future__ import annotations

from dataclasses import asdict, replace

from yilianti.care.referral import api as referral
from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.record.prescriptions import api as prescriptions

WORDS = ("referral.submitted", "referral.approval_asked", "referral.sent_out")
START = "now"


def hand_over(entry: JournalEntry) -> None:
    """Once for each referral and substance, whatever becomes of the referral."""
    number = entry.subject.partition(":")[2]
    actor = replace(acting.on_behalf_of(entry), name=f"患者口述（转诊单 {number}）")
    for told in referral.allergies_told(number):
        prescriptions.hear_allergy(
            actor=actor, resident_id=int(entry.resident or 0), institution_id=int(entry.actor_institution or entry.from_institution or 0),
            told=prescriptions.Intolerance(**asdict(told)), source=entry.subject, at=entry.at,
        )  # fmt: skip

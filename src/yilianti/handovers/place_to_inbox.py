"""The hospital has moved or withdrawn a place that was held for a referral: who referred tells the patient."""

from __future__ import annotations

from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox

TOLD = {"schedules.place_moved": "转诊单 {referral}：医院把号改到 {where}，请告知患者", "schedules.place_withdrawn": "转诊单 {referral}：医院取消了 {where} 的号，请告知患者并重新安排"}
WORDS = tuple(TOLD)


def hand_over(entry: JournalEntry) -> None:
    """A task for the sender; the hospital's own patients are its own to tell."""
    kind, _, referral = str(entry.facts["for"]).partition(":")
    if kind == "referral":
        inbox.ask(key=f"{entry.id}:from", institution_id=int(entry.from_institution or 0), title=TOLD[entry.word].format(referral=referral, where=entry.facts["where"]),
                  link=f"/referrals/{referral}/", subject=entry.subject, at=entry.at)  # fmt: skip

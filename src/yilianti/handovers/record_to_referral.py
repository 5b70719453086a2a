"""What hospital systems report of a stay moves the referral that waits for it: arrival, discharge, their undoing, the summary."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from yilianti.care.referral import api as referral
from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry


def opened(entry: JournalEntry) -> None:
    facts = entry.facts
    referral.recognise_arrival(
        actor=acting.on_behalf_of(entry), encounter=facts["number"], resident=int(entry.resident or 0), institution=facts["institution"],
        opened_at=datetime.fromisoformat(facts["opened_at"]), at=entry.at,
    )  # fmt: skip


def closed(entry: JournalEntry) -> None:
    ended_at = datetime.fromisoformat(entry.facts["closed_at"])
    referral.recognise_discharge(actor=acting.on_behalf_of(entry), encounter=entry.facts["number"], closed_at=ended_at, at=entry.at)


def open_cancelled(entry: JournalEntry) -> None:
    referral.undo_recognised_arrival(actor=acting.on_behalf_of(entry), encounter=entry.facts["number"], at=entry.at)


def reopened(entry: JournalEntry) -> None:
    referral.undo_recognised_discharge(actor=acting.on_behalf_of(entry), encounter=entry.facts["number"], at=entry.at)


def document_filed(entry: JournalEntry) -> None:
    facts = entry.facts
    referral.attach_summary(actor=acting.on_behalf_of(entry), encounter=facts["encounter"], document=facts["number"], kind=facts["kind"], at=entry.at)


# One handover, not five: a stay's reports must reach the referral in the order in which they were filed.
ACTS: dict[str, Callable[[JournalEntry], None]] = {
    "encounter.opened": opened,
    "encounter.closed": closed,
    "encounter.open_cancelled": open_cancelled,
    "encounter.reopened": reopened,
    "documents.filed": document_filed,
}
WORDS = tuple(ACTS)


def hand_over(entry: JournalEntry) -> None:
    """Tell referral what happened to the stay."""
    ACTS[entry.word](entry)

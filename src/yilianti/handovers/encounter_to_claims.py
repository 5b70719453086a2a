"""A visit that has ended waits for its charges: its claim stands in the list of the insurance office until they come, or until the visit goes on."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.record.encounters import api as encounters
from yilianti.settlement.claims import api as claims

BACK = {"encounter.reopened": "就诊恢复", "encounter.open_cancelled": "就诊撤销"}
WORDS = ("encounter.closed", *BACK)


def hand_over(entry: JournalEntry) -> None:
    """Open the claim of the visit, or close it; which visits are billed is the room's question."""
    number, actor = entry.facts["number"], acting.on_behalf_of(entry)
    if entry.word in BACK:
        claims.close_waiting(actor=actor, encounter=number, because=BACK[entry.word], at=entry.at)
        return
    visit = encounters.visit_of(number)
    if visit is None:
        raise LookupError(f"no encounter {number}")
    closed_at = datetime.fromisoformat(entry.facts["closed_at"])
    claims.open_claim(actor=actor, resident=visit.resident_id, institution=visit.institution_id, visit_number=visit.visit_number, encounter=visit.number,
                      kind=visit.kind, admitted_on=timezone.localdate(visit.opened_at), discharged_on=timezone.localdate(closed_at), at=entry.at)  # fmt: skip

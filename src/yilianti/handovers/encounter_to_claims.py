"""A visit that has ended waits for its charges: its claim stands in the list of the insurance office until they come."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.record.encounters import api as encounters
from yilianti.settlement.claims import api as claims

WORD = "encounter.closed"


def hand_over(entry: JournalEntry) -> None:
    """Open the claim of the visit; which visits are billed is the room's question."""
    visit = encounters.visit_of(entry.facts["number"])
    if visit is None:
        raise LookupError(f"no encounter {entry.facts['number']}")
    closed_at = datetime.fromisoformat(entry.facts["closed_at"])
    claims.open_claim(actor=acting.on_behalf_of(entry), resident=visit.resident_id, institution=visit.institution_id, visit_number=visit.visit_number, encounter=visit.number,
                      kind=visit.kind, admitted_on=timezone.localdate(visit.opened_at), discharged_on=timezone.localdate(closed_at), at=entry.at)  # fmt: skip

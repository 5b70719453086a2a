"""Whom a handover acts as: the system, on behalf of the institution whose act it follows."""

from __future__ import annotations

from datetime import datetime

from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.registry.institutions import api as institutions


def on_behalf_of(entry: JournalEntry) -> Actor:
    """The system acting for the entry's institution, so that policies are those of its consortium and region."""
    return for_institution(entry.actor_institution or entry.to_institution or entry.from_institution, entry.at)


def for_institution(institution: int | None, at: datetime) -> Actor:
    """The system acting for an institution at that moment, or for none."""
    if institution is None:
        return Actor.system()
    scope = institutions.scope_of(institution, at)
    return Actor.system(institution=institution, consortium=scope.consortium, region=scope.region)

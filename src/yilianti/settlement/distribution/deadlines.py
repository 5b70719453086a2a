"""Until when a member may confirm or dispute: the place's days, from the day the statement lies before it."""

from __future__ import annotations

from datetime import date, timedelta

from yilianti import policybook
from yilianti.kernel.actor import Scope
from yilianti.registry.institutions.api import Consortium


def confirm_by(consortium: Consortium, day: date) -> date:
    """The last day, for a statement (or an answer to a dispute) of that day."""
    edition = policybook.in_force("settlement.distribution.confirmation", day, Scope(consortium.code, consortium.region))
    return day + timedelta(days=int(edition["days"]))

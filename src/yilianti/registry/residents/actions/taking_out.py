"""A list of residents leaves the platform as a file: who took how many out is written down before it does."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor


@transaction.atomic
def take_out(*, actor: Actor, rows: int, at: datetime) -> None:
    """Note that a list of so many residents was taken out; whom it named stands in the access log."""
    actor.require("residents.export")
    journal.write("residents.exported", actor=actor, at=at, subject=f"residents:list-{actor.institution or 0}", to_institution=actor.institution, facts={"rows": rows})

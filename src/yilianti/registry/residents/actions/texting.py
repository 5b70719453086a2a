"""Whether a resident wants to be told things by text message."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yilianti.kernel.actor import Actor
from yilianti.registry.residents import access, links
from yilianti.registry.residents.actions.recording import locked, record
from yilianti.registry.residents.models import Resident


@transaction.atomic
def choose_texts(*, actor: Actor, resident_id: int, refused: bool, at: datetime) -> Resident:
    """Keep the resident's wish; said again it changes nothing."""
    access.require_view(actor, resident_id, "residents.amend")
    resident = locked(links.standing_for(resident_id).id)
    if refused == (resident.texts_refused_at is not None):
        return resident
    resident.texts_refused_at = at if refused else None
    resident.save(update_fields=["texts_refused_at"])
    record("residents.texts_refused" if refused else "residents.texts_wanted", actor=actor, at=at, resident=resident, facts={})
    return resident

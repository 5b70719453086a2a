"""One journal line about a resident, by number only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.residents.models import Resident


def record(word: str, *, actor: Actor, at: datetime, resident: Resident, facts: dict[str, Any]) -> None:
    journal.write(word, actor=actor, at=at, subject=f"residents:{resident.number}", resident=resident.id,
                  to_institution=resident.home_id, facts={"number": resident.number, **facts})  # fmt: skip


def locked(resident_id: int) -> Resident:
    """The resident, held until the transaction ends."""
    found = Resident.objects.select_for_update(of=("self",)).filter(id=resident_id).first()
    if found is None:
        raise Refused("unknown_resident", "没有这位居民；请重新查找。", "no such resident", field="resident")
    return found

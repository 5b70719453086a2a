"""One journal line about an institution, and the permission every change asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.registry.institutions.models import Institution

MANAGE = "institutions.manage"


def permitted(actor: Actor) -> None:
    """Managing the directory is not bound to a branch: a new or provisional institution lies in none yet."""
    actor.require(MANAGE)


def record(word: str, *, actor: Actor, at: datetime, institution: Institution, facts: Mapping[str, Any]) -> None:
    journal.write(word, actor=actor, at=at, subject=f"institutions:{institution.id}", to_institution=institution.id,
                  facts={"code": institution.code, "name": institution.short_name, **facts})  # fmt: skip

"""One journal line about an institution, and the permission every change asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.registry.institutions.models import Institution, Membership

MANAGE = "institutions.manage"


def permitted(actor: Actor, institution: Institution | None = None) -> None:
    """Refuse unless the actor manages the directory; an institution of some consortium, only within their reach.

    One that belongs nowhere yet (new, provisional) is open to every manager: it lies in nobody's branch.
    """
    actor.require(MANAGE)
    if institution is not None and not actor.may(MANAGE, institution.id) and _belongs_somewhere(institution):
        actor.require(MANAGE, institution.id)


def _belongs_somewhere(institution: Institution) -> bool:
    upwards = [int(step) for step in institution.path.split("/") if step]
    return Membership.objects.filter(institution__in=upwards, until_on__isnull=True).exists()


def record(word: str, *, actor: Actor, at: datetime, institution: Institution, facts: Mapping[str, Any]) -> None:
    journal.write(word, actor=actor, at=at, subject=f"institutions:{institution.id}", to_institution=institution.id,
                  facts={"code": institution.code, "name": institution.short_name, **facts})  # fmt: skip

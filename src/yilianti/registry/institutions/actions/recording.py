"""One journal line about an institution, and the permission every change asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.registry.institutions.models import Institution, Membership

MANAGE = "institutions.manage"


def permitted(actor: Actor, institution: Institution | None = None, *, at: datetime) -> None:
    """Refuse unless the actor manages the directory; an institution of some consortium, only within their reach.

    One that belongs nowhere yet (new, provisional) is open to every manager: it lies in nobody's branch.
    """
    actor.require(MANAGE)
    if institution is not None and not actor.may(MANAGE, institution.id) and _belongs_somewhere(institution, timezone.localdate(at)):
        actor.require(MANAGE, institution.id)


def still_held(day: date) -> Q:
    """Condition on Membership: it has not ended by that day, however soon it will."""
    return Q(until_on__isnull=True) | Q(until_on__gt=day)


def _belongs_somewhere(institution: Institution, day: date) -> bool:
    upwards = [int(step) for step in institution.path.split("/") if step]
    return Membership.objects.filter(still_held(day), institution__in=upwards).exists()


def record(word: str, *, actor: Actor, at: datetime, institution: Institution, facts: Mapping[str, Any]) -> None:
    journal.write(word, actor=actor, at=at, subject=f"institutions:{institution.id}", to_institution=institution.id,
                  facts={"code": institution.code, "name": institution.short_name, **facts})  # fmt: skip

"""Who may read what of the record: the own reach always; other institutions' items by care relation and consent.

依据：《中华人民共和国个人信息保护法》第二十八、二十九条（敏感个人信息、单独同意）。
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from yilianti.kernel.actor import Actor
from yilianti.record.encounters.models import Encounter, EncounterQuerySet
from yilianti.record.encounters.terms import Sharing
from yilianti.registry.consent import api as consent
from yilianti.registry.residents import api as residents

VIEW = "encounters.view"
SHARING_PURPOSES = ("record_sharing", "referral")
TREATING = "诊疗需要"
#: where the session keeps the reasons for viewing, by resident id
REASONS = "record_reasons"


def may_file(actor: Actor) -> bool:
    """Encounters come from hospital systems: only a machine at a gateway, or the platform itself, files them."""
    return actor.is_system


def is_treating(actor: Actor, resident_id: int) -> bool:
    """True when an institution in which the actor reads records keeps the resident or has them in care."""
    return residents.may_view(actor, resident_id, "record.view")


def sharing(actor: Actor, resident_id: int, at: datetime) -> Sharing:
    """Whether items of institutions outside the actor's reach may be read, and if not, why."""
    if actor.is_system:
        return Sharing.ALLOWED
    if not is_treating(actor, resident_id):
        return Sharing.NO_RELATION
    agreed = any(consent.in_force(resident_id, purpose, at) for purpose in SHARING_PURPOSES)
    return Sharing.ALLOWED if agreed else Sharing.NO_CONSENT


def visible_to(actor: Actor, *, elsewhere: bool = False) -> EncounterQuerySet:
    """Encounters the actor may read; `elsewhere` (from `sharing`) adds those of other institutions."""
    everything = Encounter.objects.all()
    if actor.is_system or (elsewhere and actor.may(VIEW)):
        return everything
    return everything.filter(institution__in=actor.reaches(VIEW))


def hidden_from(actor: Actor, queryset: QuerySet[Any], permission: str) -> QuerySet[Any]:
    """The part of a record queryset that belongs to institutions outside the actor's reach."""
    return queryset.none() if actor.is_system else queryset.exclude(institution__in=actor.reaches(permission))


def purpose_of(reasons: Mapping[str, str], resident_id: int) -> str:
    """The reason given for viewing this resident (the session keeps them by resident id), or treatment."""
    return reasons.get(str(resident_id), TREATING)

"""Who may read what of the record: the own reach always; other institutions' items by care relation and consent.

依据：《中华人民共和国个人信息保护法》第二十八、二十九条（敏感个人信息、单独同意）。
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from yilianti.kernel.actor import Actor
from yilianti.record.encounters.models import Encounter, EncounterQuerySet
from yilianti.record.encounters.terms import Sharing
from yilianti.registry.consent import api as consent
from yilianti.registry.privacy import api as privacy
from yilianti.registry.residents import api as residents

VIEW = "encounters.view"
Rows = TypeVar("Rows", bound=QuerySet[Any])
SHARING_PURPOSES = ("record_sharing", "referral")
SEPARATE_PURPOSE = "sensitive_sharing"
TREATING = "诊疗需要"
IN_EMERGENCY = "紧急调阅"
REASONS = privacy.REASONS


def may_file(actor: Actor) -> bool:
    """Encounters come from hospital systems: only a machine at a gateway, or the platform itself, files them."""
    return actor.is_system


def is_treating(actor: Actor, resident_id: int) -> bool:
    """True when an institution in which the actor reads records keeps the resident or has them in care."""
    return residents.may_view(actor, resident_id, "record.view")


def sharing(actor: Actor, resident_id: int, at: datetime) -> Sharing:
    """Whether items of institutions outside the actor's reach may be read, and if not, why."""
    if actor.is_system:
        return Sharing.SEPARATELY
    if resident_id in actor.opened:
        return Sharing.EMERGENCY
    if not is_treating(actor, resident_id):
        return Sharing.NO_RELATION
    if not any(consent.in_force(resident_id, purpose, at) for purpose in SHARING_PURPOSES):
        return Sharing.NO_CONSENT
    may_unseal = actor.may(privacy.SEE_SENSITIVE) and consent.in_force(resident_id, SEPARATE_PURPOSE, at)
    return Sharing.SEPARATELY if may_unseal else Sharing.ALLOWED


def readable(actor: Actor, rows: Rows, permission: str, how_far: Sharing, sealed: Q) -> Rows:
    """The part of a record room's rows that the actor may read: the own reach, others' as `how_far` goes, sealed ones
    (`sealed`, from `privacy.sealed`) only where made by who may see them, or when `how_far` says so."""
    if actor.is_system or (how_far.is_unsealed and actor.may(permission)):
        return rows
    if not (how_far.is_wide and actor.may(permission)):
        rows = rows.filter(institution__in=actor.reaches(permission))
    return rows.exclude(sealed & ~Q(institution__in=actor.reaches(privacy.SEE_SENSITIVE)))


def visible_to(actor: Actor, how_far: Sharing = Sharing.NO_CONSENT) -> EncounterQuerySet:
    """Encounters the actor may read, those of other institutions as `how_far` (from `sharing`) goes."""
    return readable(actor, Encounter.objects.all(), VIEW, how_far, privacy.sealed(privacy.Source.ENCOUNTER))


def hidden_from(actor: Actor, queryset: QuerySet[Any], permission: str, sealed: Q) -> QuerySet[Any]:
    """The part of a record queryset that belongs to institutions outside the actor's reach; that something is sealed is not even counted."""
    return queryset.none() if actor.is_system else queryset.exclude(institution__in=actor.reaches(permission)).exclude(sealed)


def purpose_of(actor: Actor, reasons: Mapping[str, str], resident_id: int) -> str:
    """Why this resident is looked at: an open emergency, the reason given (the session keeps them by resident id), or treatment."""
    return IN_EMERGENCY if resident_id in actor.opened else reasons.get(str(resident_id), TREATING)

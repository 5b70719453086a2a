"""Who may open a resident: whoever's reach covers the institution that keeps them, or one that has had them in care."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.residents import links
from yilianti.registry.residents.models import CareRelation, Resident

_OPENABLE = """
WITH RECURSIVE down AS (
    SELECT id AS root, id FROM residents_resident WHERE id = ANY(%(ids)s)
    UNION SELECT d.root, r.id FROM residents_resident r JOIN down d ON r.merged_into_id = d.id)
SELECT DISTINCT d.root FROM down d JOIN residents_resident r ON r.id = d.id WHERE r.home_id = ANY(%(reach)s) OR EXISTS (
    SELECT 1 FROM residents_carerelation c WHERE c.resident_id = r.id AND c.institution_id = ANY(%(reach)s))"""


def visible_to(actor: Actor, permission: str = "residents.view") -> Q:
    """Condition on Resident: kept, or in care, where the permission reaches; those merged into one count for it."""
    if actor.is_system:
        return Q()
    reach = actor.reaches(permission)
    related = CareRelation.objects.filter(institution__in=reach).values(standing=Coalesce("resident__merged_into", "resident"))
    merged = Resident.objects.filter(home__in=reach, merged_into__isnull=False).values("merged_into")
    return Q(home__in=reach) | Q(id__in=related) | Q(id__in=merged)


def may_view(actor: Actor, resident_id: int, permission: str = "residents.view") -> bool:
    """Whether this resident (with all merged into or standing for them) is in view."""
    if actor.is_system:
        return True
    reach = actor.reaches(permission)
    return bool(reach) and links.known_in(resident_id, reach)


def require_view(actor: Actor, resident_id: int, permission: str = "residents.view") -> None:
    """Refuse unless `may_view`."""
    if not may_view(actor, resident_id, permission):
        raise Refused("not_permitted", "这位居民不在您所在机构建档，也未在此就诊，不能办理；如病人就在面前，请凭证件登记后再试。", "not in view")


def in_question(actor: Actor, permission: str = "residents.link") -> Q:
    """Condition on DuplicateSuspicion: either person is kept, in care, or was told of, where the permission reaches."""
    if actor.is_system:
        return Q()
    reach = actor.reaches(permission)
    either = Q(resident=OuterRef("first")) | Q(resident=OuterRef("second"))
    related = CareRelation.objects.filter(either, institution__in=reach)
    return Q(first__home__in=reach) | Q(second__home__in=reach) | Q(told_by__in=reach) | Q(Exists(related))


def openable(actor: Actor, ids: Iterable[int], permission: str = "residents.view") -> frozenset[int]:
    """Of these standing residents, those the actor may open: one statement for a list."""
    wanted = list(ids)
    if actor.is_system:
        return frozenset(wanted)
    with connection.cursor() as cursor:
        cursor.execute(_OPENABLE, {"ids": wanted, "reach": list(actor.reaches(permission))})
        return frozenset(row[0] for row in cursor.fetchall())

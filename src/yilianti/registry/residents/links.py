"""Who stands for whom: merged residents are resolved by link whenever something is read, so un-merging loses nothing."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from yilianti.registry.residents.models import Resident

_UP = """up AS (
    SELECT id AS asked, id, merged_into_id FROM residents_resident WHERE id = ANY(%s)
    UNION SELECT up.asked, r.id, r.merged_into_id FROM residents_resident r JOIN up ON r.id = up.merged_into_id)"""
_GROUP = f"""WITH RECURSIVE {_UP}, down AS (
    SELECT id FROM up WHERE merged_into_id IS NULL
    UNION SELECT r.id FROM residents_resident r JOIN down ON r.merged_into_id = down.id)
    SELECT id FROM down"""  # noqa: S608 - constants only
_ROOTS = f"WITH RECURSIVE {_UP} SELECT asked, id FROM up WHERE merged_into_id IS NULL"  # noqa: S608 - constants only


def all_ids(resident_id: int) -> frozenset[int]:
    """Ids of everyone merged with this resident, itself included: what belongs to any of them belongs to the person."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUP, [[resident_id]])
        return frozenset(row[0] for row in cursor.fetchall()) or frozenset({resident_id})


def standing_ids(ids: Iterable[int]) -> dict[int, int]:
    """Id → id of the resident who stands for it, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOTS, [sorted(set(ids))])
        return dict(cursor.fetchall())


def standing_for(resident_id: int) -> Resident:
    """The resident who stands for this one (itself unless merged); raises Resident.DoesNotExist."""
    return Resident.objects.get(id=standing_ids([resident_id]).get(resident_id, resident_id))

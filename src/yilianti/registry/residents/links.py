"""Who stands for whom: merged residents are resolved by link whenever something is read, so un-merging loses nothing."""

from __future__ import annotations

from collections.abc import Iterable

from yilianti.kernel import prepared
from yilianti.registry.residents.models import Resident

_UP = """up AS (
    SELECT id AS asked, id, merged_into_id FROM residents_resident WHERE id = ANY(%s)
    UNION SELECT up.asked, r.id, r.merged_into_id FROM residents_resident r JOIN up ON r.id = up.merged_into_id)"""
_GROUP = f"""WITH RECURSIVE {_UP}, down AS (
    SELECT id FROM up WHERE merged_into_id IS NULL
    UNION SELECT r.id FROM residents_resident r JOIN down ON r.merged_into_id = down.id)
    SELECT id FROM down"""  # noqa: S608 - constants only
_GROUPS = f"""WITH RECURSIVE {_UP}, down AS (
    SELECT asked, id FROM up WHERE merged_into_id IS NULL
    UNION SELECT down.asked, r.id FROM residents_resident r JOIN down ON r.merged_into_id = down.id)
    SELECT asked, id FROM down"""  # noqa: S608 - constants only
_KNOWN = f"""{_GROUP.removesuffix("SELECT id FROM down")}SELECT EXISTS (
    SELECT 1 FROM down JOIN residents_resident r USING (id) LEFT JOIN residents_carerelation c ON c.resident_id = r.id
    WHERE r.home_id = ANY(%s) OR c.institution_id = ANY(%s))"""  # noqa: S608 - constants only
_ROOTS = f"WITH RECURSIVE {_UP} SELECT asked, id FROM up WHERE merged_into_id IS NULL"  # noqa: S608 - constants only


def all_ids(resident_id: int) -> frozenset[int]:
    """Ids of everyone merged with this resident, itself included: what belongs to any of them belongs to the person."""
    with prepared.cursor() as cursor:
        cursor.execute(_GROUP, [[resident_id]])
        return frozenset(row[0] for row in cursor.fetchall()) or frozenset({resident_id})


def path(resident_id: int) -> list[int]:
    """From this resident up to the one who stands for them."""
    above = dict(Resident.objects.filter(id__in=all_ids(resident_id)).values_list("id", "merged_into_id"))
    steps = [resident_id]
    while (following := above.get(steps[-1])) is not None:
        steps.append(following)
    return steps


def known_in(resident_id: int, institutions: Iterable[int]) -> bool:
    """Whether any of these institutions keeps, or has had in care, this resident or anyone merged with them."""
    places = list(institutions)
    with prepared.cursor() as cursor:
        cursor.execute(_KNOWN, [[resident_id], places, places])
        return bool(cursor.fetchone()[0])


def standing_ids(ids: Iterable[int]) -> dict[int, int]:
    """Id → id of the resident who stands for it, in one statement."""
    with prepared.cursor() as cursor:
        cursor.execute(_ROOTS, [sorted(set(ids))])
        return dict(cursor.fetchall())


def groups(ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Id → `all_ids` of it, in one statement for a list."""
    wanted = sorted(set(ids))
    found: dict[int, set[int]] = {one: {one} for one in wanted}
    with prepared.cursor() as cursor:
        cursor.execute(_GROUPS, [wanted])
        for asked, member in cursor.fetchall():
            found[asked].add(member)
    return {asked: frozenset(members) for asked, members in found.items()}


def standing_for(resident_id: int) -> Resident:
    """The resident who stands for this one (itself unless merged); raises Resident.DoesNotExist."""
    return Resident.objects.get(id=standing_ids([resident_id]).get(resident_id, resident_id))

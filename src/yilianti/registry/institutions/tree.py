"""The tree in the table: one writer at a time, and paths moved by whole branches in one statement."""

from __future__ import annotations

from django.db import connection

from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import rules
from yilianti.registry.institutions.models import Institution, Membership
from yilianti.registry.institutions.terms import Standing

_ONE_WRITER = "SELECT pg_advisory_xact_lock(hashtextextended('institutions.tree', 0))"
_MOVE_BRANCH = "UPDATE institutions_institution SET path = %s || substr(path, %s) WHERE path LIKE %s"


def hold() -> None:
    """Changes of the tree wait for one another until the transaction ends (they are rare)."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_WRITER)


def locked(institution_id: int) -> Institution:
    """The institution, held; Refused when unknown or no longer in use."""
    found = Institution.objects.select_for_update(of=("self",)).filter(id=institution_id).first()
    if found is None:
        raise Refused("unknown_institution", "没有这个机构；请从机构名录中选择。", "no such institution", field="institution")
    if found.standing in (Standing.MERGED, Standing.CLOSED):
        raise Refused("wrong_state", f"“{found.name}”{Standing.label(found.standing)}，不能再更改。", "the institution is out of use")
    return found


def parent_of(parent_id: int | None) -> Institution | None:
    """The institution to stand under, which must be in use."""
    if parent_id is None:
        return None
    parent = Institution.objects.filter(id=parent_id, standing=Standing.ACTIVE.value).first()
    if parent is None:
        raise Refused("unknown_parent", "上级机构不存在或已停用；请另选上级机构。", "no such parent", field="parent")
    return parent


def plant(institution: Institution, parent: Institution | None) -> None:
    """Save a new institution with its path."""
    institution.parent = parent
    institution.save()
    institution.path = f"{parent.path if parent else '/'}{institution.id}/"
    institution.save(update_fields=["path"])


def move(institution: Institution, parent: Institution | None) -> None:
    """Put a branch under another parent; refuses a circle."""
    if parent is not None and rules.stands_below(parent.path, institution.path):
        raise Refused("circle", f"“{parent.name}”就在“{institution.name}”之下，不能作它的上级；请另选上级机构。", "a circle", field="parent")
    old, new = institution.path, f"{parent.path if parent else '/'}{institution.id}/"
    institution.parent = parent
    institution.save(update_fields=["parent"])
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_BRANCH, [new, len(old) + 1, f"{old}%"])
    institution.path = new


def leave_consortia(institution_id: int, day: object) -> None:
    """End every open membership; one that started that very day never counted."""
    mine = Membership.objects.filter(institution=institution_id, until_on__isnull=True)
    mine.filter(from_on__gte=day).delete()
    mine.update(until_on=day)

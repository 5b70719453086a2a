"""Reach: from the grants of a post to permission → institution ids, expanded once per state of the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from django.db import connection

from yilianti import policybook
from yilianti.kernel.actor import Scope
from yilianti.policybook import access as roles

Reaches = Mapping[str, frozenset[int]]

_TREE = "SELECT id, path, region, merged_into_id FROM institutions_institution"
# Lead bodies with a whole county or city under them come before alliances and networks; then the older one.
_MEMBERS = """SELECT m.institution_id, c.id, c.code, c.region FROM institutions_membership m
    JOIN institutions_consortium c ON c.id = m.consortium_id
    WHERE m.from_on <= %s AND (m.until_on IS NULL OR m.until_on > %s)
    ORDER BY CASE c.model WHEN 'county_community' THEN 0 WHEN 'city_group' THEN 1 ELSE 2 END, c.id"""


@dataclass(frozen=True)
class Consortium:
    id: int
    code: str
    region: str


class Tree:
    """Institutions and consortia as they stood at one version, for one day."""

    def __init__(self, day: date) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_TREE)
            rows = cursor.fetchall()
            cursor.execute(_MEMBERS, [day, day])
            members = cursor.fetchall()
        self.paths = {id_: path for id_, path, _, _ in rows}
        self.regions = {id_: region for id_, _, region, _ in rows}
        self.merged: dict[int, set[int]] = {}
        for id_, _, _, target in rows:
            if target is not None:
                self.merged.setdefault(target, set()).add(id_)
        self.consortium_of: dict[int, Consortium] = {}
        self.members: dict[int, set[int]] = {}
        for institution, consortium, code, region in members:
            self.consortium_of.setdefault(institution, Consortium(consortium, code, region))
            self.members.setdefault(consortium, set()).add(institution)

    def branch(self, institution: int) -> frozenset[int]:
        """The institution and everything below it."""
        root = self.paths.get(institution)
        return frozenset(id_ for id_, path in self.paths.items() if path.startswith(root)) if root else frozenset({institution})

    def consortium(self, institution: int) -> Consortium | None:
        """The consortium of the institution or of the nearest one above it."""
        return next((self.consortium_of[i] for i in self._upwards(institution) if i in self.consortium_of), None)

    def scope(self, institution: int) -> Scope:
        """Which policies hold there: consortium code, and the area code of the institution or the nearest one above it."""
        found = self.consortium(institution)
        region = next((self.regions[i] for i in self._upwards(institution) if self.regions.get(i)), "")
        return Scope(found.code if found else "", region or (found.region if found else ""))

    def _upwards(self, institution: int) -> list[int]:
        return [int(step) for step in reversed(self.paths.get(institution, "").split("/")) if step] or [institution]

    def consortium_members(self, institution: int) -> frozenset[int]:
        """Every member of the institution's consortium with its branch; the branch alone outside any consortium."""
        found = self.consortium(institution)
        if found is None:
            return self.branch(institution)
        return frozenset().union(*(self.branch(member) for member in self.members[found.id]))

    def with_merged(self, ids: frozenset[int]) -> frozenset[int]:
        """Plus those merged into any of them: what was filed under the old number stays with its owner."""
        found, fresh = set(ids), set(ids)
        while fresh:
            fresh = set().union(*(self.merged.get(id_, set()) for id_ in fresh)) - found
            found |= fresh
        return frozenset(found)


@lru_cache(maxsize=4)
def tree(version: int, day: date) -> Tree:
    """The tree at a version. Read after the version was: at least as new, and a later change is a later version."""
    return Tree(day)


@lru_cache(maxsize=4096)
def reach_of(version: int, day: date, grants: tuple[tuple[str, int], ...], table: policybook.Edition) -> Reaches:
    """Permission → institution ids for these (role, institution id) grants under that table of roles.

    `role:<role>` → the institutions over which the role itself is held, for what is addressed to a role.
    """
    here, permitted = tree(version, day), roles.of(table)
    found: dict[str, set[int]] = {}
    expanded = {
        roles.Reach.OWN: lru_cache(lambda i: here.with_merged(frozenset({i}))),
        roles.Reach.BRANCH: lru_cache(lambda i: here.with_merged(here.branch(i))),
        roles.Reach.ALL: lru_cache(lambda i: here.with_merged(here.consortium_members(i))),
    }
    for role, institution in grants:
        found.setdefault(f"role:{role}", set()).update(expanded[roles.Reach.OWN](institution))
        for permission, how_far in permitted.get(role, {}).items():
            found.setdefault(permission, set()).update(expanded[how_far](institution))
    return MappingProxyType({permission: frozenset(ids) for permission, ids in found.items()})

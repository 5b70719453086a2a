"""The permission matrix as people read it: role × permission, and how far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yilianti.kernel.actor import Scope
from yilianti.policybook import access as roles
from yilianti.policybook import in_force

SIGNS = {roles.Reach.OWN: "本", roles.Reach.BRANCH: "支", roles.Reach.ALL: "全"}
LEGEND = "本＝本机构；支＝本机构及下级；全＝全医共体；空＝无"


@dataclass(frozen=True)
class Row:
    """One permission: its word, its name, and per role how far it reaches (None: not at all)."""

    permission: str
    name: str
    reaches: tuple[roles.Reach | None, ...]

    @property
    def signs(self) -> list[str]:
        return [SIGNS[reach] if reach else "" for reach in self.reaches]


def rows(day: date, scope: Scope) -> list[Row]:
    """The table of roles in force, permission by permission in the order of the file."""
    table = in_force(roles.CODE, day, scope).table
    permitted = roles.permissions(day, scope)
    assert table is not None
    return [Row(row[0], row[1], tuple(permitted[role].get(row[0]) for role in roles.roles(day, scope))) for row in table.rows]

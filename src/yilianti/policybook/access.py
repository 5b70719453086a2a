"""Roles and what each may do, read from `policies/…/access/roles.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from yilianti import policybook
from yilianti.kernel.terms import Term
from yilianti.policybook.edition import Edition
from yilianti.policybook.errors import PolicyError
from yilianti.policybook.places import HasScope

CODE = "access.roles"
Permissions = Mapping[str, Mapping[str, "Reach"]]


class Reach(Term):
    OWN = "own", "本机构", "own institution"
    BRANCH = "branch", "本机构及下级", "institution and its subtree"
    ALL = "all", "全医共体", "whole consortium"


def permissions(day: date, scope: HasScope) -> Permissions:
    """Role → permission → reach, as in force on that day; a permission that is absent is not granted."""
    return of(policybook.in_force(CODE, day, scope))


def roles(day: date, scope: HasScope) -> Mapping[str, str]:
    """Role code → Chinese name, in the order of the table."""
    named: Mapping[str, str] = policybook.in_force(CODE, day, scope)["roles"]
    return named


@lru_cache(maxsize=32)
def of(edition: Edition) -> Permissions:
    """The table of one edition; raises PolicyError naming the row and the cell."""
    table = edition.table
    if table is None or table.columns[:2] != ("permission", "name"):
        raise PolicyError(edition.head.path, "table", "岗位权限表的前两列应为 permission、name。")
    role_codes = table.columns[2:]
    if set(role_codes) != set(edition["roles"]):
        raise PolicyError(table.path, "第 1 行", "岗位列与 [edition.roles] 所列岗位不一致；请改成一致。")
    granted: dict[str, dict[str, Reach]] = {role: {} for role in role_codes}
    for number, row in enumerate(table.rows, 2):
        for role, cell in zip(role_codes, row[2:], strict=True):
            if cell:
                granted[role][row[0]] = _reach(cell, table.path, number, role)
    return MappingProxyType({role: MappingProxyType(held) for role, held in granted.items()})


def _reach(cell: str, path: object, number: int, role: str) -> Reach:
    try:
        return Reach(cell)
    except ValueError:
        raise PolicyError(
            str(path), f"第 {number} 行 {role} 列", f"“{cell}”不认识；只能写 own、branch、all 或留空。"
        ) from None

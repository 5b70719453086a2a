"""The permission matrix as people read it, and every address of the platform with the permission it declares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from yilianti.kernel.actor import Scope
from yilianti.kernel.pages import ANY_ACCOUNT, PUBLIC
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


@dataclass(frozen=True)
class Address:
    """One URL: its name, its pattern, and what its view declares."""

    name: str
    pattern: str
    permission: str
    methods: tuple[str, ...]
    view: Any


def rows(day: date, scope: Scope) -> list[Row]:
    """The table of roles in force, permission by permission in the order of the file."""
    table = in_force(roles.CODE, day, scope).table
    permitted = roles.permissions(day, scope)
    assert table is not None
    return [Row(row[0], row[1], tuple(permitted[role].get(row[0]) for role in roles.roles(day, scope))) for row in table.rows]


def addresses(urlconf: str | None = None) -> list[Address]:
    """Every address the resolver knows, so that none can be forgotten; `permission` is "" where a view declares none."""
    return list(_walk(get_resolver(urlconf), "/", ""))


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = ":".join(part for part in (namespace, entry.namespace or "") if part)
            yield from _walk(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            view = entry.callback
            name = ":".join(part for part in (namespace, entry.name or "") if part)
            yield Address(name, pattern, getattr(view, "permission", ""), getattr(view, "methods", ()), view)


def markdown(day: date, scope: Scope) -> str:
    """docs/generated/permission_matrix.md: roles × permissions, then address × permission × methods."""
    named = roles.roles(day, scope)
    held = rows(day, scope)
    lines = [
        "# 权限矩阵 · permission matrix",
        "",
        f"Generated from `policies/national/access/roles.csv` and the URL resolver; do not edit. {LEGEND}。",
        "",
        "| 权限 | 说明 | " + " | ".join(named.values()) + " |",
        "|---|---|" + "---|" * len(named),
        *(f"| `{row.permission}` | {row.name} | " + " | ".join(row.signs) + " |" for row in held),
        "",
        "## 页面地址",
        "",
        "| 地址 | 名称 | 权限 | 方法 |",
        "|---|---|---|---|",
    ]
    names = {row.permission: row.name for row in held} | {PUBLIC: "无须登录", ANY_ACCOUNT: "登录即可"}
    for one in sorted(addresses(), key=lambda address: (address.pattern, address.name)):
        label = names.get(one.permission, "")
        lines.append(f"| `{one.pattern}` | {one.name} | `{one.permission}` {label} | {' '.join(one.methods)} |")
    return "\n".join(lines) + "\n"

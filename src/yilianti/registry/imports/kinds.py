"""The tables that can be brought, in the order of a first day."""

from __future__ import annotations

from yilianti.kernel.actor import Actor
from yilianti.kernel.tables.layout import Importer
from yilianti.registry.access import api as access
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people
from yilianti.registry.residents import api as residents

KINDS: dict[str, Importer] = {
    "institutions": institutions.Institutions(),
    "departments": institutions.Departments(),
    "staff": people.Staff(),
    "posts": people.Posts(),
    "grants": access.Grants(),
    "residents": residents.Residents(),
    "insured": residents.InsuredList(),
}
ICONS = {"institutions": "building-hospital", "departments": "sitemap", "staff": "id-badge", "posts": "address-book", "grants": "key", "residents": "users", "insured": "shield-check"}
TITLES = {"institutions": "机构", "departments": "科室", "staff": "人员", "posts": "岗位", "grants": "权限与账号", "residents": "居民", "insured": "参保名单"}


def open_to(actor: Actor) -> dict[str, Importer]:
    """The kinds this actor may bring."""
    return {key: importer for key, importer in KINDS.items() if actor.may(importer.permission)}

"""What every table of the directory asks of the institution a row names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yilianti.capacity.services import access
from yilianti.kernel.actor import Actor
from yilianti.kernel.tables.layout import CellKind, Column, Layout, Row
from yilianti.registry.institutions import api as institutions

INSTITUTION = Column("institution", "机构代码", "已登记的机构；代码在“机构”页可查。", CellKind.CODE, True, "YX0001", longest=32, also=("机构编码",))


def named(rows: Sequence[Row], *keys: str) -> dict[str, institutions.Institution]:
    """Code → institution in use, for all the rows; one statement."""
    return institutions.found_by_code(row.values.get(key, "") for row in rows for key in keys)


def found(layout: Layout, row: Row, key: str, places: Mapping[str, institutions.Institution]) -> institutions.Institution | None:
    """The institution a cell names; None, and the cell blamed, where there is none."""
    place = places.get(row.values.get(key, ""))
    if place is None:
        row.blame(layout, key, "没有这个代码的在册机构；请核对代码，或先登记机构。")
    return place


def kept(actor: Actor, layout: Layout, row: Row, places: Mapping[str, institutions.Institution]) -> institutions.Institution | None:
    """The institution a row names, whose lines must be the actor's to keep."""
    place = found(layout, row, "institution", places)
    if place is not None and not actor.may(access.KEEP, place.id):
        row.blame(layout, "institution", f"“{place.short_name}”的服务目录不由您当前的岗位维护；请删去这一行，或请该机构自己导入。")
        return None
    return place

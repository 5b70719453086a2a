"""Which hospital a row speaks of: by its code, or the one the person works at."""

from __future__ import annotations

from collections.abc import Sequence

from yilianti.kernel.actor import Actor
from yilianti.kernel.tables.layout import Layout, Row
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.claims import access


class Places:
    """The institutions that a batch of rows names, looked up once."""

    def __init__(self, actor: Actor, codes: Sequence[str]) -> None:
        self.actor = actor
        self.own = institutions.get(actor.institution) if actor.institution else None
        self.by_code = institutions.found_by_code({code for code in codes if code})

    def ids(self) -> list[int]:
        return [place.id for place in (*self.by_code.values(), *([self.own] if self.own else []))]

    def of(self, row: Row, layout: Layout) -> int | None:
        """The id; None with the row at fault."""
        code = row.values.get("institution", "")
        place = self.by_code.get(code) if code else self.own
        if place is None:
            row.blame(layout, "institution", "没有这个机构；请先登记，或核对代码。" if code else "请填写机构代码。")
            return None
        if not access.may_file(self.actor, place):
            row.blame(layout, "institution", f"您的岗位不能登记{place.short_name}的费用；请由该机构的医保办导入。")
            return None
        return int(place.id)

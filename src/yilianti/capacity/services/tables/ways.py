"""Travel times as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from yilianti.capacity.services import access, actions, queries, rules
from yilianti.capacity.services.models import Travel
from yilianti.capacity.services.tables import places
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.tables.entering import one_by_one
from yilianti.kernel.tables.layout import CellKind, Column, Layout, Outcome, Row


class Ways:
    """「路程」: one direction in each row."""

    key, title, icon = "ways", "路程", "map-pin"
    permission = access.MEASURE

    def layout(self, actor: Actor, day: date) -> Layout:
        return Layout(self.title, (
            Column("from_institution", "出发机构代码", "已登记的机构。", CellKind.CODE, True, "YX0101", longest=32, also=("出发机构",)),
            Column("to_institution", "到达机构代码", "已登记的另一家机构。", CellKind.CODE, True, "YX0001", longest=32, also=("到达机构",)),
            Column("minutes", "分钟", f"实际走过的时间，{rules.MINUTES[0]}–{rules.MINUTES[1]} 的整数。", CellKind.CODE, True, "35", longest=8, also=("时间（分钟）",)),
            Column("km", "公里", "可带一位小数。", CellKind.CODE, example="28.5", longest=8, also=("里程（公里）",)),
        ), identity=("from_institution", "to_institution"), notes=("只算填写的这个方向；返程请另填一行。没有走过的不要估算。",))  # fmt: skip

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        layout, found = self.layout(actor, day), places.named(rows, "from_institution", "to_institution")
        ids = [place.id for place in found.values()]
        known = {(way.from_institution_id, way.to_institution_id): way for way in Travel.objects.filter(from_institution__in=ids, to_institution__in=ids)}
        for row in rows:
            here, there = (places.found(layout, row, key, found) for key in ("from_institution", "to_institution"))
            if here is not None and here == there:
                row.blame(layout, "to_institution", "出发和到达是同一家机构；请改成另一家。")
            _measured(layout, row)
            if row.faults or here is None or there is None:
                continue
            row.values |= {"_from": str(here.id), "_to": str(there.id)}
            row.known = known.get((here.id, there.id))
            if row.known:
                row.compare(layout, {"minutes": str(row.known.minutes), "km": _km(row.known.km)})

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        def act(row: Row) -> str:
            km = rules.kilometres(row.values.get("km", "")) or (row.known.km if row.known else None)
            given = {"from_institution": int(row.values["_from"]), "to_institution": int(row.values["_to"])}
            way = actions.note_travel(actor=actor, minutes=int(row.values["minutes"]), km=km, at=at, **given)
            return f"way:{way.pk}@{way.noted_at.isoformat()}"

        return one_by_one(rows, act)

    @transaction.atomic
    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        """Forget what was made; refused where a way has been measured anew since."""
        made = dict(ref.removeprefix("way:").split("@") for ref in refs)
        for way in Travel.objects.select_for_update(of=("self",)).filter(pk__in=made).order_by("pk"):
            if way.noted_at != datetime.fromisoformat(made[str(way.pk)]):
                raise Refused("in_use", "有的路程导入后又重新登记过，不能整批撤销；请到机构的服务页逐条更正。")
            actions.forget_travel(actor=actor, travel=way.pk, at=at)

    def taken_out(self, actor: Actor, day: date) -> Iterable[Sequence[str]]:
        for way in queries.all_ways():
            yield way.from_institution.code, way.to_institution.code, str(way.minutes), _km(way.km)


def _measured(layout: Layout, row: Row) -> None:
    """Read the minutes and kilometres of a row, or say what is wrong with them."""
    if row.values.get("minutes") and not rules.minutes(row.values["minutes"]):
        row.blame(layout, "minutes", f"应为 {rules.MINUTES[0]} 到 {rules.MINUTES[1]} 的整数；请只填数字，如 35。")
    if said := row.values.get("km", ""):
        km = rules.kilometres(said)
        if km is None:
            row.blame(layout, "km", "应为公里数，至多一位小数；请只填数字，如 28.5。")
        else:
            row.values["km"] = _km(km)


def _km(km: Decimal | None) -> str:
    return "" if km is None else f"{km:.1f}"

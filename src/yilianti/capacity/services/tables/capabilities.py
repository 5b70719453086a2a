"""Techniques, machines and licensed subjects as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from yilianti.capacity.services import access, actions, queries
from yilianti.capacity.services.models import Capability
from yilianti.capacity.services.tables import places
from yilianti.capacity.services.terms import CapabilityKind
from yilianti.kernel.actor import Actor
from yilianti.kernel.tables.entering import one_by_one
from yilianti.kernel.tables.layout import CellKind, Column, Layout, Outcome, Row

_KINDS = {label: value for value, label in CapabilityKind.choices()}


class Capabilities:
    """「能力」: what an institution is able to do from the day the table is written."""

    key, title, icon = "capabilities", "能力", "building-hospital"
    permission = access.KEEP

    def layout(self, actor: Actor, day: date) -> Layout:
        return Layout(self.title, (
            places.INSTITUTION,
            Column("kind", "类别", required=True, example=CapabilityKind.TECHNIQUE.zh, choices=_KINDS, also=("能力类别",)),
            Column("code", "代码", "同一机构同一类别内唯一。", CellKind.CODE, True, "PCI", longest=32, also=("能力代码",)),
            Column("name", "名称", required=True, example="急诊介入", longest=64, also=("能力名称",)),
        ), identity=("institution", "kind", "code"), notes=("不再具备的能力，请到该机构的服务页按“撤销”。",))  # fmt: skip

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        layout, found = self.layout(actor, day), places.named(rows, "institution")
        held = Capability.objects.filter(until_on__isnull=True, institution__in=[place.id for place in found.values()])
        known = {(one.institution_id, one.kind, one.code): one for one in held}
        for row in rows:
            place = places.kept(actor, layout, row, found)
            if place is None or row.faults:
                continue
            row.values["_institution"] = str(place.id)
            row.known = known.get((place.id, row.values["kind"], row.values["code"]))
            if row.known and row.known.name != row.values["name"]:
                row.blame(layout, "name", f"这个代码已登记为“{row.known.name}”；要改名，请先到该机构的服务页撤销那一条，再导入。")

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        def act(row: Row) -> str:
            said = {key: row.values[key] for key in ("kind", "code", "name")}
            return f"capability:{actions.note_capability(actor=actor, institution=int(row.values['_institution']), at=at, **said).pk}"

        return one_by_one(rows, act)

    @transaction.atomic
    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        """End what was made."""
        for ref in refs:
            actions.end_capability(actor=actor, capability=int(ref.removeprefix("capability:")), at=at)

    def taken_out(self, actor: Actor, day: date) -> Iterable[Sequence[str]]:
        for row in queries.able_under(actor, day):
            yield row.institution.code, CapabilityKind.label(row.kind), row.code, row.name

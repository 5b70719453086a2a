"""Insured lists as a table: who is covered how, since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from yilianti.kernel.actor import Actor
from yilianti.kernel.tables.entering import one_by_one
from yilianti.kernel.tables.layout import CellKind, Column, Layout, Outcome, Row, day_of
from yilianti.registry.residents import access, matching, rules
from yilianti.registry.residents.actions import belonging
from yilianti.registry.residents.models import Coverage, Resident
from yilianti.registry.residents.tables import ID_CARD
from yilianti.registry.residents.terms import CoverageKind, IdentifierSystem, Key

COVER = "residents.cover"
_KINDS = {label: value for value, label in CoverageKind.choices()}


class InsuredList:
    """「参保名单」"""

    key, title, icon = "insured", "参保名单", "shield-check"
    permission = COVER

    def layout(self, actor: Actor, day: date) -> Layout:
        return Layout(self.title, (
            replace(ID_CARD, required=True, note="已登记的居民。", example="110105194912310021"),
            Column("name", "姓名", "用来核对；与在册不符的不导入。", example="苏映荷", longest=96),
            Column("kind", "险种", required=True, example=CoverageKind.RESIDENT.zh, choices=_KINDS, also=("参保险种",)),
            Column("number", "参保号", kind=CellKind.CODE, longest=48, also=("个人编号", "医保编号")),
            Column("region", "参保地区划代码", "GB/T 2260，6 位起。", CellKind.CODE, longest=12, also=("参保地", "统筹区")),
            Column("from_on", "参保起", kind=CellKind.DAY, required=True, example="2026-01-01"),
            Column("until_on", "参保止", "从这一天起不再参保；一直有效不填。", CellKind.DAY, example="2027-01-01"),
        ), identity=("id_card", "kind", "from_on"))  # fmt: skip

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        layout = self.layout(actor, day)
        keys = {row.number: Key(IdentifierSystem.ID_CARD.value, 0, card.value) for row in rows if (card := rules.read_id_card(row.values.get("id_card", "")))}
        owners = matching.owners(list(set(keys.values())))
        residents = Resident.objects.in_bulk({owner.standing for owner in owners.values()})
        openable = access.openable(actor, residents, COVER)
        held = {(one.resident_id, one.kind, str(one.from_on)): one for one in Coverage.objects.filter(resident__in=residents)}
        for row in rows:
            told, key = row.values, keys.get(row.number)
            owner = owners.get(key) if key else None
            if key is None:
                row.blame(layout, "id_card", rules.why_not_id_card(told.get("id_card", "")) or "请填写身份证号。")
            elif owner is None:
                row.blame(layout, "id_card", "没有登记过这个身份证号的居民；请先导入居民，或核对号码。")
            elif owner.standing not in openable:
                row.blame(layout, "id_card", "这位居民不在您管理的范围；请由其建档机构或上级导入。")
            else:
                self._judge(layout, row, residents[owner.standing], held)

    def _judge(self, layout: Layout, row: Row, resident: Resident, held: dict[tuple[int, str, str], Coverage]) -> None:
        told = row.values
        told["_resident"] = str(resident.id)
        if told.get("name") and (said := rules.cannot_be_one(rules.Demographics(resident.name), rules.Demographics(told["name"]))):
            row.blame(layout, "name", f"{said}；请核对号码和姓名。")
        if told.get("until_on") and told.get("from_on", "") >= told["until_on"]:
            row.blame(layout, "until_on", "参保止须晚于参保起。")
        if row.faults:
            return
        known = row.known = held.get((resident.id, told["kind"], told["from_on"]))
        if known:
            row.compare(layout, {"number": known.number, "region": known.region, "until_on": str(known.until_on or "")})

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        def act(row: Row) -> str:
            told, known = row.values, row.known
            until = day_of(told.get("until_on", "")) or (known.until_on if known else None)
            insured = belonging.Insured(told["kind"], date.fromisoformat(told["from_on"]), told.get("number") or (known.number if known else ""),
                                        told.get("region") or (known.region if known else ""), until)  # fmt: skip
            return f"coverage:{belonging.cover(actor=actor, resident_id=int(told['_resident']), insured=insured, at=at).id}"

        return one_by_one(rows, act)

    @transaction.atomic
    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        belonging.uncover(actor=actor, coverages=[int(ref.removeprefix("coverage:")) for ref in refs], at=at)

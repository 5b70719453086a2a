"""Charge lines as a table: a row is a line of a filed bill; brought again with other content, it stands in the old one's place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.tables.layout import Layout, Outcome, Row
from yilianti.settlement.claims import access, actions
from yilianti.settlement.claims.actions.charging import TOLD, current
from yilianti.settlement.claims.models import Charge, Claim
from yilianti.settlement.claims.tables.columns import CHARGE
from yilianti.settlement.claims.tables.places import Places
from yilianti.settlement.claims.tables.settlements import fen
from yilianti.settlement.claims.terms import Billed, State

_AMOUNTS = ("amount", "fully_own", "over_limit", "first_self")
_WORDS = ("code", "list_code", "name", "category", "department", "doctor")


class Charges:
    """「费用明细」"""

    key, title, icon, permission = "charges", "费用明细", "list", access.BRING

    def layout(self, actor: Actor, day: date) -> Layout:
        return Layout(self.title, CHARGE, identity=("institution", "settlement_number", "line"), at_once=2000, most_rows=500_000, most_bytes=64 * 1024 * 1024, notes=(
            "一行是一项费用，跟着已导入的结算；先导入费用结算，再导入明细。",
            "同一结算的同一明细序号再次导入：内容相同的不变，不同的代替原来的一行，原来的仍可查到。",
        ))  # fmt: skip

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        layout = self.layout(actor, day)
        places = Places(actor, [row.values.get("institution", "") for row in rows])
        numbers = {row.values.get("settlement_number", "") for row in rows}
        claims = {(claim.institution_id, claim.settlement_number): claim for claim in Claim.objects.filter(institution__in=places.ids(), settlement_number__in=numbers)}
        there = {(one.claim_id, one.line): one for one in Charge.objects.filter(current(), claim__in=[claim.pk for claim in claims.values()], line__in={row.values.get("line", "") for row in rows})}
        for row in rows:
            place = places.of(row, layout)
            claim = claims.get((place or 0, row.values.get("settlement_number", "")))
            if claim is None or claim.state != State.FILED:
                row.blame(layout, "settlement_number", "没有这个结算编号的费用，或已作废；请先导入费用结算，再导入明细。")
            if row.faults or claim is None:
                continue
            row.values["_claim"] = str(claim.pk)
            line = _line(row, layout)
            if line is None:
                continue
            row.known = there.get((claim.pk, line.line))
            _compare(row, layout, line)
            if line.quantity * line.unit_price * 100 != line.amount:
                row.notes.append(f"数量 × 单价是 {line.quantity * line.unit_price:.2f} 元，与金额不同。")

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        layout = self.layout(actor, at.date())
        lines = [line for row in rows if (line := _line(row, layout)) is not None]
        actions.charge(actor=actor, lines=lines, at=at)
        return [Outcome(row.number, made=row.known is None, ref=f"charge:{line.claim}/{line.line}"[:64]) for row, line in zip(rows, lines, strict=True)]

    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        raise Refused("append_only", "明细只增不减，不能撤销导入；写错的请改好后重新导入，整笔不要的请作废那次结算。", "lines are only ever added")


def _line(row: Row, layout: Layout) -> Billed | None:
    given = row.values
    amounts: dict[str, Any] = {key: fen(given[key]) if given.get(key) else 0 for key in _AMOUNTS}
    if amounts["amount"] < amounts["fully_own"] + amounts["over_limit"] + amounts["first_self"]:
        row.blame(layout, "amount", "小于全自费、超限价自付与先行自付之和；请核对各项金额。")
    days = given.get("supply_days", "")
    if days and not days.isdigit():
        row.blame(layout, "supply_days", "应是整数天数。")
    if row.faults:
        return None
    words: dict[str, Any] = {key: given.get(key, "") for key in _WORDS}
    return Billed(claim=int(given["_claim"]), line=given["line"], quantity=Decimal(given["quantity"]), unit_price=Decimal(given["unit_price"]), supply_days=int(days) if days else None,
                  charged_at=timezone.make_aware(datetime.fromisoformat(given["charged_at"])), **words, **amounts)  # fmt: skip


def _compare(row: Row, layout: Layout, line: Billed) -> None:
    if row.known is None:
        return
    labels = {column.key: column.label for column in layout.columns}
    for name in TOLD:
        old, new = getattr(row.known, name), getattr(line, name)
        if old != new:
            row.changes[labels[name]] = [str(old if old is not None else ""), str(new if new is not None else "")]

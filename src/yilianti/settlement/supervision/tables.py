"""Knowledge points as a table that people bring in a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.tables.layout import CellKind, Column, Layout, Outcome, Row
from yilianti.settlement.supervision.models import KnowledgePoint
from yilianti.settlement.supervision.terms import Limit

_OLDEST = 120


class KnowledgePoints:
    """「监管知识点」: the five classes of the first public batch. A point is known by class, item and the day it begins; it is never changed, only ended."""

    key, title, icon = "knowledge_points", "监管知识点", "clipboard-list"
    permission = "supervision.points"

    def layout(self, actor: Actor, day: date) -> Layout:
        return Layout(self.title, (
            Column("limit", "类别", required=True, choices={one.zh: str(one) for one in Limit}, example=Limit.DRUG_SEX.zh),
            Column("code", "项目编码", "医保目录编码。", CellKind.CODE, required=True, longest=48),
            Column("name", "项目名称", required=True, longest=120),
            Column("sex", "性别", "限男或限女；不限性别的留空。", choices={"男": "1", "女": "2"}),
            Column("age_from", "年龄起", "满几岁；不限的留空。", CellKind.CODE, longest=3),
            Column("age_until", "年龄止", "不满几岁；不限的留空。", CellKind.CODE, longest=3),
            Column("document", "来源文件", "发布知识点的文件全称。", required=True, longest=160),
            Column("edition", "版次", required=True, longest=40),
            Column("effective_from", "生效日期", kind=CellKind.DAY, required=True, example="2026-01-01"),
            Column("effective_until", "失效日期", "从这一天起不再适用；不填为一直有效。", CellKind.DAY),
        ), identity=("limit", "code", "effective_from"), notes=("同一类别、项目和生效日期的知识点不会重复登记；内容有变的，先给旧的填失效日期，再登记新的一条。",))  # fmt: skip

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        layout = self.layout(actor, day)
        found = {(one.limit, one.code, one.effective_from.isoformat()): one for one in KnowledgePoint.objects.filter(consortium=actor.consortium, code__in={row.values.get("code", "") for row in rows})}
        for row in rows:
            _judge(layout, row)
            row.known = found.get((row.values.get("limit", ""), row.values.get("code", ""), row.values.get("effective_from", "")))
            if row.known and not row.faults:
                _compare(layout, row)

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        """New points, and the last day of known ones."""
        actor.require("supervision.points")
        fresh = {row.number: _point(row, actor, at) for row in rows if row.known is None}
        KnowledgePoint.objects.bulk_create(fresh.values(), batch_size=1_000)
        for row in rows:
            if row.known is not None and row.changes:
                row.known.effective_until = date.fromisoformat(row.values["effective_until"])
                row.known.save(update_fields=["effective_until"])
        made = [row.number for row in rows]
        journal.write("supervision.points_entered", actor=actor, at=at, subject="supervision:points", facts={"new": len(fresh), "ended": len(made) - len(fresh)})
        return [Outcome(row.number, row.number in fresh, f"point:{(fresh.get(row.number) or row.known).pk}") for row in rows]

    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        """Take back points just brought: those no suspicion could have used are removed, so a table brought by mistake leaves nothing."""
        actor.require("supervision.points")
        points = KnowledgePoint.objects.filter(consortium=actor.consortium, id__in=[int(ref.removeprefix("point:")) for ref in refs])
        if points.filter(entered_at__lt=at.replace(hour=0, minute=0, second=0, microsecond=0)).exists():
            raise Refused("in_use", "其中有以前登记的知识点，规则可能已经用过，不能撤销；请给它们填失效日期。", "points of earlier days may have been used")
        points.delete()


def _judge(layout: Layout, row: Row) -> None:
    told = row.values
    for key in ("age_from", "age_until"):
        if told.get(key) and not (told[key].isascii() and told[key].isdigit() and int(told[key]) <= _OLDEST):
            row.blame(layout, key, f"年龄应是 0 至 {_OLDEST} 的整数岁；请核对。")
    if row.faults:
        return
    if not any(told.get(key) for key in ("sex", "age_from", "age_until")):
        row.blame(layout, "sex", "性别和年龄都没有填，这一条什么也不限；请补填。")
    if told.get("age_from") and told.get("age_until") and int(told["age_from"]) >= int(told["age_until"]):
        row.blame(layout, "age_until", "年龄止应大于年龄起；请核对。")
    if told.get("limit") in (Limit.DRUG_SEX, Limit.SERVICE_SEX) and not told.get("sex"):
        row.blame(layout, "sex", "区分性别使用的知识点要填性别。")
    if told.get("effective_until") and told["effective_until"] <= told.get("effective_from", ""):
        row.blame(layout, "effective_until", "失效日期应晚于生效日期；请核对。")


def _compare(layout: Layout, row: Row) -> None:
    """A known point may only be given its end."""
    known, told = row.known, row.values
    kept = {"name": known.name, "sex": known.sex, "age_from": _text(known.age_from), "age_until": _text(known.age_until), "document": known.document, "edition": known.edition}
    for key, old in kept.items():
        if told.get(key, "") != old:
            row.blame(layout, key, f"已登记的知识点是“{old or '空'}”，不能改；请先填失效日期停用它，再用新的生效日期登记。")
    row.compare(layout, {"effective_until": known.effective_until.isoformat() if known.effective_until else ""})


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _point(row: Row, actor: Actor, at: datetime) -> KnowledgePoint:
    told = row.values
    ages = {key: int(told[key]) if told.get(key) else None for key in ("age_from", "age_until")}
    until = date.fromisoformat(told["effective_until"]) if told.get("effective_until") else None
    return KnowledgePoint(consortium=actor.consortium, limit=told["limit"], code=told["code"], name=told["name"], sex=told.get("sex", ""), document=told["document"], edition=told["edition"],
                          effective_from=date.fromisoformat(told["effective_from"]), effective_until=until, entered_at=at, **ages)  # fmt: skip

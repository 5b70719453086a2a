"""Scores and work as tables that finance brings in a spreadsheet; an import is undone by further lines, never by deleting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.kernel.tables.layout import CellKind, Column, Layout, Outcome, Row
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Consortium, Institution
from yilianti.settlement.distribution import actions, telling, told, undecided
from yilianti.settlement.distribution.models import Work
from yilianti.settlement.distribution.terms import Told, WorkKind

ENTER = "distribution.enter"
_CODE = CellKind.CODE
_UNDONE = "撤销批量登记"


class Scores:
    """「清算数据」: a row is a member's year; an empty cell says nothing."""

    key, title, icon, permission = "scores", "清算数据", "clipboard-list", ENTER

    def layout(self, actor: Actor, day: date) -> Layout:
        return Layout(self.title, (
            Column("institution", "机构代码", "成员机构的代码。", _CODE, required=True, example="YX0001", longest=32),
            Column("year", "年度", "", _CODE, required=True, example=str(day.year - 1), longest=4),
            *(Column(str(name), name.zh, f"{telling.SPELT[name]}。", _CODE, longest=24) for name in Told),
            Column("document", "依据", "考核通报、台账或文件的名称、编号。", required=True, example="2026 年考核通报", longest=120),
        ), identity=("institution", "year"), at_once=2_000, most_rows=20_000, notes=(
            "一行是一家成员一年的数据；空着的格不改变已登记的。",
            "与现在的数据不同的再登记一条，原来的留着；撤销导入时再登记一条，恢复原来的。",
        ))  # fmt: skip

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        layout, union = self.layout(actor, day), _union(actor)
        places = institutions.found_by_code({row.values.get("institution", "") for row in rows})
        years = {year for row in rows if (year := row.values.get("year", "")).isdigit() and len(year) == 4}
        within = {year: undecided.members_of(union, int(year)) for year in years}
        decided = {year for year in years if undecided.is_decided(union.id, int(year))}
        held = {year: told.facts(union.id, int(year)) for year in years}
        for row in rows:
            place, year = places.get(row.values.get("institution", "")), row.values.get("year", "")
            _of_member(layout, row, place, year, within, decided)
            _spelt(layout, row)
            if place is not None and not row.faults:
                _compare(layout, row, {name: fact.value for name in Told if (fact := held[year].get((place.id, str(name))))})

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        union, outcomes = _union(actor), []
        places = institutions.found_by_code({row.values["institution"] for row in rows})
        for year in sorted({row.values["year"] for row in rows}):
            own = [row for row in rows if row.values["year"] == year]
            facts = [(row, (places[row.values["institution"]].id, name, value, row.values["document"])) for row in own for name, value in _changed(row)]
            made = actions.tell_many(actor=actor, consortium=union, year=int(year), facts=[fact for _, fact in facts], at=at) if facts else []
            ids: dict[int, list[int]] = {}
            for (row, _), fact in zip(facts, made, strict=True):
                ids.setdefault(row.number, []).append(fact.pk)
            outcomes += [Outcome(row.number, made=row.number in ids, ref=f"facts:{','.join(map(str, ids.get(row.number, [])))}") for row in own]
        return sorted(outcomes, key=lambda one: one.number)

    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        for ref in refs:
            for fact in filter(None, ref.removeprefix("facts:").split(",")):
                actions.take_back(actor=actor, fact=int(fact), because=_UNDONE, at=at)


class Works:
    """「清算工作量」: a row is a line of a book, known by its own number."""

    key, title, icon, permission = "works", "清算工作量", "list-check", ENTER

    def layout(self, actor: Actor, day: date) -> Layout:
        return Layout(self.title, (
            Column("number", "台账编号", "台账里这一行自己的编号，一年里不重复。", _CODE, required=True, example="SS-2026-0001", longest=64),
            Column("kind", "类别", required=True, example=WorkKind.EXPERT.zh, choices={one.zh: str(one) for one in WorkKind}),
            Column("giver", "提供的机构代码", "", _CODE, required=True, example="YX0001", longest=32),
            Column("receiver", "接受的机构代码", "公共卫生服务不填。", _CODE, example="YX0002", longest=32),
            Column("item", "项目", "和政策表里的名称一致；专家下沉不填。", longest=40),
            Column("count", "次数", "", _CODE, required=True, example="1", longest=8),
            Column("amount", "收入金额", "元；只有专家下沉要填。", CellKind.AMOUNT, example="1000.00"),
            Column("done_on", "日期", kind=CellKind.DAY, required=True, example=f"{day.year - 1}-10-31"),
            Column("document", "依据", required=True, example="下沉手术台账", longest=120),
        ), identity=("number",), at_once=2_000, most_rows=50_000, notes=("台账编号相同的不会重复登记；写错的请在清算数据页更正后，用新的编号再登记。",))  # fmt: skip

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        layout, union = self.layout(actor, day), _union(actor)
        places = institutions.found_by_code({row.values.get(key, "") for row in rows for key in ("giver", "receiver")})
        known = {one.source: one for one in Work.objects.filter(consortium=union, source__in=[_source(row) for row in rows]).select_related("giver", "receiver")}
        years = {row.values["done_on"][:4] for row in rows if row.values.get("done_on")}
        within, decided = {year: undecided.members_of(union, int(year)) for year in years}, {year for year in years if undecided.is_decided(union.id, int(year))}
        for row in rows:
            row.known = known.get(_source(row))
            _work_row(layout, row, places, within, decided)
            if row.known is not None and not row.faults:
                _same(layout, row)

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        union, outcomes = _union(actor), []
        places = institutions.found_by_code({row.values.get(key, "") for row in rows for key in ("giver", "receiver")})
        for row in rows:
            given, receiver = row.values, places.get(row.values.get("receiver", ""))
            one = row.known or actions.work(actor=actor, consortium=union, kind=given["kind"], giver=places[given["giver"]].id, receiver=receiver.id if receiver else None, item=given.get("item", ""), count=int(given["count"]),
                                            amount=Money.yuan(given.get("amount") or 0), done_on=date.fromisoformat(given["done_on"]), document=given["document"], source=_source(row), at=at)  # fmt: skip
            outcomes.append(Outcome(row.number, made=row.known is None, ref=f"work:{one.pk}"))
        return outcomes

    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        for ref in refs:
            pk = int(ref.removeprefix("work:"))
            if not Work.objects.filter(corrects=pk).exists():
                actions.correct_work(actor=actor, work_id=pk, because=_UNDONE, at=at)


def _union(actor: Actor) -> Consortium:
    """The actor's own consortium; refused without the permission there."""
    union = institutions.consortium(actor.consortium) if actor.consortium else None
    if union is None:
        raise Refused("no_consortium", "您的岗位不在医共体里，不能登记清算数据。", "Your post belongs to no consortium.")
    if not actor.may(ENTER):
        raise Refused("not_permitted", "清算数据由医共体财务登记。", "Facts of the settlement are told by the finance office.")
    return union


def _of_member(layout: Layout, row: Row, place: Institution | None, year: str, within: Mapping[str, set[int]], decided: set[str], key: str = "institution", when: str = "year") -> None:
    if year not in within:
        row.blame(layout, when, "年度应写成 2026 这样的四位数。")
    elif place is None:
        row.blame(layout, key, "没有这个机构；请核对代码。")
    elif place.id not in within[year]:
        row.blame(layout, key, f"{place.short_name} {year} 年不是本医共体的成员。")
    if year in decided:
        row.blame(layout, when, f"{year} 年的清算已经批准，数据不能再改。")


def _spelt(layout: Layout, row: Row) -> None:
    for name in Told:
        if value := row.values.get(str(name), ""):
            try:
                row.values[str(name)] = telling.checked(str(name), value)
            except Refused as refusal:
                row.blame(layout, str(name), refusal.zh)
    if not any(row.values.get(str(name)) for name in Told):
        row.blame(layout, str(Told.SCORE), "这一行没有一个数值；请至少填一项。")


def _compare(layout: Layout, row: Row, stands: Mapping[Told, str]) -> None:
    if any(row.values.get(str(name)) for name in stands):
        row.known = stands
        row.compare(layout, {str(name): value for name, value in stands.items()})
        row.changes |= {layout.column(str(name)).label: ["", row.values[str(name)]] for name in Told if name not in stands and row.values.get(str(name))}


def _changed(row: Row) -> list[tuple[str, str]]:
    """What the row says that does not stand already."""
    stands = row.known or {}
    return [(str(name), value) for name in Told if (value := row.values.get(str(name), "")) and stands.get(name) != value]


def _source(row: Row) -> str:
    return f"table:{row.values.get('number', '')}"[:96]


def _work_row(layout: Layout, row: Row, places: Mapping[str, Institution], within: Mapping[str, set[int]], decided: set[str]) -> None:
    given, is_service = row.values, row.values.get("kind") == WorkKind.SERVICE
    year = given.get("done_on", "")[:4]
    if year:
        _of_member(layout, row, places.get(given.get("giver", "")), year, within, decided if row.known is None else set(), "giver", "done_on")
    if is_service and given.get("receiver"):
        row.blame(layout, "receiver", "公共卫生服务是机构为居民做的：不写接受机构。")
    elif not is_service and not given.get("receiver"):
        row.blame(layout, "receiver", "请填写接受服务的机构。")
    elif not is_service and given.get("receiver") == given.get("giver"):
        row.blame(layout, "receiver", "提供和接受的机构不能相同。")
    elif not is_service and year:
        _of_member(layout, row, places.get(given["receiver"]), year, within, set(), "receiver", "done_on")
    if not (given.get("count", "").isascii() and given.get("count", "").isdigit()):
        row.blame(layout, "count", "次数应是整数。")
    elif not int(given["count"]) and not given.get("amount"):
        row.blame(layout, "count", "次数和金额不能都是 0。")
    if given.get("kind") == WorkKind.EXPERT and not given.get("amount"):
        row.blame(layout, "amount", "专家下沉要写收入金额。")


def _same(layout: Layout, row: Row) -> None:
    """A line that is there already is never changed."""
    one: Work = row.known
    now = {"kind": one.kind, "giver": one.giver.code, "receiver": one.receiver.code if one.receiver else "", "item": one.item, "count": str(one.count), "done_on": one.done_on.isoformat()}
    if any(row.values.get(key, "") != value for key, value in now.items()) or Money.yuan(row.values.get("amount") or 0).fen != one.fen:
        row.blame(layout, "number", "这个台账编号已经登记过别的内容；请先更正那一条，再用新的编号登记。")

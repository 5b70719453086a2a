"""A package at a glance: figures, waterfall, path, months, money a head."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any

from yilianti.kernel import falling
from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.kernel.months import after
from yilianti.settlement.budget import books, keeping, queries, rules, year
from yilianti.settlement.budget.models import Package, Reckoning
from yilianti.settlement.budget.pages import drawn, records
from yilianti.settlement.budget.terms import Fund, PlaceOfCare, State
from yilianti.settlement.fund import api as fund
from yilianti.settlement.fund.api import UNIT, Base, Spending, half_up, percent

TONES = {State.DRAFTED: "wait", State.FIXED: "ok", State.CLOSED: "idle"}
_PLACE_TONES = {PlaceOfCare.MEMBER: "member", PlaceOfCare.PURCHASED: "purchased", PlaceOfCare.OUTSIDE: "outside"}

_MONEY = re.compile(r"-?\d{4,}\.\d\d")


def line(package: Package, last: Reckoning | None) -> dict[str, Any]:
    """A package in the list and on the desk."""
    spent = last.spent if last else 0
    return {
        "one": package, "state": State.label(package.state), "tone": TONES[State(package.state)], "fund": Fund.label(package.fund), "total": Money(package.fen), "a_head": Money(package.a_head),
        "last": last, "spent": Money(spent), "left": Money(package.fen - spent), "is_short": spent > package.fen, "used": f"已用 {share(spent, package.fen)}",
        "likely": Money(last.likely) if last and last.likely is not None else None, "least": Money(last.least) if last and last.least is not None else None,
        "most": Money(last.most) if last and last.most is not None else None, "over": bool(last and last.likely is not None and last.likely > package.fen), "has_months": package.fund != Fund.PUBLIC_HEALTH,
    }  # fmt: skip


def share(part: int, whole: int) -> str:
    """A part of a whole in per cent with one decimal; a dash of nothing."""
    if whole <= 0:
        return "—"
    tenths = half_up(part * 1000, whole)
    return f"{'-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10}%"


def waterfall(package: Package, spending: Spending, has_months: bool) -> list[falling.Bar]:
    """From funding, where the base has it, to the package, and on to what is left."""
    facts = package.facts
    steps: list[tuple[str, int, bool]] = []
    if "funding" in facts:
        whole = fund.fen(facts["funding"], "funding")
        taken = [(label, -fund.fen(facts[name], name)) for name, label in (("risk", "风险基金"), ("catastrophic", "大病保险筹资")) if name in facts]
        rest = package.fen - whole - sum(fen for _, fen in taken)
        steps = [("筹资总额", whole, True), *((label, fen, False) for label, fen in taken if fen), ("按比例留下和不纳入的" if rest < 0 else "结转与其他", rest, False)]
    steps.append(("包干总额", package.fen, True))
    if has_months:
        placed = zip(PlaceOfCare, (spending.members, spending.purchased, spending.outside), strict=True)
        steps += [(place.zh, -fen, False) for place, fen in placed]
        steps += [(label, fen, False) for label, fen in (("大病保险人员（剔除）", spending.catastrophic_persons), ("政策性超支（剔除）", spending.policy_caused)) if fen]
        left = package.fen - spending.members - spending.purchased - spending.outside + spending.catastrophic_persons + spending.policy_caused
        steps.append(("剩余" if left >= 0 else "超支", left, True))
    return falling.waterfall(steps)


def per_head(package: Package, spending: Spending) -> list[drawn.Stripe]:
    """One resident's package and spending by place, in fen a head."""
    def a_head(fen: int) -> int:
        return half_up(fen, package.persons)

    rows: list[tuple[str, Sequence[tuple[str, int, str]]]] = []
    if "funding" in package.facts:
        rows.append(("人均筹资", [("筹资", a_head(fund.fen(package.facts["funding"], "funding")), "funding")]))
    rows.append(("人均总额", [("总额", package.a_head, "package")]))
    placed = zip(PlaceOfCare, (spending.members, spending.purchased, spending.outside), strict=True)
    rows.append(("人均支出（含剔除前）", [(place.zh, a_head(fen), _PLACE_TONES[place]) for place, fen in placed]))
    return drawn.stripes(rows)


def months(package: Package, reckoned: Sequence[Reckoning]) -> list[dict[str, Any]]:
    """The table of months, each with what it adds and how far it is off the path."""
    found, before = [], 0
    for one in reckoned:
        found.append({
            "one": one, "name": f"{one.month:%Y-%m}", "own": Money(one.spent - before), "spent": Money(one.spent), "path": Money(one.path),
            "off": percent(half_up((one.spent - one.path) * UNIT, one.path)) if one.path > 0 else "—", "likely": Money(one.likely) if one.likely is not None else None,
            "range": f"{Money(one.least)} 至 {Money(one.most)}" if one.least is not None and one.most is not None else "", "unpriced_total": Money(one.unpriced_total),
        })  # fmt: skip
        before = one.spent
    return found


def chart(package: Package, reckoned: Sequence[Reckoning]) -> drawn.Chart | None:
    """The path with what was spent; nothing where the place has no path."""
    try:
        rule = fund.path_rule(keeping.scope_of(package.consortium), rules.day_of(package.year))
    except Refused:
        return None
    path = list(accumulate(fund.split(package.fen, {f"{number:02d}": weight for number, weight in enumerate(rule.months, 1)}).values()))
    last = reckoned[-1] if reckoned else None
    forecast = (last.likely, last.least, last.most) if last and last.likely is not None and last.least is not None and last.most is not None else None
    return drawn.chart(package.fen, path, [(one.spent, one.above) for one in reckoned], forecast)


def trouble(package: Package) -> str:
    """Why no month could be reckoned as things stand; empty where nothing lacks."""
    try:
        if not rules.prefix_of(package.consortium.region):
            return f"{package.consortium.name}没有登记行政区划代码，不能核算；请在“机构”中补上。"
        rules.charged(keeping.scope_of(package.consortium), rules.day_of(package.year), Fund(package.fund))
        fund.path_rule(keeping.scope_of(package.consortium), rules.day_of(package.year))
    except Refused as refusal:
        return refusal.zh
    return ""


def other_reading(package: Package) -> tuple[str, str] | None:
    """What the other reading of the 95 % would make of the same facts: its name and its total, or why it cannot be."""
    if package.fund == Fund.PUBLIC_HEALTH:
        return None
    rule = fund.base_rule(keeping.scope_of(package.consortium), rules.day_of(package.year))
    other = {Base.REMAINDER: Base.DEDUCTION, Base.DEDUCTION: Base.REMAINDER}.get(rule.base)
    if other is None:
        return None
    try:
        return other.zh, f"{Money(fund.reckon(replace(rule, base=other), books.read(package.facts), fund.Working()))} 元"
    except Refused as refusal:
        # without the way out: these are the facts of the reading in force, and nobody would change them for the other one
        return other.zh, f"算不出：{refusal.zh.partition('；')[0]}。"


def next_month(package: Package, last: Reckoning | None, today: date) -> date | None:
    """The month that may be reckoned next; None where none is over yet."""
    month = after(last.month) if last else date(package.year, 1, 1)
    return month if month.year == package.year and after(month) <= today else None


def whole(package: Package, today: date) -> dict[str, Any]:
    """Everything the page of a package shows besides its steps and its leakage."""
    reckoned = year.reckoned(package)
    last, spending = (reckoned[-1] if reckoned else None), year.spending(package)
    waits_aside, spending = last is not None and last.policy_caused != spending.policy_caused, replace(spending, policy_caused=last.policy_caused if last else 0)
    has_months = package.fund != Fund.PUBLIC_HEALTH
    said = trouble(package) if has_months else ""
    many, fen = (0, 0) if said else year.late(package)
    late = {"many": many, "amount": Money(fen)} if many else None
    return {
        "package": package, **line(package, last), "persons_note": f"{package.persons} 人", "range_note": f"{Money(last.least)} 至 {Money(last.most)}" if last and last.least is not None and last.most is not None else "", "spending": spending, "bars": waterfall(package, spending, has_months), "heads": per_head(package, spending) if has_months else [], "months": months(package, reckoned),
        "chart": chart(package, reckoned) if has_months else None, "advance": records.advance(package, queries.instalments(package), today), "set_asides": records.set_asides(queries.set_asides(package)),
        "versions": records.versions(queries.versions(package)), "facts": facts(package), "other": other_reading(package), "unpriced_total": Money(last.unpriced_total) if last else None, "waits_aside": waits_aside, "trouble": said, "late": late,
    }  # fmt: skip


def facts(package: Package) -> list[dict[str, str]]:
    """The facts with their labels, for a list of pairs."""
    found = []
    for name, value in sorted(package.facts.items(), key=lambda fact: books.place(fact[0])):
        many = value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else [("", value)]
        found += [{"label": f"{books.label(name)}{f'（{key}）' if key else ''}", "value": _written(name, str(one)), "url": ""} for key, one in many]
    return found


def _written(name: str, fact: str) -> str:
    """Money as everywhere else on the page; persons and ratios as they were typed."""
    return fact if name == books.PERSONS.name or fact.endswith("%") else str(Money(fund.fen(fact, name)))


def worked(working: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The steps as they were kept, with their money in thousands."""
    return [{**step, "inputs": [(name, _told(value)) for name, value in step["inputs"].items()], "result": _told(step["result"])} for step in working]


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{Decimal(value):,}" if isinstance(value, str) and _MONEY.fullmatch(value) else str(value)

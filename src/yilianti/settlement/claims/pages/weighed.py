"""What is added up, as lines of a table: whole numbers to order by, texts to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yilianti.kernel.money import Money
from yilianti.settlement.claims import grouping_kept
from yilianti.settlement.claims.pages.spans import Asked
from yilianti.settlement.claims.weighing import formulas
from yilianti.settlement.claims.weighing.results import Sums
from yilianti.settlement.claims.weighing_kept import Weighed

#: name, heading; the figures of a line in this order
FIGURES = (("cases", "例数"), ("cmi", "CMI"), ("cost", "费用（元）"), ("mean", "例均费用（元）"), ("paid", "付费例数"), ("pay", "付费（元）"), ("difference", "盈亏（元）"), ("share", "费用占付费"))
GROUP_FIGURES = (("cases", "例数"), ("cmi", "权重"), ("mean", "例均费用（元）"), ("mean_pay", "例均付费（元）"), ("paid", "付费例数"), ("difference", "盈亏（元）"), ("share", "费用占付费"))


@dataclass(frozen=True)
class Line:
    """A line: its title, the page behind it, its figures as numbers (None: there is none) and as texts."""

    title: str
    note: str
    url: str
    values: Mapping[str, int | None]

    def cells(self, figures: Sequence[tuple[str, str]]) -> list[tuple[str, str, str]]:
        """(heading, text, tone)."""
        return [(label, told(name, self.values[name]), "loss" if name == "difference" and (self.values[name] or 0) < 0 else "") for name, label in figures]


def line(title: str, sums: Sums, url: str = "", note: str = "") -> Line:
    paid, cases = sums["paid"], sums["cases"]
    return Line(title, note, url, {
        "cases": cases, "cmi": formulas.case_mix_index(sums["weight"], sums["weighted"]) if sums["weighted"] else None, "cost": sums["cost"], "mean": formulas.mean_cost(sums["cost"], cases) if cases else None,
        "paid": paid, "pay": sums["pay"] if paid else None, "mean_pay": formulas.mean_cost(sums["pay"], paid) if paid else None, "difference": sums["pay"] - sums["paid_cost"] if paid else None,
        "share": formulas.cost_of_pay(sums["paid_cost"], sums["pay"]) if sums["pay"] else None,
    })  # fmt: skip


def told(name: str, value: int | None) -> str:
    """A figure as a text."""
    if value is None:
        return "—"
    if name in ("cases", "paid"):
        return f"{value:,}"
    if name == "cmi":
        return f"{value // formulas.UNIT}.{value % formulas.UNIT:04d}"
    return f"{value // 100}.{value % 100:02d}%" if name == "share" else str(Money(value))


def cell(name: str, value: int | None) -> object:
    """A figure for a spreadsheet, as a number: money in yuan, ratios as they are, so that 102.84% is 1.0284."""
    if value is None or name in ("cases", "paid"):
        return value
    return Decimal(value) / (formulas.UNIT if name == "cmi" else 10_000 if name == "share" else 100)


def places(weighed: Weighed, asked: Asked) -> tuple[str, list[Line]]:
    """By institution, or by department where only one is asked for or in reach; (heading, lines)."""
    found = weighed.by_department()[:-1]
    seen = {institution for institution, _, _ in found}
    if len(seen) > 1:
        known = weighed.places
        return "机构", [line(known[name].short_name, sums, asked.url(institution=str(known[name].id))) for name, department, sums in found if not department]
    named = [line(department, sums) for _, department, sums in found if department]
    whole = [sums for _, department, sums in found if not department]
    rest = {name: value - sum(sums[name] for _, department, sums in found if department) for name, value in whole[0].items()} if whole else {}
    return "科室", [*named, *([line("没有写科室", rest)] if rest and rest["cases"] else [])]


def groups(weighed: Weighed, asked: Asked) -> list[Line]:
    """By group, those without one apart."""
    engine = grouping_kept.engine_of(weighed.scheme) if weighed.scheme else None
    name = engine.scheme.name_of if engine else str
    return [line(code, sums, f"/claims/groups/{code}/{asked.url(sort='', order='')}", name(code) if engine else "") for code, sums in weighed.by_group() if code]


def ordered(lines: Iterable[Line], name: str, order: str) -> list[Line]:
    """By a figure, the largest first unless the order says `up`; what has none comes last."""
    key = name if name in dict((*FIGURES, *GROUP_FIGURES)) else "cases"
    sign = 1 if order == "up" else -1
    return sorted(lines, key=lambda one: ((value := one.values[key]) is None, sign * (value or 0), one.title))


def headings(figures: Sequence[tuple[str, str]], asked: Asked) -> list[dict[str, Any]]:
    """Each heading is a link that orders by it, the other way round if it already does."""
    now, order = asked.words.get("sort", "cases"), asked.words.get("order", "")
    return [{"label": label, "url": asked.url(sort=name, order="up" if name == now and order != "up" else ""), "sorted": ("ascending" if order == "up" else "descending") if name == now else ""} for name, label in figures]

"""What the fund's books say, as the engine's inputs write it: which facts a base formula needs, and the package they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yilianti.kernel.actor import Scope
from yilianti.kernel.finding import Refused
from yilianti.settlement.budget import rules
from yilianti.settlement.budget.terms import Fund
from yilianti.settlement.fund import api as fund
from yilianti.settlement.fund.api import Base, BaseRule, Facts, Working

MONEY, RATIO, COUNT = "元", "%", "人"


@dataclass(frozen=True)
class Need:
    """One fact a base formula takes: its name in the inputs, its label, its unit, and how many years of it."""

    name: str
    zh: str
    en: str
    unit: str = MONEY
    years: int = 1
    says: str = ""


PERSONS = Need("persons", "参保人数", "insured persons", COUNT)
_FUNDING = Need("funding", "筹资总额", "funding")
_RISK = Need("risk", "风险基金", "risk fund", says="没有请填 0")
_CATASTROPHIC = Need("catastrophic", "大病保险筹资", "catastrophic insurance", says="没有请填 0")
_GROWTH = Need("growth", "增长率", "growth", RATIO, says="不变请填 0%，下降写负数")
_NEEDS = {
    Base.REMAINDER: (_FUNDING, _RISK, _CATASTROPHIC), Base.DEDUCTION: (_FUNDING, _RISK, _CATASTROPHIC),
    Base.RESERVES: (_FUNDING, Need("carried", "历年结余", "carry-over", says="没有请填 0"), Need("adjustment", "调剂额度", "adjustment", says="没有请填 0")),
    Base.INCOME: (Need("income", "基金收入", "income of the fund"),),
    Base.MEAN: (Need("paid", "前几年支出", "paid in past years"), _GROWTH),
    Base.LAST: (Need("last_total", "上年总额", "last year's total"), _GROWTH, Need("fund_growth", "统筹基金增长率", "growth of the pooled fund", RATIO)),
    Base.WEIGHTED: (Need("total", "全部总额", "the year's total"), Need("own", "本医共体前几年支出", "own spending in past years"), Need("everybody", "全部前几年支出", "everybody's spending in past years"), _GROWTH),
    Base.COHORT: (Need("cohort_paid", "签约居民上年基金支出", "last year's spending of the signed cohort"),),
    Base.TOLD: (Need("told", "分给本医共体的数额", "the sum told"),),
}  # fmt: skip


def label(name: str) -> str:
    """What a fact is called for people; the name itself where nobody named it."""
    if name == "excluded":
        return "不纳入"
    return next((one.zh for listed in ((PERSONS,), *_NEEDS.values()) for one in listed if one.name == name), name)


def place(name: str) -> int:
    """Where a fact stands among all facts: the database keeps no order."""
    order = list(dict.fromkeys([PERSONS.name, *(one.name for listed in _NEEDS.values() for one in listed)]))
    return order.index(name) if name in order else len(order)


def needs(rule: BaseRule) -> tuple[Need, ...]:
    """The facts that this base formula takes, persons first; lists with as many years as the edition says."""
    years = rule.years or len(rule.weights)
    listed = tuple(Need(one.name, one.zh, one.en, one.unit, years, "从早到晚") if one.name in ("paid", "own", "everybody") else one for one in _NEEDS[rule.base])
    return (PERSONS, *listed, *(Need(f"excluded.{name}", f"不纳入：{name}", f"outside: {name}", says="没有请填 0") for name in rule.excluded))


def total(kind: Fund, scope: Scope, year: int, facts: Mapping[str, Any], working: Working) -> int:
    """The package in fen; raises Refused naming the fact that lacks or cannot be."""
    if "persons" not in facts:
        raise Refused("missing", "没有填写参保人数（persons）。", "The insured persons are missing.", field="persons")
    if kind is Fund.PUBLIC_HEALTH:
        standard, ref = fund.per_head_public_health(scope, year)
        return fund.by_heads(_persons(facts), standard, working, ref)
    return fund.reckon(fund.base_rule(scope, rules.day_of(year)), read(facts), working)


def read(facts: Mapping[str, Any]) -> Facts:
    """Facts in whole numbers; raises Refused naming the field."""
    for name in facts:
        if name not in Facts.__dataclass_fields__:
            raise Refused("unknown_field", f"“{name}”不是总额的数据项；请核对名称。", f"{name} is no fact of the package.", field=name)
    _persons(facts)
    return Facts(**{name: fund.fact(name, value, name) for name, value in facts.items()})


def year_named(text: str, today: date) -> int:
    """A year that a package can be made for; raises Refused."""
    if not (text.isdigit() and len(text) == 4 and 2000 <= int(text) <= today.year + 1):
        raise Refused("bad_year", f"年度为“{text[:10]}”；应是四位数，最晚为明年。", "The year must have four digits and be next year at the latest.", field="year")
    return int(text)


def _persons(facts: Mapping[str, Any]) -> int:
    found = fund.count(facts["persons"], "persons")
    if not 0 < found <= 2_000_000_000:
        raise Refused("no_persons", "参保人数应大于 0，不超过二十亿。", "persons must be above zero.", field="persons")
    return found

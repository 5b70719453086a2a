"""How one case came to its points and its pay: the same numbers as in the file, each step in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yilianti.kernel.money import Money
from yilianti.settlement.claims.weighing import formulas
from yilianti.settlement.claims.weighing.formulas import UNIT, VALUE
from yilianti.settlement.claims.weighing.paying import BECAUSES, STANDINGS, Costs, Paid
from yilianti.settlement.claims.weighing.rules import Rules
from yilianti.settlement.claims.weighing.terms import Incomplete, Standing


@dataclass(frozen=True)
class Step:
    """A named quantity, how it was found, and the policy that says so ("" for a definition of the platform)."""

    name: str
    said: str
    policy_ref: str = ""


def steps(at: int, cases: Costs, found: Paid, rules: Rules) -> Iterator[Step]:
    """The working of the case in row `at`, in order."""
    standing, because = STANDINGS[found.standing[at]], BECAUSES[found.because[at]]
    refs = rules.refs
    topic = "exclusions" if standing is Standing.EXCLUDED else "special_cases" if standing is Standing.PANEL else ""
    yield Step("付费方式", f"{standing}{'：' if because else ''}{because}", refs.get(topic, ""))
    if found.weight[at] >= 0 and standing is not Standing.PANEL_DECIDED:
        yield from _weight(at, cases, found, rules)
    if found.base[at] >= 0:
        yield from _points(at, cases, found, rules, standing)
    elif standing is Standing.BED_DAY and found.before_return[at] >= 0:
        per_day = rules.bed_days[cases.bed_days[cases.bed_day[at]]]
        yield Step("床日点数", f"{_shown(per_day)} × {cases.los[at]} 天 = {_shown(found.before_return[at])}", refs.get("bed_days", ""))
    elif standing is Standing.PANEL_DECIDED:
        yield Step("特病单议点数" if found.points[at] >= 0 else "特病单议权重", _shown(cases.panel[at]), refs.get("special_cases", ""))
    if found.returned[at]:
        yield Step("再次入院", f"{rules.return_days} 天内又入同一组：{_shown(found.before_return[at])} × {_percent(rules.return_keeps)} = {_shown(found.points[at])}", refs.get("readmission", ""))
    if found.pay[at] >= 0:
        yield from _pay(at, cases, found, rules)


def _weight(at: int, cases: Costs, found: Paid, rules: Rules) -> Iterator[Step]:
    group, used = cases.group[at], found.weights
    if rules.weights is not None:
        yield Step("相对权重", _shown(found.weight[at]), rules.refs.get("weights", ""))
        return
    count, cost = int(used.count[group]), int(used.cost[group])
    yield Step("相对权重", f"本组 {count} 例 {Money(cost)} 元的例均 ÷ 全部 {used.count.sum()} 例 {Money(int(used.cost.sum()))} 元的例均 = {_shown(found.weight[at])}")


def _points(at: int, cases: Costs, found: Paid, rules: Rules, standing: Standing) -> Iterator[Step]:
    ref, group, used = rules.refs.get("points", ""), cases.group[at], found.weights
    at_home, whose = used.seat[cases.institution[at]], "同等级机构" if rules.by_level else "本机构"
    base, coefficient = _shown(found.base[at]), _shown(found.coefficient[at])
    yield Step("基准点数", f"{_shown(found.weight[at])} × {formulas.POINTS_PER_WEIGHT} = {base}", ref)
    own = int(used.own_count[at_home, group])
    if own:
        yield Step("机构系数", f"{whose}本组 {own} 例 {Money(int(used.own_cost[at_home, group]))} 元的例均 ÷ 本组 {used.count[group]} 例 {Money(int(used.cost[group]))} 元的例均 = {coefficient}", ref)
    else:
        yield Step("机构系数", f"新组：{coefficient}", ref)
    if standing is Standing.BY_GROUP:
        yield Step("病例点数", f"{base} × {coefficient} = {_shown(found.before_return[at])}", ref)
        return
    cost, mean = Money(int(cases.cost[at])), Money(int(used.mean[group]))
    times = f"{base} × {coefficient}" if rules.incomplete is Incomplete.WITH_COEFFICIENT else base
    yield Step("病例点数", f"住院不完整：{times} × {cost} ÷ {mean}，最多 {base} = {_shown(found.before_return[at])}", ref)


def _pay(at: int, cases: Costs, found: Paid, rules: Rules) -> Iterator[Step]:
    pay, cost = Money(int(found.pay[at])), Money(int(cases.cost[at]))
    if found.value is not None and rules.budget is not None:
        total = int(found.points[found.points >= 0].sum())
        yield Step("点值", f"（{Money(rules.budget)} − {Money(rules.reserve)}）元 ÷ {_shown(total)} 点 = {value_shown(found.value)} 元", rules.refs.get("budget", ""))
        yield Step("付费", f"{_shown(found.points[at])} × {value_shown(found.value)} = {pay} 元", rules.refs.get("budget", ""))
    elif rules.rate is not None:
        standard = Money(int(formulas.standard_by_rate(rules.rate, found.weight[at : at + 1])[0]))
        yield Step("本组标准", f"{Money(rules.rate)} 元 × {_shown(found.weight[at])} = {standard} 元", rules.refs.get("rate", ""))
        yield Step("付费", f"{standard} 元 × {_shown(found.coefficient[at])} = {pay} 元", rules.refs.get("rate", ""))
    yield Step("盈亏", f"{pay} − {cost} = {pay - cost} 元")


def _shown(units: int) -> str:
    return f"{units // UNIT}.{units % UNIT:04d}"


def value_shown(value: int) -> str:
    """A point value in 元 with four decimals."""
    return f"{value // (VALUE * 100)}.{value % (VALUE * 100):04d}"


def _percent(points: int) -> str:
    return f"{points // 100}.{points % 100:02d}%"

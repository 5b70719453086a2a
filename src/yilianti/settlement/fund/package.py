"""The package of a year: base, exclusions, reserve, amount a head; and what is charged to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.settlement.fund import formulas
from yilianti.settlement.fund.exact import UNIT, half_up, part, percent
from yilianti.settlement.fund.rules import BaseRule
from yilianti.settlement.fund.terms import Base
from yilianti.settlement.fund.working import Working


@dataclass(frozen=True)
class Facts:
    """What the fund's books say, in fen and basis points; None where nobody said. Years from the earliest to the latest."""

    persons: int
    funding: int | None = None
    risk: int | None = None
    catastrophic: int | None = None
    carried: int | None = None
    adjustment: int | None = None
    income: int | None = None
    paid: tuple[int, ...] | None = None
    growth: int | None = None
    fund_growth: int | None = None
    last_total: int | None = None
    total: int | None = None
    own: tuple[int, ...] | None = None
    everybody: tuple[int, ...] | None = None
    cohort_paid: int | None = None
    told: int | None = None
    excluded: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Spending:
    """What residents' care cost the fund, by where it happened; the last two are inside the first three and come off again."""

    members: int
    purchased: int = 0
    outside: int = 0
    catastrophic_persons: int = 0
    policy_caused: int = 0


def reckon(rule: BaseRule, facts: Facts, working: Working) -> int:
    """The package in fen, each step left in `working`; raises Refused naming the fact that lacks or cannot be."""
    if facts.persons <= 0:
        raise Refused("no_persons", "persons 应大于 0：没有参保人就没有总额。", "persons must be above zero.", field="persons")
    amount = _base(rule, facts, working)
    amount -= _excluded(rule, facts, working)
    amount -= _reserved(rule, amount, working)
    if amount < 0:
        raise Refused("negative", "扣除以后总额为负；请核对各项扣除。", "The package would be negative.", field="excluded")
    working.amount("总额", "基数 − 不纳入部分 − 留存 − 调剂金", amount, rule.policy_ref)
    a_head = half_up(amount, facts.persons)
    working.amount("人均", "总额 ÷ 参保人数，四舍五入到分", a_head, "", 参保人数=facts.persons, 尾差=Money(amount - a_head * facts.persons))
    return amount


def charged(spending: Spending, working: Working) -> int:
    """What the package has to bear: members, purchase from others in the county, care outside it; less persons under catastrophic insurance and overspend that policy caused."""
    held = ("members", "purchased", "outside", "catastrophic_persons", "policy_caused")
    for name in held:
        if getattr(spending, name) < 0:
            raise Refused("negative", f"{name} 不能为负。", f"{name} must not be negative.", field=name)
    gross = spending.members + spending.purchased + spending.outside
    found = gross - spending.catastrophic_persons - spending.policy_caused
    if found < 0:
        raise Refused("negative", "剔除的比支出还多；请核对 catastrophic_persons 和 policy_caused。", "More comes off than was spent.", field="policy_caused")
    working.amount("政策性超支", "单独审核，不计入总额内支出", spending.policy_caused)
    return working.amount(
        "总额内支出", "成员机构 + 县内购买服务 + 县外就医 − 大病保险人员 − 政策性超支", found, "", 成员机构=Money(spending.members), 县内购买服务=Money(spending.purchased),
        县外就医=Money(spending.outside), 大病保险人员=Money(spending.catastrophic_persons), 政策性超支=Money(spending.policy_caused),
    )  # fmt: skip


def _base(rule: BaseRule, facts: Facts, working: Working) -> int:
    name, ref = "基数", rule.policy_ref
    match rule.base:
        case Base.REMAINDER:
            funding, risk, catastrophic = _told(facts.funding, "funding"), _told(facts.risk, "risk"), _told(facts.catastrophic, "catastrophic")
            _within(risk + catastrophic, funding, "risk")
            found = formulas.remainder(funding, risk, catastrophic, rule.share)
            return working.amount(name, "（筹资 − 风险基金 − 大病保险）× 比例", found, ref, 筹资=Money(funding), 风险基金=Money(risk), 大病保险=Money(catastrophic), 比例=percent(rule.share))
        case Base.DEDUCTION:
            funding, risk, catastrophic = _told(facts.funding, "funding"), _told(facts.risk, "risk"), _told(facts.catastrophic, "catastrophic")
            found = formulas.deduction(funding, rule.share)
            _within(risk + catastrophic, funding - found, "risk")
            return working.amount(name, "筹资 × 比例；风险基金、大病保险在其余部分内", found, ref, 筹资=Money(funding), 其余部分=Money(funding - found), 风险基金=Money(risk), 大病保险=Money(catastrophic), 比例=percent(rule.share))
        case Base.RESERVES:
            funding, carried, adjustment = _told(facts.funding, "funding"), _told(facts.carried, "carried"), _told(facts.adjustment, "adjustment")
            found = formulas.reserves(funding, rule.risk, rule.relief, carried, adjustment)
            return working.amount(name, "筹资 − 筹资×风险基金比例 − 筹资×减贫基金比例 + 历年结余 − 调剂额度", found, ref, 筹资=Money(funding), 风险基金比例=percent(rule.risk), 减贫基金比例=percent(rule.relief), 历年结余=Money(carried), 调剂额度=Money(adjustment))
        case Base.INCOME:
            received = _told(facts.income, "income")
            return working.amount(name, "基金收入 × 比例", formulas.income(received, rule.share), ref, 基金收入=Money(received), 比例=percent(rule.share))
        case Base.COHORT:
            return working.amount(name, "签约居民上年的基金支出", _told(facts.cohort_paid, "cohort_paid"), ref)
        case Base.TOLD:
            return working.amount(name, "区域点数法总额内分给本医共体的数额", _told(facts.told, "told"), ref)
    return _grown(rule, facts, working)


def _grown(rule: BaseRule, facts: Facts, working: Working) -> int:
    """The bases that look back and grow."""
    growth, ref = _grows(facts.growth, "growth"), rule.policy_ref
    if rule.base is Base.MEAN:
        paid = _years(facts.paid, rule.years, "paid")
        return working.amount("基数", "前几年支出合计 ÷ 年数 ×（1 + 增长率）", formulas.mean(paid, growth), ref, 支出=[Money(one) for one in paid], 增长率=percent(growth))
    if rule.base is Base.LAST:
        total, most = _told(facts.last_total, "last_total"), _grows(facts.fund_growth, "fund_growth")
        return working.amount("基数", "上年总额 ×（1 + 增长率），增长率不超过统筹基金的增长率", formulas.last(total, growth, most), ref, 上年总额=Money(total), 增长率=percent(growth), 基金增长率=percent(most))
    own, everybody, total = _years(facts.own, len(rule.weights), "own"), _years(facts.everybody, len(rule.weights), "everybody"), _told(facts.total, "total")
    for mine, theirs in zip(own, everybody, strict=True):
        if not 0 <= mine <= theirs or not theirs:
            raise Refused("bad_share", "own 的每一年应在 0 和同年的 everybody 之间，everybody 大于 0。", "own must not exceed everybody in any year.", field="own")
    share = formulas.weighted_share(own, everybody, rule.weights)
    working.note("加权占比", "各年权重 × 本医共体支出 ÷ 全部支出，合计（不舍入）", f"{share.numerator}/{share.denominator}", ref, 权重=[percent(one) for one in rule.weights])
    return working.amount("基数", "总额 × 加权占比 ×（1 + 增长率）", formulas.weighted(total, share, growth), ref, 总额=Money(total), 增长率=percent(growth))


def _excluded(rule: BaseRule, facts: Facts, working: Working) -> int:
    """What stays outside the package: exactly what the place names, no more, no less."""
    if unknown := [one for one in facts.excluded if one not in rule.excluded]:
        raise Refused("unknown_exclusion", f"excluded 中的“{'、'.join(unknown)}”不在 {rule.policy_ref} 的不纳入项目里（{'、'.join(rule.excluded) or '没有'}）。", "The place names no such exclusion.", field="excluded")
    for one in rule.excluded:
        _told(facts.excluded.get(one), f"excluded.{one}")
    found = {one: facts.excluded[one] for one in rule.excluded}
    if found:
        working.amounts("不纳入部分", "按政策不纳入总额的资金", found, rule.policy_ref)
    return sum(found.values())


def _reserved(rule: BaseRule, amount: int, working: Working) -> int:
    """What is kept back for sharing overspend, and what is kept back by name; each ratio of the same sum, rounded once."""
    held = {name: part(amount, ratio) for name, ratio in rule.reserves.items()}
    if held:
        working.amounts("留存", "（基数 − 不纳入部分）× 各项留存比例", held, rule.policy_ref, 比例={name: percent(ratio) for name, ratio in rule.reserves.items()})
    kept = part(amount, rule.reserve)
    if rule.reserve:
        working.amount("调剂金", "（基数 − 不纳入部分）× 调剂金比例", kept, rule.policy_ref, 比例=percent(rule.reserve))
    return kept + sum(held.values())


def _told(amount: int | None, name: str) -> int:
    if amount is None or amount < 0:
        raise Refused("missing", f"没有给出 {name}，或为负；这种算法需要它（没有请写 0）。", f"{name} is not given or negative.", field=name)
    return amount


def _grows(points: int | None, name: str) -> int:
    if points is None or points < -UNIT:
        raise Refused("missing", f"没有给出 {name}，或低于 -100%；这种算法需要它（不变请写 0%）。", f"{name} is not given or below -100 %.", field=name)
    return points


def _years(amounts: tuple[int, ...] | None, years: int, name: str) -> tuple[int, ...]:
    if amounts is None or len(amounts) != years or min(amounts, default=0) < 0 or not years:
        raise Refused("missing", f"{name} 应有 {years} 年的数，从早到晚，不为负。", f"{name} needs {years} years, none negative.", field=name)
    return amounts


def _within(inside: int, whole: int, name: str) -> None:
    if inside > whole:
        raise Refused("too_much", "风险基金和大病保险合计超过了可扣的部分；请核对 risk、catastrophic，或另选算法。", "Risk fund and catastrophic insurance exceed what may come off.", field=name)

"""Standards a head: chronic diseases top-down and bottom-up, outpatient capitation, basic public health."""

from __future__ import annotations

from collections.abc import Sequence

from yilianti.kernel.money import Money
from yilianti.settlement.fund.exact import UNIT, half_up, percent, yuan
from yilianti.settlement.fund.working import Working


def top_down(cost: int, visits: int, visits_a_person: int, share: int, growth: int, added: int, working: Working, policy_ref: str = "", name: str = "") -> int:
    """Fund = cost × share × (1 + growth); M = fund ÷ (visits ÷ visits a person), the persons never rounded; standard = M + what is added a head."""
    fund = working.amount(_named(name, "基金"), "费用 × 基金支付比例 ×（1 + 增长率）", half_up(cost * share * (UNIT + growth), UNIT * UNIT), policy_ref, 费用=Money(cost), 比例=percent(share), 增长率=percent(growth))
    a_head = working.amount(_named(name, "人均基金"), "基金 ÷（就诊人次 ÷ 每人每年次数），人数不先舍入", half_up(fund * visits_a_person, visits), policy_ref, 人次=visits, 每人次数=visits_a_person, **_rounded_first(fund, visits, visits_a_person))
    return working.amount(_named(name, "人头标准"), "人均基金 + 公共卫生、签约、检查", a_head + added, policy_ref, 另加=Money(added))


def bottom_up(cost_a_head: Sequence[int], self_pay_a_head: Sequence[int], added: int, working: Working, policy_ref: str = "", name: str = "") -> int:
    """M = mean cost a head of the years less the mean self-pay of the same years; standard = M + what is added a head."""
    years = len(cost_a_head)
    if years != len(self_pay_a_head) or not years:
        raise ValueError("cost and self-pay need the same years")
    a_head = working.amount(_named(name, "人均基金"), "（各年人均费用合计 − 各年人均自付合计）÷ 年数", half_up(sum(cost_a_head) - sum(self_pay_a_head), years), policy_ref, 年数=years)
    return working.amount(_named(name, "人头标准"), "人均基金 + 公共卫生、签约、检查", a_head + added, policy_ref, 另加=Money(added))


def by_heads(persons: int, a_head: int, working: Working, policy_ref: str = "", name: str = "") -> int:
    """Persons × standard: outpatient capitation, and the package of basic public health beside the fund's."""
    return working.amount(_named(name, "按人头总额"), "人数 × 人均标准", persons * a_head, policy_ref, 人数=persons, 人均标准=Money(a_head))


def _rounded_first(fund: int, visits: int, visits_a_person: int) -> dict[str, object]:
    """The other reading, beside: persons rounded to two decimals before they divide."""
    persons = half_up(visits * 100, visits_a_person)
    return {"人数": yuan(persons), "人数先舍入时": Money(half_up(fund * 100, persons)) if persons else ""}


def _named(name: str, step: str) -> str:
    return f"{name}：{step}" if name else step

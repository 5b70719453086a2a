"""The advance: equal instalments by quarter or month, the held-back part, and the day each falls due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from yilianti.kernel.money import Money
from yilianti.policybook import HasScope
from yilianti.policybook.calendar import Calendar
from yilianti.settlement.fund.exact import part, percent
from yilianti.settlement.fund.rules import AdvanceRule
from yilianti.settlement.fund.splitting import split
from yilianti.settlement.fund.terms import Pace
from yilianti.settlement.fund.working import Working


@dataclass(frozen=True)
class Instalment:
    """One payment in advance; `due_on` is None where the place fixes no day."""

    number: int
    begins_on: date
    due_on: date | None
    fen: int


def instalments(package: int, rule: AdvanceRule, year: int, scope: HasScope, working: Working) -> tuple[list[Instalment], int]:
    """The instalments of the year and what is held back; together exactly the package. Earlier instalments take the odd fen."""
    advanced = part(package, rule.paid)
    count = 4 if rule.pace is Pace.QUARTER else 12
    shares = split(advanced, {f"{number:02d}": 1 for number in range(1, count + 1)})
    found = []
    for number, fen in enumerate(shares.values(), 1):
        begins = date(year, 1 + (number - 1) * (12 // count), 1)
        due = nth_working_day(begins, rule.due_working_days, scope) if rule.due_working_days else None
        found.append(Instalment(number, begins, due, fen))
        working.amount(f"第 {number} 期预付", f"{rule.pace.zh}平均，不足一分的先付", fen, rule.policy_ref, 预付比例=percent(rule.paid), 最迟=due.isoformat() if due else "没有规定")
    held = working.amount("考核后拨付", "总额 − 预付合计", package - advanced, rule.policy_ref, 总额=Money(package), 预付合计=Money(advanced))
    return found, held


def nth_working_day(begins: date, number: int, scope: HasScope) -> date:
    """The last day on which a payment is still within the first so many working days."""
    calendar, day = Calendar(scope), begins
    left = number
    while True:
        left -= calendar.is_working_day(day)
        if not left:
            return day
        day += timedelta(days=1)

"""The advance: equal instalments by quarter or month, the held-back part, and the day each falls due."""

from __future__ import annotations

from collections.abc import Sequence
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


def due_days(rule: AdvanceRule, year: int, scope: HasScope) -> tuple[date, ...]:
    """By which day each instalment must be there, by the calendar as it stands now; none where the place fixes no day."""
    return tuple(nth_working_day(begins, rule.due_working_days, scope) for begins in _begins(rule, year)) if rule.due_working_days else ()


def instalments(package: int, rule: AdvanceRule, year: int, scope: HasScope, working: Working, due: Sequence[date] | None = None) -> tuple[list[Instalment], int]:
    """The instalments of the year and what is held back; together exactly the package. Earlier instalments take the odd fen. `due` are days that were frozen."""
    advanced, begins = part(package, rule.paid), _begins(rule, year)
    shares = split(advanced, {f"{number:02d}": 1 for number in range(1, len(begins) + 1)})
    days = due_days(rule, year, scope) if due is None else due
    found = []
    for number, (begin, fen) in enumerate(zip(begins, shares.values(), strict=True), 1):
        due_on = days[number - 1] if days else None
        found.append(Instalment(number, begin, due_on, fen))
        working.amount(f"第 {number} 期预付", f"{rule.pace.zh}平均，不足一分的先付", fen, rule.policy_ref, 预付比例=percent(rule.paid), 最迟=due_on.isoformat() if due_on else "没有规定")
    held = working.amount("考核后拨付", "总额 − 预付合计", package - advanced, rule.policy_ref, 总额=Money(package), 预付合计=Money(advanced))
    return found, held


def _begins(rule: AdvanceRule, year: int) -> list[date]:
    months = range(1, 13, 3) if rule.pace is Pace.QUARTER else range(1, 13)
    return [date(year, month, 1) for month in months]


def nth_working_day(begins: date, number: int, scope: HasScope) -> date:
    """The last day on which a payment is still within the first so many working days."""
    calendar, day = Calendar(scope), begins
    left = number
    while True:
        left -= calendar.is_working_day(day)
        if not left:
            return day
        day += timedelta(days=1)

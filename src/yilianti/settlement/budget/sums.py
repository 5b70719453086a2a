"""The sums of a month: what was charged since January, what comes off, and where the year is going."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Sum

from yilianti.kernel.actor import Scope
from yilianti.kernel.money import Money
from yilianti.settlement.budget import keeping, year
from yilianti.settlement.budget.ledger import Written
from yilianti.settlement.budget.models import Charged, Package
from yilianti.settlement.budget.rules import ChargedRule
from yilianti.settlement.fund import api as fund
from yilianti.settlement.fund.api import Working


def of(package: Package, month: date, written: Written, persons: int, rule: ChargedRule, scope: Scope, day: date) -> dict[str, Any]:
    """What a reckoning keeps; raises Refused where more comes off than was spent."""
    working = Working()
    by_place = dict(Charged.objects.filter(package=package).values_list("place").annotate(Sum("fen")))
    working.amount("本次记入", "各笔费用现在应记 − 以前已记；没有算出的不记", written.own, rule.policy_ref, 行数=written.lines, 没有算出的笔数=written.unpriced, 没有算出的费用=Money(written.unpriced_total))
    spending = fund.Spending(*year.placed(by_place), persons, year.set_aside_sum(package))
    gross = sum(by_place.values())
    spent = fund.charged(spending, working)
    before = year.months(package, before=month)
    path, forecast = _watched(package, [*before, spent - sum(before)], fund.path_rule(scope, day), working)
    return {
        "lines": written.lines, "own": written.own, "gross": gross, "catastrophic_persons": persons, "policy_caused": spending.policy_caused, "spent": spent,
        "path": path.path, "above": path.above, "leaves": path.leaves, "likely": forecast and forecast.likely, "least": forecast and forecast.least, "most": forecast and forecast.most,
        "unpriced": written.unpriced, "unpriced_total": written.unpriced_total, "working": keeping.plain(working), "policy_refs": keeping.refs(working),
    }  # fmt: skip


def _watched(package: Package, spent: list[int], rule: Any, working: Working) -> tuple[fund.Month, fund.Forecast | None]:
    """The month against its path, and the forecast; earlier months have their steps in their own reckoning."""
    whole = Working()
    found = fund.months(package.fen, spent, rule, whole)[-1]
    working.steps.append(whole.steps[-1])
    return found, fund.forecast(package.fen, spent, rule, working)

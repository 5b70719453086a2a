"""What other rooms may use of the package: its run, its rules, exact numbers, splitting, working."""

from yilianti.settlement.budget.advance import Instalment, instalments
from yilianti.settlement.budget.editions import in_force, needed
from yilianti.settlement.budget.exact import UNIT, change, count, fen, half_up, part, percent, points, yuan
from yilianti.settlement.budget.package import Facts, Spending, charged, reckon
from yilianti.settlement.budget.path import Forecast, Month, forecast, months
from yilianti.settlement.budget.rules import advance as advance_rule
from yilianti.settlement.budget.rules import base as base_rule
from yilianti.settlement.budget.rules import path as path_rule
from yilianti.settlement.budget.splitting import said, split
from yilianti.settlement.budget.terms import Remainder
from yilianti.settlement.budget.working import Step, Working

__all__ = [
    "UNIT", "Facts", "Forecast", "Instalment", "Month", "Remainder", "Spending", "Step", "Working", "advance_rule", "base_rule", "change", "charged", "count", "fen", "forecast", "half_up", "in_force", "instalments",
    "months", "needed", "part", "path_rule", "percent", "points", "reckon", "said", "split", "yuan",
]  # fmt: skip

"""What other rooms may use of the arithmetic of the fund: its run, its rules, exact numbers, splitting, working."""

from yilianti.settlement.fund.advance import Instalment, due_days, instalments
from yilianti.settlement.fund.capitation import bottom_up, by_heads, top_down
from yilianti.settlement.fund.editions import Given, Rows, in_force, needed
from yilianti.settlement.fund.exact import UNIT, change, count, fen, half_up, part, percent, points, yuan
from yilianti.settlement.fund.package import Facts, Spending, charged, reckon
from yilianti.settlement.fund.path import Forecast, Month, forecast, months
from yilianti.settlement.fund.rules import BaseRule, advance_of, base_of, path_of, per_head_of, per_head_public_health
from yilianti.settlement.fund.rules import advance as advance_rule
from yilianti.settlement.fund.rules import base as base_rule
from yilianti.settlement.fund.rules import path as path_rule
from yilianti.settlement.fund.splitting import said, split
from yilianti.settlement.fund.terms import Base, Remainder
from yilianti.settlement.fund.told import RATIOS, YEARS, fact
from yilianti.settlement.fund.working import Step, Working

__all__ = [
    "RATIOS", "UNIT", "YEARS", "Base", "BaseRule", "Facts", "Forecast", "Given", "Instalment", "Month", "Remainder", "Rows", "Spending", "Step", "Working", "advance_of", "advance_rule", "base_of", "base_rule", "bottom_up", "by_heads", "change", "charged", "fact",
    "count", "due_days", "fen", "forecast", "half_up", "in_force", "instalments", "months", "needed", "part", "path_of", "path_rule", "per_head_of", "per_head_public_health", "percent", "points", "reckon", "said", "split", "top_down", "yuan",
]  # fmt: skip

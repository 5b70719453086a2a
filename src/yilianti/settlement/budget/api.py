"""What other rooms may use of the package: exact numbers, splitting, working."""

from yilianti.settlement.budget.exact import UNIT, count, fen, half_up, part, percent, points, yuan
from yilianti.settlement.budget.splitting import said, split
from yilianti.settlement.budget.terms import Remainder
from yilianti.settlement.budget.working import Step, Working

__all__ = ["UNIT", "Remainder", "Step", "Working", "count", "fen", "half_up", "part", "percent", "points", "said", "split", "yuan"]

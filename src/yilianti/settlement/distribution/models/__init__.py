"""Tables of distribution: what was told, the settlement of a year with its runs, statements with what was said of them, scenarios."""

from yilianti.settlement.distribution.models.scenarios import Scenario
from yilianti.settlement.distribution.models.statements import Remark, Statement, StatementLine
from yilianti.settlement.distribution.models.told import MemberFact, Work
from yilianti.settlement.distribution.models.years import Run, RunStep, Settlement

__all__ = ["StatementLine", "MemberFact", "Remark", "Run", "RunStep", "Scenario", "Settlement", "Statement", "Work"]

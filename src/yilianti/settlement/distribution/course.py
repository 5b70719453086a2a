"""The course of a run: scheme and inputs, and what the steps so far have found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.inputs import Inputs, Member
from yilianti.settlement.distribution.scheme import Scheme
from yilianti.settlement.distribution.sections import Section
from yilianti.settlement.distribution.sharing import Shared
from yilianti.settlement.distribution.terms import Line
from yilianti.settlement.fund.api import Working

Amounts = dict[str, dict[str, int]]


@dataclass
class Course:
    """`working` and `amounts` are those of the step at hand; the rest is handed from step to step. None: not reckoned."""

    scheme: Scheme
    inputs: Inputs
    working: Working = field(default_factory=Working)
    amounts: Amounts = field(default_factory=dict)
    package: int | None = None
    charged: int | None = None
    change: int | None = 0
    shared: Shared | None = None
    pool: int = 0
    lines: dict[str, dict[str, int]] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)

    def give(self, line: Line, parts: Mapping[str, int]) -> None:
        """What this step gives each member on that line, added to what it had."""
        for code in sorted(parts):
            for held in (self.amounts, self.lines):
                own = held.setdefault(code, {})
                own[str(line)] = own.get(str(line), 0) + parts[code]

    def skip(self, name: str, why: str) -> None:
        """Says in a step why nothing is reckoned."""
        self.working.note(name, why, "不计算")

    def section(self, name: str, given: bool, field: str) -> Section | None:
        """The section where its inputs are given too; inputs without their section are refused, a section without inputs is said."""
        found = self.scheme.get(name)
        if found is None and given:
            raise Refused("no_policy", f"给出了 {field}，方案“{self.scheme.title}”却没有 {name}（政策 settlement.{name}）；请先写上，或不给 {field}。", f"{field} is given but the scheme has no {name}.", field=field)
        return found if given else None

    def member(self, code: str, field: str) -> Member:
        """The member of that code; raises Refused for an unknown party."""
        if code not in self.inputs.members:
            raise Refused("unknown_party", f"{field} 为“{code}”：不是成员；成员是：{'、'.join(sorted(self.inputs.members)) or '（没有给出 members）'}。", "No member has that code.", field=field)
        return self.inputs.members[code]

"""Assumptions about behaviour: each named, each off until somebody gives its number, each said in a sentence beside the result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.simulating.terms import Assumption
from yilianti.settlement.fund import api as fund
from yilianti.settlement.fund.api import UNIT

#: Said with every assumption.
MARK = "假设"


@dataclass(frozen=True)
class Assumed:
    """Basis points by name; what is not given changes nothing."""

    given: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, written: Iterable[str]) -> Assumed:
        """`returned_cost=80%`; raises Refused."""
        found = cls()
        for one in written:
            name, equals, value = (part.strip() for part in one.partition("="))
            if not equals or name not in {str(known) for known in Assumption}:
                said = "；".join(f"{known}（{known.zh}）" for known in Assumption)
                raise Refused("unknown_assumption", f"假设“{one}”不认识；请写成 returned_cost=80%，可用：{said}。", "No such assumption.", field="assume")
            if name in found.given:
                raise Refused("twice", f"假设 {name} 给了两次；请只留一个。", "An assumption is given twice.", field=f"assume.{name}")
            found = replace(found, given={**found.given, name: _points(name, value)})
        return found

    @property
    def returned_cost(self) -> int:
        return self.given.get(str(Assumption.RETURNED_COST), UNIT)

    @property
    def moved(self) -> int:
        return self.given.get(str(Assumption.MOVED), 0)

    @property
    def saving(self) -> int:
        return self.given.get(str(Assumption.SAVING), 0)

    def plain(self) -> list[dict[str, str]]:
        """Each with its sentence and its mark."""
        return [{"mark": MARK, "name": name, "value": fund.percent(points), "says": f"{Assumption.label(name)}：{fund.percent(points)}"} for name, points in self.given.items()]


def _points(name: str, value: str) -> int:
    found = fund.points(value, f"assume.{name}")
    if found > UNIT and name != Assumption.RETURNED_COST:
        raise Refused("too_much", f"assume.{name} 为“{value}”：不能超过 100%。", "Not above 100 %.", field=f"assume.{name}")
    return found

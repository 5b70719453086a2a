"""A year reckoned: named steps in a fixed order, each with its working and what it gives to whom. Pure: the same scheme and inputs, the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from yilianti.settlement.distribution.course import Course
from yilianti.settlement.distribution.inputs import Inputs
from yilianti.settlement.distribution.scheme import Scheme
from yilianti.settlement.distribution.steps import ORDER
from yilianti.settlement.distribution.terms import Part
from yilianti.settlement.fund.api import Step, Working, yuan

STEPS: tuple[str, ...] = tuple(str(one) for one in Part)


@dataclass(frozen=True)
class Done:
    """One named step: its lines of working, and fen by member and line."""

    name: str
    working: list[Step]
    amounts: Mapping[str, Mapping[str, int]]
    totals: Mapping[str, int] = field(default_factory=dict)

    def plain(self) -> list[dict[str, Any]]:
        """Its lines of working, each with the step's name."""
        return [{"step": self.name, **one.plain()} for one in self.working]


@dataclass(frozen=True)
class Result:
    """The whole run. `members`: code → line → fen; `totals`: fen by name."""

    scheme: str
    year: int
    steps: list[Done]
    members: Mapping[str, Mapping[str, int]]
    totals: Mapping[str, int]

    def plain(self) -> dict[str, Any]:
        """Money as 元 in text."""
        members = {code: {line: yuan(fen) for line, fen in own.items()} for code, own in self.members.items()}
        return {"scheme": self.scheme, "year": self.year, "steps": [line for done in self.steps for line in done.plain()], "members": members, "totals": {name: yuan(fen) for name, fen in self.totals.items()}}

    def canonical(self) -> str:
        """The same run gives the same bytes: keys sorted, no spaces, no binary fraction."""
        return json.dumps(self.plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def reckon(scheme: Scheme, inputs: Inputs) -> Iterator[Done]:
    """The steps one after the other; raises Refused naming the field that lacks or cannot be."""
    course = Course(scheme, inputs)
    for name in Part:
        course.working, course.amounts = Working(), {}
        ORDER[name](course)
        yield Done(str(name), course.working.steps, course.amounts, dict(course.totals) if name is Part.TOTALS else {})


def evaluate(scheme: Scheme, inputs: Inputs) -> Result:
    """All steps, and what each member gets on each line."""
    steps = list(reckon(scheme, inputs))
    members: dict[str, dict[str, int]] = {code: {} for code in sorted(inputs.members)}
    for done in steps:
        for code, own in done.amounts.items():
            for line, fen in own.items():
                members[code][line] = members[code].get(line, 0) + fen
    return Result(scheme.title, scheme.year, steps, members, steps[-1].totals)

"""The cases hold every threshold from both sides: each comparison made strict, lax, or moved by one step changes the answer of some case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.followup.asked import CALM, before, held, rows, visit
from yilianti.care.followup import conditions, flow
from yilianti.care.followup.parts import Programme
from yilianti.care.followup.terms import Enrolment, Kind, Visit

OTHER = {">=": ">", ">": ">=", "<=": "<", "<": "<="}
KINDS = ("signs", "classes", "steps")
#: The row above it has concluded already where this bound would matter.
FORESTALLED = {("steps", "first", "running_times")}


def step_of(own: Programme, clause: conditions.Clause) -> Decimal:
    """One step of what the value is read in."""
    field = own.form.fields.get(clause.fact)
    coarse = field is None or field.kind is Kind.COUNT or (field.most or 0) > 100
    return Decimal(1) if coarse else Decimal("0.1")


def changed(own: Programme, clause: conditions.Clause) -> Iterator[conditions.Clause]:
    assert isinstance(clause.against, Decimal)
    step = step_of(own, clause)
    yield replace(clause, compared=OTHER[clause.compared])
    yield replace(clause, against=clause.against + step)
    yield replace(clause, against=clause.against - step)


def mutants(own: Programme) -> Iterator[tuple[str, Programme]]:
    for kind in KINDS:
        for number, rule in enumerate(getattr(own, kind)):
            if rule.is_silent:
                continue
            for w, way in enumerate(rule.condition.ways):
                for c, clause in enumerate(way):
                    if not clause.compared or isinstance(clause.against, str) or (kind, rule.code, clause.fact) in FORESTALLED:
                        continue
                    for other in changed(own, clause):
                        ways = [list(one) for one in rule.condition.ways]
                        ways[w][c] = other
                        mutated = replace(rule, condition=replace(rule.condition, ways=tuple(map(tuple, ways))))
                        rules = list(getattr(own, kind))
                        rules[number] = mutated
                        yield f"{kind}.{rule.code}: {other.fact}{other.compared}{other.against}", replace(own, **{kind: tuple(rules)})


def answers(own: Programme, asked: list[tuple[Visit, Any]]) -> list[Any]:
    found = (flow.ask(own, one, earlier, Enrolment()) for one, earlier in asked)
    return [(told.class_, told.step, told.refer, told.next_on, told.adjust, [finding.code for finding in told.findings]) for told in found]


@pytest.mark.parametrize("code", CALM)
def test_no_threshold_can_be_moved_unseen(code: str) -> None:
    own = held(code)
    asked = [(Visit(date.fromisoformat(row["on"]), visit(code, row["given"])), before(row["earlier"])) for row in rows(code)]
    usual = answers(own, asked)
    assert [name for name, mutant in mutants(own) if answers(mutant, asked) == usual] == []

"""The flow, a case a row: values at, just below and just above each threshold, each citing its row of the fact sheet and its evidence tag."""

from __future__ import annotations

from datetime import date

import pytest

from tests.followup.asked import CALM, ask, due, held, rows

EVERY = [(code, row) for code in CALM for row in rows(code)]


@pytest.mark.parametrize(("code", "row"), EVERY, ids=lambda one: one["id"] if isinstance(one, dict) else one)
def test_case(code: str, row: dict[str, str]) -> None:
    on = date.fromisoformat(row["on"])
    answer = ask(code, row["given"], row["earlier"], on)
    told = (answer.class_ or "", answer.step or "", answer.refer.value, answer.next_on, answer.check_by, answer.adjust)
    assert told == (row["class"], row["step"], row["refer"], due(on, row["next"]), due(on, row["check"]), row["adjust"] == "yes"), answer
    assert {code for code in row["says"].split(";") if code} <= {finding.code for finding in answer.findings}


def test_there_are_enough_cases_and_each_cites_its_row() -> None:
    assert len(EVERY) >= 120
    assert {row["tag"] for _, row in EVERY} <= set("SGMHCK-")
    assert not [row["id"] for code, row in EVERY if not row["row"] or len([other for name, other in EVERY if name == code and other["id"] == row["id"]]) > 1]


def cited(code: str) -> set[tuple[str, str]]:
    own = held(code)
    return {(rule.row, kind) for kind in ("signs", "classes", "steps", "prompts", "scores") for rule in getattr(own, kind)}


@pytest.mark.parametrize("code", CALM)
def test_every_row_of_the_flow_is_reached_by_a_case(code: str) -> None:
    """Each step, class and numeric danger sign is the outcome of some row of the table."""
    own = held(code)
    answers = [ask(name, row["given"], row["earlier"], date.fromisoformat(row["on"])) for name, row in EVERY if name == code]
    assert {step.code for step in own.steps} == {answer.step for answer in answers} - {None}
    assert {one.code for one in own.classes} == {one for answer in answers for one in answer.classes}
    numeric = {f"{sign.effect}.{sign.code}" for sign in own.signs if not sign.is_silent and any(clause.compared for way in sign.condition.ways for clause in way)}
    assert numeric <= {finding.code for answer in answers for finding in answer.findings}

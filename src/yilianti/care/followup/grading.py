"""The grade of a value and the risk layer it gives with the factors beside it, by the programme's table."""

from __future__ import annotations

from dataclasses import dataclass

from yilianti.care.followup.conditions import Facts
from yilianti.care.followup.parts import Programme, Risk
from yilianti.kernel.finding import Finding, Severity


@dataclass(frozen=True)
class Graded:
    """Grade and layer, each None where values are missing or nothing is raised."""

    grade: str | None
    layer: str | None
    zh: str
    findings: tuple[Finding, ...]
    missing: tuple[str, ...] = ()


def graded(programme: Programme, facts: Facts) -> Graded:
    """The highest grade that holds, and the first row of the risk table that holds; a row above it that is not known leaves the layer open."""
    own = programme.risk
    if own is None:
        return Graded(None, None, "", ())
    grade, missing = _grade(own, facts)
    if grade is None:
        return Graded(None, None, "", (), missing)
    for layer in own.layers:
        held = layer.condition.ask(facts)
        if held.truth is None:
            return Graded(grade, None, "", (), held.missing)
        if held.truth:
            code = layer.by_grade[grade]
            zh, en = own.names[code]
            return Graded(grade, code, zh, (Finding(f"risk.{code}", f"{zh}：{grade} 级，{layer.zh}", layer.because, layer.policy_ref, Severity.INFO, f"{en}: grade {grade}, {layer.en}"),))
    return Graded(grade, None, "", ())


def _grade(own: Risk, facts: Facts) -> tuple[str | None, tuple[str, ...]]:
    for code, condition in own.grades:
        held = condition.ask(facts)
        if held.truth is None:
            return None, held.missing
        if held.truth:
            return code, ()
    return None, ()

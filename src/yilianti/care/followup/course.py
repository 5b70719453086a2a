"""How far an answer has come: the facts known so far, what was found, and the words each row says it in."""

from __future__ import annotations

from dataclasses import dataclass

from yilianti.care.followup import conditions
from yilianti.care.followup.conditions import Facts
from yilianti.care.followup.parts import Programme, Rule
from yilianti.kernel.finding import Finding, Severity

#: Names under which the flow itself tells what it found, to be used in the conditions of steps and prompts.
CLASS, IN_DANGER, RUNNING_TIMES, RUNNING_MONTHS = "class", "in_danger", "running_times", "running_months"


@dataclass
class Course:
    """What has been found so far; each stage below adds to it."""

    programme: Programme
    facts: Facts
    findings: list[Finding]
    missing: list[str]


def said(course: Course, rule: Rule, kind: str, held: conditions.Held, severity: Severity = Severity.WARNING) -> Finding:
    """A row that holds, in its own words with the values that met it."""
    labels = {**course.programme.labels, RUNNING_TIMES: "连续次数", RUNNING_MONTHS: "连续月数"}
    values = "，".join(told for clause in held.clauses if (told := clause.because(course.facts, labels)))
    between = "；" if "：" in rule.zh else "："
    return Finding(f"{kind}.{rule.code}", f"{rule.zh}{between}{values}" if values else rule.zh, rule.because, rule.policy_ref, severity, rule.en)


def unconfirmed(rule: Rule) -> Finding:
    """A row that would hold, were it confirmed."""
    return Finding(f"unconfirmed.{rule.code}", f"“{rule.zh}”待与原件核对，没有采用。", rule.because, rule.policy_ref, Severity.INFO, f"not used until confirmed: {rule.en}")


def classes(facts: Facts) -> frozenset[str]:
    """Those that hold."""
    found = facts.values[CLASS]
    assert isinstance(found, frozenset)
    return found

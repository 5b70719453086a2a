"""What follows from values by arithmetic alone: age on the day, body-mass index, sums of scores."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yilianti.care.followup import conditions
from yilianti.care.followup.conditions import Facts
from yilianti.care.followup.history import whole_months
from yilianti.care.followup.parts import Points, Programme
from yilianti.care.followup.terms import Enrolment, Visit
from yilianti.kernel.finding import Finding, Severity


def derived(programme: Programme, facts: Facts, visit: Visit, enrolment: Enrolment) -> tuple[Facts, list[Finding]]:
    """The facts with what can be worked out added; a value somebody entered is not replaced, but a score that comes out otherwise is asked about."""
    found: dict[str, conditions.Value] = {}
    if enrolment.born_on is not None and "age" not in facts.values:
        found["age"] = Decimal(whole_months(enrolment.born_on, visit.on) // 12)
    if "bmi" not in facts.values and (bmi := _bmi(facts)) is not None:
        found["bmi"] = bmi
    doubtful = frozenset({"bmi"} if "bmi" in found and facts.doubtful & {"weight", "height"} else ())
    facts = facts.also(found, doubtful)
    asked: list[Finding] = []
    for score in dict.fromkeys(points.score for points in programme.scores):
        facts = _scored(programme, score, facts, asked)
    return facts, asked


def _bmi(facts: Facts) -> Decimal | None:
    weight, height = facts.number("weight"), facts.number("height")
    if weight is None or height is None or height <= 0:
        return None
    return (weight * 10_000 / (height * height)).quantize(Decimal("0.1"))


def _scored(programme: Programme, score: str, facts: Facts, asked: list[Finding]) -> Facts:
    """The sum of a score where every item is answered; silent while its points wait for confirmation."""
    own = [points for points in programme.scores if points.score == score]
    items = {fact for points in own for fact in points.condition.facts}
    if not items <= facts.values.keys():
        return facts
    if any(points.is_silent for points in own):
        asked.append(Finding(f"unconfirmed.{score}", f"{programme.labels.get(score, score)}的各项分值待与原件核对，没有相加；请填写总分。", own[0].because, own[0].policy_ref, Severity.INFO,
                             "the points of this score wait for confirmation; enter the total"))  # fmt: skip
        return facts
    total = Decimal(sum(points.points for points in _answered(own, facts)))
    entered = facts.number(score)
    if entered is not None and entered != total:
        asked.append(Finding(f"question.{score}", f"{programme.labels.get(score, score)}填的是 {entered:f}，各项相加为 {total:f}；请核对。", own[0].because, own[0].policy_ref, Severity.WARNING,
                             f"entered {entered:f}, the items give {total:f}"))  # fmt: skip
    return facts if entered is not None else facts.also({score: total})


def _answered(own: list[Points], facts: Facts) -> Iterator[Points]:
    return (points for points in own if points.condition.ask(facts).truth)

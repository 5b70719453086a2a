"""What the doctor is reminded of beside the flow: prompts of the programme, goals of last time, the yearly check, what lies outside the enrolment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from yilianti.care.followup.course import Course, said
from yilianti.care.followup.history import months_after
from yilianti.care.followup.parts import Programme
from yilianti.care.followup.terms import Earlier, Enrolment
from yilianti.kernel.finding import Finding, Severity


def prompts(course: Course) -> Iterator[Finding]:
    for prompt in course.programme.prompts:
        held = prompt.condition.ask(course.facts)
        if held.truth and not prompt.is_silent:
            yield said(course, prompt, "prompt", held, Severity.INFO)


def goals(course: Course, before: list[Earlier]) -> Iterator[Finding]:
    """Goals agreed at the last visit that set any, beside what has become of them: the doctor judges."""
    agreed = next((one.goals for one in reversed(before) if one.goals), {})
    for code, goal in sorted(agreed.items()):
        one = course.programme.form.fields.get(code)
        now = course.facts.number(one.goal_of) if one and one.goal_of else None
        if one is not None and now is not None:
            measured = course.programme.form.fields[one.goal_of]
            yield Finding(f"goal.{code}", f"上次商定：{one.zh} {goal} {one.unit}；这次{measured.zh} {now:f} {measured.unit}。", severity=Severity.INFO, en=f"agreed last time: {one.en} {goal}; now {now:f}")


def due(programme: Programme, on: date, enrolment: Enrolment) -> Iterator[Finding]:
    """The yearly check that is owed."""
    every, last = programme.cadence.checks_a_year, enrolment.last_check_on
    if every and (last is None or months_after(last, 12 // every) <= on):
        since = f"上次 {last.isoformat()}" if last else "还没有做过"
        yield Finding("prompt.check_due", f"年度健康检查到期（每年至少 {every} 次，{since}）。", "", programme.cadence.policy_ref, Severity.INFO, "the yearly check is due")


def outside(course: Course, on: date, enrolment: Enrolment) -> Iterator[Finding]:
    """An age the programme is not for, and a visit outside the enrolment: asked about, not refused."""
    programme, age = course.programme, course.facts.number("age")
    if age is not None and age < programme.from_age:
        yield Finding("question.age", f"{programme.zh}的服务对象是 {programme.from_age} 岁及以上，现在 {age:f} 岁；请核对。", "", programme.policy_refs[0], Severity.WARNING, f"the programme is for {programme.from_age} and over")
    if enrolment.on is not None and on < enrolment.on:
        yield Finding("question.before_enrolment", "随访日期早于纳入管理的日期，请核对。", severity=Severity.WARNING, en="the visit lies before the enrolment")
    if enrolment.ended_on is not None and on >= enrolment.ended_on:
        yield Finding("question.after_end", "管理已经结束，随访日期在其后，请核对。", severity=Severity.WARNING, en="the visit lies after the end of the enrolment")

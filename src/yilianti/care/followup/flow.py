"""What follows from a visit: its class, whether to refer, when to come again, and why; the programme's rows decide, nothing here names a disease.

Pure and total: any values give an answer. What is missing is said, what is not plausible is asked, neither is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from yilianti.care.followup import advising, conditions
from yilianti.care.followup.course import (
    CLASS,
    IN_DANGER,
    RUNNING_MONTHS,
    RUNNING_TIMES,
    Course,
    classes,
    said,
    unconfirmed,
)
from yilianti.care.followup.history import Run, months_after, run_of
from yilianti.care.followup.parts import OTHERWISE, Programme, Step
from yilianti.care.followup.terms import Answer, Earlier, Enrolment, Refer, Visit
from yilianti.care.followup.working_out import derived
from yilianti.kernel.finding import Finding, Severity

#: A pace for medicine that was changed today, beside those of the classes.
ADJUSTED = "adjusted"


def ask(programme: Programme, visit: Visit, earlier: Iterable[Earlier] = (), enrolment: Enrolment = Enrolment()) -> Answer:  # noqa: B008 - frozen
    """The flow's answer for this visit; earlier visits may come in any order, only those before its day count."""
    read, asked = programme.form.read(visit.given)
    facts, worked = derived(programme, read, visit, enrolment)
    course = Course(programme, facts, [*asked, *worked], [])
    _signs(course)
    class_ = _classes(course)
    before = sorted((one for one in earlier if one.on < visit.on), key=lambda one: one.on)
    _running(course, before, visit.on)
    steps, step = _steps(course)
    _left_out(course)
    next_on, check_by = _days(course, steps, step, visit.on)
    if next_on is None:
        course.findings.append(Finding("missing.next", "缺项没有补齐，不能推算下次随访日期；请补齐，或由医生约定。", severity=Severity.WARNING, en="values are missing, so no next day; complete them or agree a day"))
    course.findings += advising.outside(course, visit.on, enrolment)
    prompts = [*advising.prompts(course), *advising.goals(course, before), *advising.due(programme, visit.on, enrolment)]
    reasons = _reasons(course, steps)
    return Answer(
        class_, classes(course.facts), step.code if step else None, tuple(course.findings), tuple(prompts),
        max((step.refer for step in steps), key=lambda one: one.weight, default=Refer.NONE), tuple(reasons), next_on, check_by,
        step is not None and step.adjusts, tuple(dict.fromkeys(course.missing)), programme.policy_refs,
    )  # fmt: skip


def _signs(course: Course) -> None:
    """Danger signs that hold, values that are noticed, and signs that ought to have been asked for.

    Whether there is danger stays open while a field the form requires is empty or doubtful; what it does not require counts when it is there.
    """
    holds, unknown = False, False
    needed = _needed(course)
    for sign in course.programme.signs:
        held = sign.condition.ask(course.facts)
        if held.truth and sign.is_silent:
            course.findings.append(unconfirmed(sign))
        elif held.truth:
            course.findings.append(said(course, sign, sign.effect, held))
            holds = holds or sign.effect == conditions.SIGNS
        elif sign.asks is not None and sign.asks.ask(course.facts).truth:
            course.findings.append(Finding(f"question.{sign.code}", f"请问清：是否{sign.zh}？", sign.because, sign.policy_ref, Severity.WARNING, f"ask whether: {sign.en}"))
        unknown = unknown or (sign.effect == conditions.SIGNS and not sign.is_silent and not needed.isdisjoint(held.missing))
    if holds or not unknown:
        course.facts = course.facts.also({IN_DANGER: holds})


def _needed(course: Course) -> set[str]:
    """What leaves a row open where it is not known; an optional field that nobody filled in does not."""
    return {*course.programme.form.required, *course.facts.doubtful, CLASS, IN_DANGER, RUNNING_TIMES}


def _classes(course: Course) -> str | None:
    """Which classes hold; the worst is the visit's class. `otherwise` only where every other is known not to hold."""
    held: set[str] = set()
    open_: set[str] = set()
    worst = None
    for row in course.programme.classes:
        if row.is_otherwise or row.is_silent:
            continue
        answer = row.condition.ask(course.facts)
        if answer.truth:
            worst = row.code
            held.add(row.code)
            course.findings.append(said(course, row, CLASS, answer))
        elif answer.truth is None and row.code not in held:
            open_.add(row.code)
            course.missing += answer.missing
    spare = next((row for row in course.programme.classes if row.is_otherwise), None)
    if spare is not None and not held and not open_:
        worst = spare.code
        held.add(spare.code)
        course.findings.append(said(course, spare, CLASS, conditions.Held(True)))
    elif spare is not None and not held:
        open_.add(spare.code)
    course.facts = course.facts.also({CLASS: frozenset(held)}, unsettled={CLASS: frozenset(open_ - held)})
    return worst


def _running(course: Course, before: list[Earlier], on: date) -> None:
    """How often in a row, this visit included, the class that counts has held, and for how many whole months."""
    run = run_of(course.programme.counted, classes(course.facts), course.facts.unsettled[CLASS], before, on)
    if run is not None:
        course.facts = course.facts.also({RUNNING_TIMES: Decimal(run.times), RUNNING_MONTHS: Decimal(run.months)})
        course.findings += _skipped(run)


def _skipped(run: Run) -> Iterator[Finding]:
    if run.skipped:
        days = "、".join(day.isoformat() for day in run.skipped)
        yield Finding("question.skipped", f"{days} 的随访没有分类，计算连续次数时跳过。", severity=Severity.INFO, en="visits without a class are passed over when counting in a row")


def _steps(course: Course) -> tuple[list[Step], Step | None]:
    """The rows of the flow that hold, in its own order, and the one that concludes: none while a row above it is not known."""
    holding: list[Step] = []
    needed = _needed(course)
    is_open = False
    concluding = None
    for step in course.programme.steps:
        held = conditions.Held(False) if step.is_silent else step.condition.ask(course.facts)
        is_open = is_open or not needed.isdisjoint(held.missing)
        if held.truth:
            concludes = concluding is None and not is_open
            concluding = step if concludes else concluding
            holding.append(step)
            if concludes or step.refer is not Refer.NONE:
                course.findings.append(said(course, step, "step", held))
    return holding, concluding


def _left_out(course: Course) -> None:
    """What the form asks for and nobody filled in, beside what the class could not be found without."""
    asked = [code for code in course.programme.form.required if code not in course.facts.values]
    for code in dict.fromkeys([*asked, *course.missing]):
        one = course.programme.form.fields.get(code)
        zh, en = (one.zh, one.en) if one else (course.programme.labels.get(code, code), code)
        if code in course.facts.doubtful:
            continue  # it is there, and has been questioned already
        said = "没有它不能定分类" if code in course.missing else "没有填写"
        course.findings.append(Finding(f"missing.{code}", f"缺{zh}：{said}。", "", course.programme.form.policy_ref, Severity.WARNING, f"missing: {en}"))
        if code not in course.missing:
            course.missing.append(code)


def _days(course: Course, steps: list[Step], step: Step | None, on: date) -> tuple[date | None, date | None]:
    """The next visit: the earliest of what the steps and, once the flow has concluded, the cadence ask; and until when a referral's outcome is looked into."""
    check_by = min((on + timedelta(days=one.check_days) for one in steps if one.check_days is not None), default=None)
    following = [on + timedelta(days=one.next_days) for one in steps if one.next_days is not None]
    if step is not None:
        following += [months_after(on, months) for months in _months(course, step)]
    return min(following, default=None), check_by


def _months(course: Course, step: Step) -> list[int]:
    """The cadence for the classes that hold and for medicine just adjusted; what it does not name follows the usual one."""
    months = course.programme.cadence.months
    names = [name for name in sorted(classes(course.facts)) if name in months]
    if ADJUSTED in months and (step.adjusts or course.facts.values.get("medicine_changed") is True):
        names.append(ADJUSTED)
    return [months[name] for name in names or [OTHERWISE]]


def _reasons(course: Course, steps: list[Step]) -> Iterator[Finding]:
    """Why the patient is sent up: each danger sign by itself, and each row of the flow that refers."""
    if any(step.refer is Refer.URGENT for step in steps):
        yield from (finding for finding in course.findings if finding.code.startswith(f"{conditions.SIGNS}."))
    for step in steps:
        if step.refer is not Refer.NONE:
            yield said(course, step, "step", step.condition.ask(course.facts))

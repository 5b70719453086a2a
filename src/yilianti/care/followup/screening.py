"""What a screening says: whether to measure again, who is at high risk, when a diagnosis is near. It enrols nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from yilianti.care.followup import conditions
from yilianti.care.followup.history import months_after
from yilianti.care.followup.parts import Programme, Rule, Screening
from yilianti.care.followup.terms import Enrolment, Refer, Screened, Visit
from yilianti.care.followup.working_out import derived
from yilianti.kernel.finding import Finding, Severity


@dataclass(frozen=True)
class Reading:
    """One measurement on a day; several of a day are one day."""

    on: date
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Screen:
    """The verdict with its reasons; until when to measure again, until when to look into a referral for diagnosis, and whether there is danger now."""

    verdict: Screened
    findings: tuple[Finding, ...]
    raised_on: tuple[date, ...] = ()
    next_on: date | None = None
    check_by: date | None = None
    refer: Refer = Refer.NONE


def is_due(programme: Programme, on: date, age: int, last_measured_on: date | None) -> bool:
    """Whether the first visit of the year has to measure: of an age to be screened, and not yet measured in this calendar year."""
    own = programme.screening
    return own is not None and age >= own.from_age and (last_measured_on is None or last_measured_on.year < on.year)


def screen(programme: Programme, today: Reading, earlier: Iterable[Reading] = (), born_on: date | None = None) -> Screen:
    """What today's measurement says beside earlier ones, in any order; a programme without screening rules answers that it asks nobody."""
    own = programme.screening
    if own is None:
        return Screen(Screened.NOT_ASKED, ())
    facts, findings = _facts(programme, today, born_on)
    danger = list(_danger(programme, facts))
    found = _verdict(programme, own, today.on, facts, _raised_days(programme, own, [*earlier, today], today.on))
    refer = Refer.URGENT if danger else Refer.NONE
    return replace(found, findings=(*danger, *findings, *found.findings), refer=refer, check_by=today.on + timedelta(days=own.check_days) if danger else found.check_by)


def _verdict(programme: Programme, own: Screening, on: date, facts: conditions.Facts, days: tuple[date, ...]) -> Screen:
    age = facts.number("age")
    if age is not None and age < own.from_age:
        return Screen(Screened.NOT_ASKED, ())
    marks = list(_marks(programme, own.marks, "mark", facts, Severity.INFO))
    if len(days) >= own.days:
        told = _told(own, "confirmed", f"{own.window_days} 天内有 {len(days)} 天升高：考虑诊断，需要时转诊，转诊后随访结果", "raised on as many days as a diagnosis takes")
        return Screen(Screened.CONFIRMED, (told, *marks), days, check_by=on + timedelta(days=own.check_days))
    if on in days:
        told = _told(own, "raised", f"升高：去除可能引起升高的原因后另日复测（已有 {len(days)} 天升高，{own.days} 天考虑诊断）", "raised: measure again on another day")
        last = min(days) + timedelta(days=own.window_days - 1)
        return Screen(Screened.RAISED, (told, *marks), days, next_on=max(last, on + timedelta(days=1)))
    raised = own.raised.ask(facts)
    if raised.truth is None:
        labels = "、".join(programme.labels.get(name, name) for name in raised.missing)
        return Screen(Screened.UNKNOWN, (_told(own, "missing", f"缺{labels}，不能判断。", "values are missing", Severity.WARNING), *marks), days)
    if marks:
        return Screen(Screened.MARKED, tuple(marks), days, next_on=months_after(on, own.mark_months))
    return Screen(Screened.NORMAL, (), days, next_on=date(on.year + 1, 1, 1))


def _facts(programme: Programme, reading: Reading, born_on: date | None) -> tuple[conditions.Facts, list[Finding]]:
    read, asked = programme.form.read(reading.given)
    facts, worked = derived(programme, read, Visit(reading.on, reading.given), Enrolment(born_on=born_on))
    return facts, [*asked, *worked]


def _raised_days(programme: Programme, own: Screening, readings: list[Reading], today: date) -> tuple[date, ...]:
    """Days within the window on which every measurement was raised: one that was normal after the causes were removed clears its day."""
    since = today - timedelta(days=own.window_days - 1)
    by_day: dict[date, list[bool | None]] = {}
    for reading in readings:
        if since <= reading.on <= today:
            by_day.setdefault(reading.on, []).append(own.raised.ask(_facts(programme, reading, None)[0]).truth)
    return tuple(sorted(day for day, truths in by_day.items() if True in truths and False not in truths))


def _danger(programme: Programme, facts: conditions.Facts) -> list[Finding]:
    """Danger does not wait for a diagnosis."""
    return list(_marks(programme, [sign for sign in programme.signs if sign.effect == conditions.SIGNS], conditions.SIGNS, facts, Severity.WARNING))


def _marks(programme: Programme, rules: Iterable[Rule], kind: str, facts: conditions.Facts, severity: Severity) -> Iterator[Finding]:
    for rule in rules:
        held = rule.condition.ask(facts)
        if held.truth and not rule.is_silent:
            values = "，".join(said for clause in held.clauses if (said := clause.because(facts, programme.labels)))
            yield Finding(f"{kind}.{rule.code}", f"{rule.zh}：{values}" if values else rule.zh, rule.because, rule.policy_ref, severity, rule.en)


def _told(own: Screening, code: str, zh: str, en: str, severity: Severity = Severity.INFO) -> Finding:
    return Finding(f"screening.{code}", zh, "", own.policy_ref, severity, en)

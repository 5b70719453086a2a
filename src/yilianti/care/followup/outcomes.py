"""What follow-up amounts to: the norm's rates of a year, and what became of everybody enrolled in a quarter. Nobody leaves a denominator by being dropped.

Each rate keeps the keys it counted, so that a figure opens to its people. Who was lost counts as not controlled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from yilianti.care.followup.history import whole_months
from yilianti.care.followup.parts import Cadence, Programme
from yilianti.care.followup.terms import Became, Ended
from yilianti.policybook import Edition


@dataclass(frozen=True)
class Seen:
    """A visit as rates see it: its day, its way, and the classes that held (None where nothing was measured)."""

    on: date
    way: str = ""
    classes: frozenset[str] | None = None


@dataclass(frozen=True)
class Followed:
    """Somebody enrolled, by key: visits and yearly checks in any order, and how the enrolment ended, with evidence or without."""

    key: str
    enrolled_on: date
    visits: tuple[Seen, ...] = ()
    checked_on: tuple[date, ...] = ()
    ended_on: date | None = None
    ended_because: Ended | None = None
    has_evidence: bool = False


@dataclass(frozen=True)
class Span:
    """Days from `since` up to, not including, `until`."""

    since: date
    until: date

    def holds(self, day: date) -> bool:
        return self.since <= day < self.until


@dataclass(frozen=True)
class Rate:
    """Who counts above and below the line, and who was left out and why; `told` is a denominator known only as a number."""

    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    exclusions: tuple[tuple[str, str], ...] = ()
    told: int | None = None
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def value(self) -> Fraction | None:
        """Exact; None where the denominator is nothing: never 0."""
        below = len(self.denominator) if self.told is None else self.told
        return Fraction(len(self.numerator), below) if below > 0 else None


def managed(people: Iterable[Followed], span: Span, estimated: int) -> Rate:
    """健康管理率: visited at least once in the span ÷ patients estimated to live here (a number from outside)."""
    inside, left_out = _inside(people, span)
    return Rate(_keys(one for one in inside if _visits(one, span)), (), left_out, told=estimated)


def managed_to_standard(people: Iterable[Followed], span: Span, cadence: Cadence) -> Rate:
    """规范管理率: as many face-to-face visits and yearly checks as the norm asks ÷ everybody under management in the span, visited or not.

    Who was not under management all the time owes the part of a year's visits that fits the whole months, at least one; a check is owed for a whole period.
    """
    inside, left_out = _inside(people, span)
    held = [one for one in inside if _is_to_standard(one, span, cadence)]
    return Rate(_keys(held), _keys(inside), left_out, parts={"unvisited": _keys(one for one in inside if not _visits(one, span))})


def controlled(people: Iterable[Followed], span: Span, programme: Programme) -> Rate:
    """控制率: at target on the latest visit of the span ÷ everybody under management in the span; not visited, or not measured, is not controlled."""
    inside, left_out = _inside(people, span)
    by = _parts(inside, lambda one: _became(_visits(one, span), programme))
    return Rate(by.get(Became.CONTROLLED, ()), _keys(inside), left_out, parts=by)


def cohort(people: Iterable[Followed], enrolled: Span, looked_on: date, programme: Programme, policy: Edition) -> Rate:
    """Everybody enrolled in a span, as they stand on a later day; those the policy excludes (a death with evidence) are named, all others stay."""
    own, left_out = [], []
    for one in sorted(people, key=lambda one: one.key):
        if enrolled.holds(one.enrolled_on):
            ended = one.ended_on is not None and one.ended_on <= looked_on
            if ended and one.has_evidence and one.ended_because in policy.excluded:
                left_out.append((one.key, str(one.ended_because)))
            else:
                own.append(one)
    by = _parts(own, lambda one: _stands(one, looked_on, programme, policy.window_days))
    return Rate(by.get(Became.CONTROLLED, ()), _keys(own), tuple(left_out), parts=by)


def _inside(people: Iterable[Followed], span: Span) -> tuple[list[Followed], tuple[tuple[str, str], ...]]:
    """Who was under management at some time in the span, by key; the others with the reason."""
    inside, left_out = [], []
    for one in sorted(people, key=lambda one: one.key):
        if one.enrolled_on >= span.until:
            left_out.append((one.key, "enrolled_later"))
        elif one.ended_on is not None and one.ended_on <= span.since:
            left_out.append((one.key, "ended_before"))
        else:
            inside.append(one)
    return inside, tuple(left_out)


def _visits(one: Followed, span: Span) -> list[Seen]:
    """Visits of the span while under management, the earliest first."""
    held = [seen for seen in one.visits if span.holds(seen.on) and seen.on >= one.enrolled_on and (one.ended_on is None or seen.on <= one.ended_on)]
    return sorted(held, key=lambda seen: seen.on)


def _is_to_standard(one: Followed, span: Span, cadence: Cadence) -> bool:
    since = max(span.since, one.enrolled_on)
    until = min(span.until, one.ended_on or span.until)
    months = whole_months(since, until)
    owed = max(1, cadence.visits_a_year * months // 12)
    met = {seen.on for seen in _visits(one, span) if seen.way in cadence.face_to_face}
    checks = sum(1 for day in set(one.checked_on) if since <= day < span.until)
    return len(met) >= owed and checks >= cadence.checks_a_year * months // 12


def _became(visits: list[Seen], programme: Programme) -> Became:
    """By the latest day alone: of several visits on it one above target is enough, and one without a measurement takes nothing from another."""
    if not visits:
        return Became.LOST
    latest = [seen.classes for seen in visits if seen.on == visits[-1].on]
    known = [classes for classes in latest if classes is not None]
    if not known:
        return Became.UNMEASURED
    return Became.NOT_CONTROLLED if any(programme.counted in classes for classes in known) else Became.CONTROLLED


def _stands(one: Followed, on: date, programme: Programme, window_days: int) -> Became:
    if one.ended_on is not None and one.ended_on <= on and one.ended_because is not None:
        return Became(one.ended_because.value)
    return _became(_visits(one, Span(on - timedelta(days=window_days - 1), on + timedelta(days=1))), programme)


def _parts(people: Iterable[Followed], of: Callable[[Followed], Became]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for one in people:
        found.setdefault(of(one), []).append(one.key)
    return {name: tuple(keys) for name, keys in found.items()}


def _keys(people: Iterable[Followed]) -> tuple[str, ...]:
    return tuple(sorted(one.key for one in people))

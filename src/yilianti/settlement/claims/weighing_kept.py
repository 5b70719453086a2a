"""What the stored stays of a span weigh and are paid: all of the place together, then those within somebody's reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Institution
from yilianti.settlement.claims import access
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.pricing.terms import Kind
from yilianti.settlement.claims.terms import State
from yilianti.settlement.claims.weighing import paying, results, settling
from yilianti.settlement.claims.weighing import rules as ruling
from yilianti.settlement.claims.weighing.paying import BECAUSES, STANDINGS, Costs, Flags, Paid
from yilianti.settlement.claims.weighing.rules import Rules
from yilianti.settlement.claims.weighing.terms import Because, Method, Standing
from yilianti.settlement.claims.weighing.weights import NONE

_EPOCH = date(1970, 1, 1)
_COLUMNS = ("number", "institution", "department", "total", "scheme", "drg", "group_status", "resident", "admitted_on", "discharged_on")
#: What `Paid` says of each case, written back from the batches into one.
_SAID = ("standing", "because", "weight", "base", "coefficient", "before_return", "points", "returned", "pay")


@dataclass(frozen=True)
class Span:
    """Days of discharge, from the first up to before the second; a budget is shared over whole years only."""

    first: date
    until: date

    @property
    def is_year(self) -> bool:
        return (self.first.month, self.first.day) == (1, 1) and self.until == date(self.first.year + 1, 1, 1)


@dataclass(frozen=True)
class Weighed:
    """The stays within reach with what each weighs and is paid; `why` counts those without a group, `notes` is what could not be reckoned, `refs` by what it was done."""

    cases: Costs
    found: Paid
    places: dict[str, Institution]
    scheme: str
    why: dict[str, int]
    notes: tuple[str, ...]
    refs: tuple[str, ...]
    rules: Rules | None

    def of(self, which: Flags) -> Weighed:
        return replace(self, cases=self.cases.of(which), found=self.found.of(which))

    def by_department(self) -> list[tuple[str, str, results.Sums]]:
        return results.by_department(self.cases, self.found)

    def by_group(self) -> list[tuple[str, results.Sums]]:
        return results.by_group(self.cases, self.found)


def weighed(actor: Actor, span: Span, at: datetime, institution: int | None = None) -> Weighed:
    """Weigh and pay the filed stays of the actor's place, and show those within reach (of one institution). A statement for the stays, three for the place and its institutions."""
    whole = _place(actor, at)
    rows = list(Claim.objects.filter(institution__in=whole, state=State.FILED.value, kind=Kind.INPATIENT.value, discharged_on__gte=span.first, discharged_on__lt=span.until)
                .order_by("discharged_on", "id").values_list(*_COLUMNS))  # fmt: skip
    places = institutions.many({row[1] for row in rows})
    names = {key: place.name for key, place in places.items()}
    seen = actor.reaches(access.VIEW) & (whole if institution is None else {institution})
    cases, schemes = _costs(rows, names)
    found, notes, rules = _paid(cases, [row[9] for row in rows], actor, span)
    which = np.array([row[1] in seen for row in rows], bool)
    why = Counter(row[6] for row in rows if row[1] in seen and not row[5])
    if len(schemes) > 1:
        notes.append(f"这段时间用过几个分组方案（{'、'.join(schemes)}）；同名的组合在一起算。")
    refs = tuple(dict.fromkeys(ref for one in rules for ref in one.refs.values()))
    said = [f"{'、'.join(one.refs.values())}：{text}" for one in rules for text in one.says if text]
    return Weighed(cases.of(which), found.of(which), {place.name: place for place in places.values()}, schemes[-1] if schemes else "", dict(why), (*notes, *said), refs, rules[-1] if rules else None)


def latest(actor: Actor) -> date | None:
    """When the last filed stay within reach was discharged."""
    found = Claim.objects.filter(access.visible_to(actor), state=State.FILED.value, kind=Kind.INPATIENT.value)
    return found.order_by("-discharged_on").values_list("discharged_on", flat=True).first()


def _place(actor: Actor, at: datetime) -> frozenset[int]:
    """Whose stays make the weights and share the budget: the consortium's; without one, what is within reach."""
    union = institutions.consortium(actor.consortium) if actor.consortium else None
    return institutions.member_ids(union, timezone.localdate(at)) if union else actor.reaches(access.VIEW)


def _costs(rows: Sequence[tuple[Any, ...]], names: dict[int, str]) -> tuple[Costs, list[str]]:
    known, groups = tuple(dict.fromkeys(names[row[1]] for row in rows)), tuple(sorted({row[5] for row in rows if row[5]})) or ("",)
    seat, place = {name: at for at, name in enumerate(known)}, {code: at for at, code in enumerate(groups)}
    days = np.array([((row[8] - _EPOCH).days, (row[9] - _EPOCH).days) for row in rows], np.int64).reshape(-1, 2)
    size, none = len(rows), np.full(len(rows), NONE, np.int32)
    made = Costs(
        ids=pa.array([row[0] for row in rows], pa.string()), institution=np.array([seat[names[row[1]]] for row in rows], np.int32), department=pa.array([row[2] for row in rows], pa.string()),
        group=np.array([place.get(row[5], NONE) for row in rows], np.int32), cost=np.array([row[3] for row in rows], np.int64), los=np.maximum(days[:, 1] - days[:, 0], 1).astype(np.int32),
        person=np.array([row[7] for row in rows], np.int64), admitted=days[:, 0], discharged=days[:, 1], excused=np.zeros(size, bool), complete=np.ones(size, bool),
        bed_day=none, panel=none.astype(np.int64), institutions=known, groups=groups,
    )  # fmt: skip
    return made, sorted({row[4] for row in rows if row[4]})


def _paid(cases: Costs, days: Sequence[date], actor: Actor, span: Span) -> tuple[Paid, list[str], list[Rules]]:
    """Batch by batch as rules were in force, written into one."""
    found, notes, used = paying.unpaid(cases), list[str](), list[Rules]()
    of_day = {day: _rules(actor, day, notes) for day in sorted(set(days))}
    editions = {tuple(one.refs.values()): one for one in of_day.values() if one}
    for refs, rules in editions.items():
        theirs = np.array([(one := of_day[day]) is not None and tuple(one.refs.values()) == refs for day in days], bool)
        listed = np.array([one in (rules.institutions or cases.institutions) for one in cases.institutions], bool)
        which = theirs & listed[cases.institution]
        _leave_out(found, theirs & ~which)
        done = _by(_among(cases.of(which), listed), rules, span, notes) if which.any() else None
        if done is not None:
            used.append(rules)
            for name in _SAID:
                getattr(found, name)[which] = getattr(done, name)
            found = replace(found, value=done.value if len(editions) == 1 else None)
    return found, list(dict.fromkeys(notes)), used


def _rules(actor: Actor, day: date, notes: list[str]) -> Rules | None:
    try:
        return ruling.of_place(actor.scope, day)
    except Refused as refusal:
        if refusal.code != "no_payment":
            notes.append(refusal.zh)
        return None


def _among(cases: Costs, listed: Flags) -> Costs:
    """The same with a list of institutions that holds only these."""
    known = tuple(name for name, kept in zip(cases.institutions, listed, strict=True) if kept)
    return replace(cases, institutions=known, institution=(np.cumsum(listed) - 1).astype(np.int32)[cases.institution])


def _leave_out(found: Paid, which: Flags) -> None:
    found.standing[which], found.because[which], found.weight[which] = STANDINGS.index(Standing.EXCLUDED), BECAUSES.index(Because.UNLISTED), NONE


def _by(cases: Costs, rules: Rules, span: Span, notes: list[str]) -> Paid | None:
    """None, with a note, where the rules cannot be used on these cases."""
    if rules.method is Method.POINTS and rules.budget is not None and not span.is_year:
        rules = replace(rules, budget=None)
        notes.append("点数法的总额预算按年分配，请选“全年”看付费；不满一年只列点数。")
    try:
        if rules.institutions is not None or rules.by_level or rules.method is Method.RATE:
            settling.complete(rules.institutions, rules)
        return paying.paid(cases, rules)
    except Refused as refusal:
        notes.append(refusal.zh)
        return None

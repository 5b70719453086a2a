"""Each working morning: how many in-patients of a department could be thought of for the way home."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral import housed
from yilianti.care.referral.housed import Line
from yilianti.care.referral.rules.coming_home import Readiness
from yilianti.kernel.actor import Actor, Scope
from yilianti.policybook.calendar import Calendar
from yilianti.registry.institutions import api as institutions

#: later than this after its time a list is no longer one of the morning
MORNING = timedelta(hours=4)
#: hospitals that send patients home
_LEVELS = ("county", "city")


@dataclass(frozen=True)
class Morning:
    """One department's count: `department` is the platform's own where the hospital's system calls it the same, `ready` have every condition met."""

    institution: int
    department: int | None
    name: str
    count: int
    ready: int


def mornings(at: datetime) -> list[Morning]:
    """Of every hospital whose hour has come today; nothing outside the morning and on days off."""
    found: list[Morning] = []
    for hospital in institutions.active(_LEVELS):
        scope = institutions.scope_of(hospital.pk, at)
        if _is_time(scope, at):
            found += _of(hospital.pk, scope, at)
    return found


def _is_time(scope: Scope, at: datetime) -> bool:
    local = timezone.localtime(at)
    starts = datetime.combine(local.date(), time.fromisoformat(policybook.in_force("clinical.referral.home_list", local.date(), scope).at), local.tzinfo)
    return starts <= local < starts + MORNING and Calendar(scope).is_working_day(local.date())


def _of(hospital: int, scope: Scope, at: datetime) -> list[Morning]:
    known = {department.name: department.pk for department in institutions.departments(hospital)}
    by_name: dict[str, list[Line]] = defaultdict(list)
    for line in housed.lines(Actor.system(institution=hospital, consortium=scope.consortium, region=scope.region), [hospital], at):
        if line.is_open:
            by_name[line.bed.department].append(line)
    return [Morning(hospital, known.get(name), name, len(lines), sum(line.review.readiness is Readiness.READY for line in lines)) for name, lines in sorted(by_name.items())]

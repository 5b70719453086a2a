"""Planning: a duty on weekdays or days, taken back, a day given back to the template, a week copied, the order of a member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti.capacity.rosters import access, planned
from yilianti.capacity.rosters.models import OwnDay, Roster, Shift, Turn
from yilianti.capacity.rosters.terms import HOLIDAY, Duty, Planned, Service
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

MOST_DAYS, LONGEST_ORDER = 31, 12


@dataclass(frozen=True)
class Where:
    """One roster, by the institution and the service."""

    institution: int
    service: str


@transaction.atomic
def plan(*, actor: Actor, where: Where, duty: str, starts: time, ends: time, person: int, at: datetime, weekdays: Sequence[int] = (), days: Sequence[date] = ()) -> int:
    """Give somebody a duty, each week or on certain days; what stands already is left. Returns how many shifts were added."""
    roster = _held(actor, where)
    if not (weekdays or days) or len(days) > MOST_DAYS or not all(1 <= one <= HOLIDAY for one in weekdays):
        raise Refused("no_day", "请选择排在哪几天。", "choose the days", field="days")
    if duty not in {str(one.value) for one in Duty} or person not in planned.candidates(where.institution, timezone.localdate(at)):
        raise Refused("not_of_the_centre", "这位同事现在没有本中心的诊断岗位；请先授权，或另选一位。", "no post of the centre", field="person")
    fresh = [Shift(roster=roster, weekday=one, duty=duty, starts=starts, ends=ends, person_id=person) for one in dict.fromkeys(weekdays)]
    for day in dict.fromkeys(days):
        _own(roster, where, day, at)
        fresh.append(Shift(roster=roster, day=day, duty=duty, starts=starts, ends=ends, person_id=person))
    before = Shift.objects.filter(roster=roster).count()
    Shift.objects.bulk_create(fresh, ignore_conflicts=True)
    made = Shift.objects.filter(roster=roster).count() - before
    if not made:
        raise Refused("planned_already", "所选的日子都已这样排好了。", "planned already", field="days")
    _record("rosters.planned", actor, where, at, duty=duty, person=person, starts=str(starts), ends=str(ends), weekdays=list(weekdays), days=[str(one) for one in days])
    return made


@transaction.atomic
def unplan(*, actor: Actor, where: Where, duty: str, starts: time, person: int, at: datetime, weekday: int | None = None, day: date | None = None) -> None:
    """Take a duty back: from the template, or from one day, which from then on has a plan of its own."""
    roster = _held(actor, where)
    if day is not None:
        _own(roster, where, day, at)
    gone, _ = Shift.objects.filter(roster=roster, weekday=weekday, day=day, duty=duty, starts=starts, person=person).delete()
    if not gone:
        raise Refused("changed_meanwhile", "这一班已经撤下；请刷新页面。", "taken back meanwhile")
    _record("rosters.unplanned", actor, where, at, duty=duty, person=person, starts=str(starts), weekday=weekday, day=str(day or ""))


@transaction.atomic
def restore_day(*, actor: Actor, where: Where, day: date, at: datetime) -> None:
    """The template speaks of this day again."""
    roster = _held(actor, where)
    if not OwnDay.objects.filter(roster=roster, day=day).delete()[0]:
        raise Refused("changed_meanwhile", "这一天已按每周模板；请刷新页面。", "follows the template already")
    Shift.objects.filter(roster=roster, day=day).delete()
    _record("rosters.day_restored", actor, where, at, day=str(day))


@transaction.atomic
def copy_week(*, actor: Actor, where: Where, monday: date, at: datetime) -> int:
    """Plan this week as the one before was; returns how many shifts it has. What stood in this week goes."""
    roster, last = _held(actor, where), monday - timedelta(days=7)
    before = planned.book(where.institution, where.service, last, last + timedelta(days=6), at)
    found = [(shift, day + timedelta(days=7)) for day in before.days() for shift in before.of(day)]
    if monday.weekday() or not found:
        raise Refused("nothing_to_copy", "上一周没有排班，无从照抄。", "nothing was planned the week before", field="week")
    days = [monday + timedelta(days=n) for n in range(7)]
    Shift.objects.filter(roster=roster, day__in=days).delete()
    OwnDay.objects.bulk_create([OwnDay(roster=roster, day=day) for day in days], ignore_conflicts=True)
    Shift.objects.bulk_create([_on(roster, shift, day) for shift, day in found])
    _record("rosters.week_copied", actor, where, at, monday=str(monday), shifts=len(found))
    return len(found)


@transaction.atomic
def arrange(*, actor: Actor, institution: int, people: Sequence[int], at: datetime) -> None:
    """Set in which order a member's people are told; an empty order is none."""
    actor.require(access.ARRANGE, institution)
    chosen = list(dict.fromkeys(people))
    strangers = set(chosen) - set(planned.colleagues(institution, timezone.localdate(at)))
    if strangers or len(chosen) > LONGEST_ORDER:
        raise Refused("not_a_colleague", f"通知顺序里只能是本机构或上一级机构的在岗人员，最多 {LONGEST_ORDER} 位。", "not a colleague", field="people")
    list(Turn.objects.filter(institution=institution).select_for_update())
    Turn.objects.filter(institution=institution).delete()
    try:
        with transaction.atomic():
            Turn.objects.bulk_create([Turn(institution_id=institution, place=place, person_id=person) for place, person in enumerate(chosen, 1)])
    except IntegrityError:
        raise Refused("changed_meanwhile", "另一位同事刚刚改了通知顺序；请刷新页面再改。", "changed by somebody else") from None
    journal.write("rosters.order_set", actor=actor, at=at, subject=f"order:{institution}", to_institution=institution, facts={"people": chosen})


def _held(actor: Actor, where: Where) -> Roster:
    """The roster, made at its first plan, and nobody else's until the transaction ends."""
    actor.require(access.PLAN, where.institution)
    if where.service not in {str(one.value) for one in Service}:
        raise Refused("unknown_service", "没有这种值班表；请从列表进入。", "no such roster", field="service")
    Roster.objects.get_or_create(institution_id=where.institution, service=where.service)
    return Roster.objects.select_for_update().get(institution=where.institution, service=where.service)


def _own(roster: Roster, where: Where, day: date, at: datetime) -> None:
    """From now on this day has a plan of its own, which begins as the template had it."""
    as_planned = planned.book(where.institution, where.service, day, day, at).of(day)
    if OwnDay.objects.get_or_create(roster=roster, day=day)[1]:
        Shift.objects.bulk_create([_on(roster, shift, day) for shift in as_planned], ignore_conflicts=True)


def _on(roster: Roster, shift: Planned, day: date) -> Shift:
    return Shift(roster=roster, day=day, duty=shift.duty, starts=shift.starts, ends=shift.ends, person_id=shift.person)


def _record(word: str, actor: Actor, where: Where, at: datetime, **facts: object) -> None:
    journal.write(word, actor=actor, at=at, subject=f"roster:{where.institution}:{where.service}", to_institution=where.institution, facts=facts)

"""What is planned between two days, and who may be planned at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Q

from yilianti.capacity.rosters import rules
from yilianti.capacity.rosters.models import OwnDay, Roster, Shift
from yilianti.capacity.rosters.terms import ROLES, Planned
from yilianti.policybook.calendar import Calendar
from yilianti.registry.access import api as access
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people

#: The day a shift of the template is written under; it is moved to the day asked for.
_ANY = date(2000, 1, 3)


@dataclass(frozen=True)
class Book:
    """What is planned between two days, read in three statements."""

    roster: Roster | None
    first: date
    last: date
    calendar: Calendar

    @cached_property
    def rows(self) -> list[Shift]:
        wanted = Q(weekday__isnull=False) | Q(day__range=(self.first - timedelta(days=1), self.last))
        return list(Shift.objects.filter(wanted, roster=self.roster)) if self.roster else []

    @cached_property
    def own_days(self) -> set[date]:
        days = OwnDay.objects.filter(roster=self.roster, day__range=(self.first - timedelta(days=1), self.last))
        return set(days.values_list("day", flat=True)) if self.roster else set()

    def of(self, day: date) -> list[Planned]:
        """What starts on a day."""
        template = [(row.weekday, Planned(_ANY, row.starts, row.ends, row.duty, row.person_id)) for row in self.rows if row.weekday is not None]
        own = [Planned(row.day, row.starts, row.ends, row.duty, row.person_id) for row in self.rows if row.day is not None]
        return rules.of_day(day, template, own, is_own=day in self.own_days, is_holiday=self.calendar.is_holiday(day))

    def around(self, day: date) -> list[Planned]:
        """What stands on a day: that starts on it, or on the evening before."""
        return [*self.of(day - timedelta(days=1)), *self.of(day)]

    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


def book(institution: int, service: str, first: date, last: date, at: datetime) -> Book:
    roster = Roster.objects.filter(institution=institution, service=service).first()
    return Book(roster, first, last, Calendar(institutions.scope_of(institution, at)))


def candidates(institution: int, day: date) -> dict[int, str]:
    """Who may be planned there: id → name, in the order of names."""
    held = set().union(*(access.holders(role, institution, day) for role in ROLES.values()))
    return dict(sorted(people.names(held).items(), key=lambda pair: pair[1]))


def colleagues(institution: int, day: date) -> dict[int, str]:
    """Who may stand in a member's order: its own people and those of the institution above it."""
    steps: Sequence[int] = institutions.chain(institution)[:2]
    places = institutions.names(steps)
    return {person.id: f"{person.name}（{places[step]}）" for step in steps for person in people.staff_of(step, day)}

"""What is to be looked through again: a person's month in which a claim changed, or a whole month that somebody asks for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.settlement.claims import api as claims
from yilianti.settlement.supervision.models import DueMonth


def mark_changed(*, resident: int, discharged_on: date) -> None:
    """A claim of that day changed: its month and the next, whose stays look back on it, are due."""
    first = discharged_on.replace(day=1)
    DueMonth.objects.bulk_create([DueMonth(resident_id=resident, month=month) for month in (first, after(first))], ignore_conflicts=True)


def ask_scan(*, actor: Actor, month: date, at: datetime) -> int:
    """Have every filed claim of a month within reach looked through anew; returns how many people that is."""
    actor.require("supervision.scan")
    first = month.replace(day=1)
    if first > at.date():
        raise Refused("month_ahead", f"{first:%Y-%m} 还没有到；请选本月或以前的月份。", "a month to come", field="month")
    reach = list(actor.reaches("supervision.scan"))
    found = claims.Claim.objects.filter(state="filed", discharged_on__gte=first, discharged_on__lt=after(first))
    people = found if actor.is_system else found.filter(institution__in=reach)
    listed = list(people.order_by().values_list("resident", flat=True).distinct())
    DueMonth.objects.bulk_create([DueMonth(resident_id=one, month=first) for one in listed], ignore_conflicts=True, batch_size=5_000)
    journal.write("supervision.scan_asked", actor=actor, at=at, subject=f"supervision:{first:%Y-%m}", facts={"month": f"{first:%Y-%m}", "people": len(listed)})
    return len(listed)


def after(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(days=32)).replace(day=1)


def held(limit: int) -> list[tuple[int, date]]:
    """Due months taken out of the list, oldest first; those that another worker holds are passed over."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM supervision_duemonth WHERE id IN (SELECT id FROM supervision_duemonth ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING resident_id, month", [limit])
        return sorted(cursor.fetchall())

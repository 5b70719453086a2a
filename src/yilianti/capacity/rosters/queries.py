"""Who is on duty at a moment, and whom to tell next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from yilianti.capacity.rosters import planned, rules
from yilianti.capacity.rosters.models import Turn
from yilianti.capacity.rosters.terms import ROLES, Duty
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people


def on_duty(institution: int, service: str, duty: str, at: datetime) -> list[int]:
    """Ids of the people with this duty now who still work there; [] where nobody is planned."""
    here = timezone.localtime(at).replace(tzinfo=None)
    found = rules.on_duty(planned.book(institution, service, here.date(), here.date(), at).around(here.date()), duty, here)
    working = {person.id for person in people.staff_of(institution, here.date())} if found else set()
    return [person for person in found if person in working]


def addressees(institution: int, service: str, duty: str, at: datetime) -> list[dict[str, Any]]:
    """To whom something of this duty goes now, as the inbox takes it: the people on duty, else the role there."""
    found = on_duty(institution, service, duty, at)
    return [{"person_id": person} for person in found] or [{"role": ROLES[Duty(duty)]}]


def order_of(institution: int, day: date) -> list[int]:
    """The people of a member in the order in which they are told, who still work there or above it."""
    turns = list(Turn.objects.filter(institution=institution).order_by("place").values_list("person", flat=True))
    working = set(planned.colleagues(institution, day)) if turns else set()
    return [person for person in turns if person in working]


def next_to_tell(institution: int, rung: int, at: datetime) -> dict[str, Any]:
    """Whom to tell on this rung (from 1), as the inbox takes it: the member's order, and after it everybody of the member, then of the institutions above and the lead hospital."""
    order = order_of(institution, timezone.localdate(at))
    if rung <= len(order):
        return {"institution_id": institution, "person_id": order[rung - 1]}
    steps = list(dict.fromkeys([*institutions.chain(institution), institutions.led_by(institution, at)]))
    return {"institution_id": steps[min(rung - len(order) - 1, len(steps) - 1)]}


def told(institution: int, facts: Mapping[str, Any], at: datetime) -> list[int]:
    """Ids of the people who are told of something that names its `sender`, or its `rung` once the sender was silent; where a machine sent it, the first rung."""
    if "rung" not in facts and facts.get("sender"):
        return [facts["sender"]]
    next_one = next_to_tell(institution, int(facts.get("rung", 1)), at)
    if "person_id" in next_one:
        return [next_one["person_id"]]
    return [person.id for person in people.staff_of(next_one["institution_id"], timezone.localdate(at))]

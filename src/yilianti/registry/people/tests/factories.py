"""Staff for tests of any room."""

from __future__ import annotations

from datetime import date
from itertools import count

from yilianti.registry.institutions.models import Institution
from yilianti.registry.institutions.tests.factories import AT, SYSTEM
from yilianti.registry.people import api as people
from yilianti.registry.people.models import Person, Post

_numbers = count(1)


def person(name: str = "李茂", title: str = "attending_physician", number: str = "") -> Person:
    """A member of staff without a post."""
    return people.register(actor=SYSTEM, number=number or f"T{next(_numbers):05d}", name=name, title=title, at=AT)


def post(place: Institution, name: str = "医生", who: Person | None = None, department: int | None = None, from_on: date = date(2024, 1, 1)) -> Post:
    """A post at an institution, with somebody new in it unless told who."""
    return people.give_post(actor=SYSTEM, person_id=(who or person()).id, institution_id=place.id, department_id=department, name=name, from_on=from_on, at=AT)

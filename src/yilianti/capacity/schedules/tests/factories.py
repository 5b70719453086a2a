"""A hospital with a department that sees patients, and those who send them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from yilianti.capacity.schedules import actions
from yilianti.capacity.schedules.models import BedPool, Reservation, Slot, WaitingEntry
from yilianti.capacity.schedules.terms import Session
from yilianti.kernel.actor import Actor
from yilianti.registry.access import api as access
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.institutions.models import Department
from yilianti.registry.residents import api as residents


class World:
    """The office keeps the book; the township doctor takes places in it."""

    def __init__(self, at: datetime) -> None:
        self.at, self.county = at, staff.county()
        self.department = Department.objects.create(institution=self.county.hospital, code="XNK", name="心内科")
        self.office, self.doctor = self.actor(self.county.hospital, "referral_office"), self.actor(self.county.township, "township_doctor")
        self.resident = residents.register(
            actor=self.doctor, at=at, identifiers=[],
            demographics=residents.Demographics(name="苏禾", sex="2", born_on=None, phone="", address="", home=self.county.township.id),
        ).resident  # fmt: skip

    def actor(self, place: Any, role: str) -> Actor:
        made = access.actor_for(staff.staff(place, role).id, self.at)
        assert made is not None
        return made

    def session(self, **changes: Any) -> Session:
        start = self.at + timedelta(days=1)
        given: dict[str, Any] = {"department": self.department.pk, "starts_at": start, "ends_at": start + timedelta(hours=1), "minutes": 20, "capacity": 1}
        return Session(**(given | changes))

    def slots(self, **changes: Any) -> list[Slot]:
        opened = actions.open_schedule(actor=self.office, institution=self.county.hospital.id, session=self.session(**changes), at=self.at)
        return list(opened[0].slots.order_by("starts_at"))

    def beds(self, total: int = 10, occupied: int = 8) -> BedPool:
        return actions.count_beds(actor=self.office, institution=self.county.hospital.id, department=self.department.pk, total=total, occupied=occupied, at=self.at)

    def patient(self, name: str = "云小溪") -> int:
        """Somebody else."""
        told = residents.Demographics(name=name, sex="2", born_on=None, phone="", address="", home=self.county.township.id)
        return int(residents.register(actor=self.doctor, at=self.at, identifiers=[], demographics=told).resident.pk)

    def wait(self, *, at: datetime | None = None, **changes: Any) -> WaitingEntry:
        """Another patient of the township waits for a slot of the department, or for a bed of `pool`."""
        given: dict[str, Any] = {"actor": self.doctor, "by_institution": self.county.township.id, "urgency": "elective", "at": at or self.at}
        given |= {} if "pool" in changes else {"department": self.department.pk}
        given |= {} if "resident" in changes else {"resident": self.patient()}
        return actions.join(**(given | changes))

    def hold(self, at: datetime | None = None, **where: Any) -> Reservation:
        given = {"actor": self.doctor, "client_key": uuid4(), "resident": self.resident.id, "at": at or self.at}
        return actions.hold(**(given | where))

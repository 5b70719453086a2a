"""What people of the county do about referrals: the real actions, by the real actors, at the moment of the story."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from demo import visits
from demo.illnesses import COURSES, Course
from demo.messages import Patient, Visit, Writer
from demo.places import COUNTY
from demo.river import River
from demo.staff import Staff
from yilianti.care.referral import actions
from yilianti.care.referral.terms import Application
from yilianti.kernel.actor import Actor
from yilianti.record.encounters.models import Encounter
from yilianti.record.results.models import Report
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people
from yilianti.registry.residents import api as residents

_REASONS = ("complex", "no_technique", "further_examination", "critical")


@dataclass
class Stage:
    """The staff, the systems, and the journal that moves after each act."""

    staff: Staff
    desks: dict[str, Writer]
    river: River
    chance: random.Random

    def actor(self, key: str) -> Actor:
        return self.staff.actor(key)

    def doctor_of(self, patient: Patient) -> str:
        """The township doctor who cares for the patient's village."""
        return visits.township_of(patient.home)

    def application(self, patient: Patient, course: Course, to: str, urgency: str, service: str) -> Application:
        evidence = Report.objects.filter(resident=patient.resident).order_by("-issued_at").values_list("number", flat=True)[:2]
        department = next((d.id for d in institutions.departments(self.staff.county.id(to)) if d.name == course.ward), None)
        return Application(
            to_institution=self.staff.county.id(to), to_department=department, diagnosis_code=course.severe[0], diagnosis_name=course.severe[1],
            reason="critical" if urgency == "emergency" else self.chance.choice(_REASONS[:3]), urgency=urgency, service=service,
            summary=f"{course.complaint}，近一周加重。既往{course.diagnosis[1]}病史，规律服药，效果欠佳。查体：神志清，生命体征平稳。",
            treatment=f"{course.treatment}，症状缓解不明显。", notes="请携带身份证、医保卡及既往检查资料；家属陪同。",
            evidence=tuple(f"results:{number}" for number in evidence),
        )  # fmt: skip

    def submit(self, by: str, patient: Patient, ill: str, at: datetime, *, to: str = COUNTY, urgency: str = "elective", service: str = "inpatient",
               draft: bool = False, number: str = "", **more: Any) -> str:  # fmt: skip
        """Send (or only draft) an application; returns its number."""
        self.river.catch_up(at)
        application = replace(self.application(patient, COURSES[ill], to, urgency, service), **more)
        actor = self.actor(by)
        if actor.institution:
            residents.note_relation(patient.resident, actor.institution, at)  # whoever sends a patient has seen them
        given: dict[str, Any] = {"actor": actor, "resident": patient.resident, "application": application, "client_key": self._key(), "at": at}
        done = actions.draft(**given) if draft else actions.submit(**given, consent_basis="signed", number=number)
        self.river.flow(at)
        return str(done.number)

    def accept(self, by: str, number: str, at: datetime, *, days: int = 1, hour: int = 9, note: str = "请空腹来院，到转诊办公室报到。") -> None:
        """Take the patient on a later day at a full hour."""
        self.river.catch_up(at)
        appointment = (timezone.localtime(at) + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
        actions.accept(actor=self.actor(by), number=number, appointment_at=max(appointment, at), note=note, at=at)
        self.river.flow(at)

    def act(self, name: str, by: str, number: str, at: datetime, **given: object) -> None:
        """Any other step by its verb."""
        self.river.catch_up(at)
        getattr(actions, name)(actor=self.actor(by), number=number, at=at, **given)
        self.river.flow(at)

    def admit(self, patient: Patient, ill: str, at: datetime) -> Visit:
        """The county hospital's system reports an admission."""
        course = COURSES[ill]
        visit = visits.inpatient(patient, course, at)
        self.river.receive([self.desks[COUNTY].adt("A01", patient, visit, at)], at)
        self.river.flow(at)
        return visit

    def examine(self, patient: Patient, ill: str, visit: Visit, at: datetime) -> None:
        told = list(visits.reports(patient, COURSES[ill], self.desks[COUNTY], visit, self.chance, at - timedelta(hours=4)))
        self.river.receive([message.text for message in told], at)

    def discharge(self, patient: Patient, ill: str, visit: Visit, at: datetime) -> None:
        """The end of the stay, and its summary."""
        told = list(visits.ending(patient, COURSES[ill], self.desks[COUNTY], visit, at - timedelta(minutes=20)))
        self.river.receive([message.text for message in told], at)
        self.river.flow(at)

    def offer_home(self, by: str, number: str, patient: Patient, ill: str, at: datetime, to: str) -> str:
        """The second, linked referral; returns its number."""
        self.river.catch_up(at)
        course = COURSES[ill]
        application = self._homewards(by, course.severe, course.treatment, to)
        home = actions.offer_home(actor=self.actor(by), number=number, application=application, client_key=self._key(), at=at, consent_basis="signed")
        self.river.flow(at)
        return str(home.number)

    def bring_home(self, by: str, patient: Patient, visit: Visit, at: datetime) -> str:
        """The way home of somebody who came without a referral; returns its number."""
        self.river.catch_up(at)
        application = self._homewards(by, visit.diagnosis, "规律用药，继续原方案。", self.doctor_of(patient))
        home = actions.bring_home(actor=self.actor(by), encounter=_stay(patient, visit), application=application, client_key=self._key(), at=at, consent_basis="signed")
        self.river.flow(at)
        return str(home.number)

    def judge(self, by: str, patient: Patient, visit: Visit, signs: tuple[str, ...], at: datetime) -> None:
        """A doctor ticks the conditions of the way home."""
        self.river.catch_up(at)
        actions.judge(actor=self.actor(by), stay=_stay(patient, visit), signs=signs, at=at)
        self.river.flow(at)

    def _homewards(self, by: str, diagnosis: tuple[str, str], treatment: str, to: str) -> Application:
        doctor = people.get(self.actor(by).person)
        return Application(
            to_institution=self.staff.county.id(to), diagnosis_code=diagnosis[0], diagnosis_name=diagnosis[1], reason="clear_or_long_term",
            urgency="elective", service="rehabilitation", summary=f"因{diagnosis[1]}住院治疗，现病情稳定，请基层继续治疗并按期随访。",
            treatment=treatment, notes="按出院医嘱服药，两周内首次随访；如有加重随时上转。", rehabilitation="继续原方案用药；每周复查一次，出现胸闷、气促、肢体无力加重随时来院。",
            contact=doctor.id if doctor else None, contact_phone=doctor.phone if doctor else "",
        )  # fmt: skip

    def recall(self, by: str, number: str, patient: Patient, ill: str, at: datetime) -> str:
        """Up again from a way home; returns the new number."""
        self.river.catch_up(at)
        application = self.application(patient, COURSES[ill], COUNTY, "urgent", "inpatient")
        again = actions.recall(actor=self.actor(by), number=number, application=application, client_key=self._key(), at=at, consent_basis="signed")
        self.river.flow(at)
        return str(again.number)

    def _key(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)


def _stay(patient: Patient, visit: Visit) -> str:
    """The platform's number of a stay."""
    return str(Encounter.objects.values_list("number", flat=True).get(resident=patient.resident, visit_number=visit.number))

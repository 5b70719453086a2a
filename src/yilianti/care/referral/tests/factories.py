"""A patient, the people at both ends, and a referral in any state, for tests of this room and of others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from yilianti.care.referral import actions
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import Application
from yilianti.kernel.actor import Actor
from yilianti.registry.access import api as access
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.institutions.models import Department
from yilianti.registry.residents import api as residents


@dataclass(frozen=True)
class Scene:
    """A township doctor with a patient, the county hospital's office and department, and two onlookers."""

    county: staff.County
    township: Actor
    office: Actor
    department: Actor
    stranger: Actor
    resident: residents.Resident
    cardiology: Department


def actor(place: Any, role: str, at: datetime) -> Actor:
    """Somebody of that role there, as they would act if they signed in."""
    account = staff.staff(place, role)
    made = access.actor_for(account.id, at)
    assert made is not None
    return made


def scene(at: datetime) -> Scene:
    county = staff.county()
    cardiology = Department.objects.create(institution=county.hospital, code="XNK", name="心内科")
    township = actor(county.township, "township_doctor", at)
    registered = residents.register(
        actor=township, at=at, identifiers=[],
        demographics=residents.Demographics(name="苏禾", sex="2", born_on=None, phone="", address="", home=county.township.id),
    )  # fmt: skip
    return Scene(county, township, actor(county.hospital, "referral_office", at), actor(county.hospital, "county_department", at),
                 actor(county.other_hospital, "referral_office", at), registered.resident, cardiology)  # fmt: skip


def application(scene: Scene, **changes: Any) -> Application:
    given: dict[str, Any] = {
        "to_institution": scene.county.hospital.id, "diagnosis_code": "I20.000", "diagnosis_name": "不稳定性心绞痛", "reason": "further_examination",
        "urgency": "urgent", "service": "inpatient", "summary": "胸闷三天，活动后加重，心电图示ST段压低。",
    }  # fmt: skip
    return Application(**(given | changes))


def submitted(scene: Scene, at: datetime, **changes: Any) -> Referral:
    return actions.submit(actor=scene.township, resident=scene.resident.id, application=application(scene, **changes), client_key=uuid4(),
                          consent_basis="signed", at=at)  # fmt: skip


def accepted(scene: Scene, at: datetime, **changes: Any) -> Referral:
    made = submitted(scene, at, **changes)
    return actions.accept(actor=scene.office, number=made.number, department=scene.cardiology.id, appointment_at=at + timedelta(hours=3), at=at)


def discharged(scene: Scene, at: datetime, **changes: Any) -> Referral:
    made = accepted(scene, at, **changes)
    actions.arrive(actor=scene.office, number=made.number, arrived_at=at, at=at)
    return actions.discharge(actor=scene.department, number=made.number, discharged_at=at + timedelta(days=4), at=at + timedelta(days=4))


def home_application(scene: Scene, origin: Referral) -> Application:
    return application(scene, to_institution=origin.from_institution_id, reason="clear_or_long_term", urgency="elective", service="rehabilitation",
                       summary="病情稳定出院，请继续口服药物并随访。")  # fmt: skip

"""A scene of the referral room with an insurance office at each hospital and the bureau; settlements as told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yilianti.care.referral.tests import factories as referrals
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.settlement.claims import actions
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.terms import Told


@dataclass(frozen=True)
class Scene:
    """Who files at the county hospital and at the township, and who looks on from the bureau."""

    people: referrals.Scene
    office: Actor
    township_office: Actor
    bureau: Actor

    @property
    def resident(self) -> int:
        return int(self.people.resident.id)

    @property
    def hospital(self) -> int:
        return int(self.people.county.hospital.id)

    @property
    def township(self) -> int:
        return int(self.people.county.township.id)


def scene(at: datetime) -> Scene:
    people = referrals.scene(at)
    county = people.county
    return Scene(people, referrals.actor(county.hospital, "insurance_office", at), referrals.actor(county.township, "insurance_office", at), referrals.actor(county.hospital, "insurance_bureau", at))


def told(scene: Scene, number: str = "S1", **changes: Any) -> Told:
    """An inpatient stay of ten days at the county hospital for 10,000 yuan, 500 of which are the patient's first."""
    given: dict[str, Any] = {"institution": scene.hospital, "settlement_number": number, "resident": scene.resident, "kind": "inpatient", "admitted_on": date(2026, 3, 1),
                             "discharged_on": date(2026, 3, 11), "total": 1_000_000, "first_self": 50_000, "diagnoses": ("I20.000",)}  # fmt: skip
    return Told(**(given | changes))


def filed(scene: Scene, at: datetime, *settlements: Told, actor: Actor | None = None) -> list[Claim]:
    """The claims of these settlements, in order; a refusal is raised."""
    claims = []
    for answer in actions.file(actor=actor or scene.office, told=settlements, at=at):
        if isinstance(answer, Refused):
            raise answer
        claims.append(Claim.objects.get(number=answer.number))
    return claims

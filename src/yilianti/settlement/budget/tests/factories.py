"""A county with a finance office and a bureau, packages in every state, and bills of the resident fund."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yilianti.care.referral.tests import factories as referrals
from yilianti.kernel.actor import Actor
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.institutions.models import Institution
from yilianti.settlement.budget import actions
from yilianti.settlement.budget.models import Package
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.tests import factories as filing

#: (1,000,000 − 50,000 − 30,000) × 95 % = 874,000.00 for 1,000 persons.
FACTS = {"persons": 1000, "funding": "1000000.00", "risk": "50000.00", "catastrophic": "30000"}
TOTAL = 87_400_000
MARCH = date(2026, 3, 1)


@dataclass(frozen=True)
class Scene:
    """Who files bills, who drafts, who fixes; a private hospital in the county and one in the city beyond."""

    claims: filing.Scene
    finance: Actor
    bureau: Actor
    private: Institution
    city: Institution


def scene(at: datetime) -> Scene:
    claims = filing.scene(at)
    hospital = claims.people.county.hospital
    private, city = staff.institution("云溪民营医院", level="county", kind="county_hospital"), staff.institution("省城医院", level="city", kind="city_hospital")
    Institution.objects.filter(pk=city.pk).update(region="530100")
    Institution.objects.filter(pk__in=(private.pk, city.pk)).update(connected=False)
    return Scene(claims, referrals.actor(hospital, "finance_office", at), referrals.actor(hospital, "insurance_bureau", at), private, city)


def drafted(scene: Scene, at: datetime, **changes: Any) -> Package:
    given = {"consortium": "yunxi", "year": 2026, "fund": "resident", "facts": FACTS, "document": "云医保发〔2026〕3 号"} | changes
    return actions.draft(actor=scene.finance, at=at, **given)


def fixed(scene: Scene, at: datetime, **changes: Any) -> Package:
    package = drafted(scene, at, **changes)
    return actions.fix(actor=scene.bureau, number=package.number, resolution="云医共体决〔2026〕1 号", at=at)


def billed(scene: Scene, at: datetime, number: str = "S1", where: int | None = None, month: int = 3, actor: Actor | None = None, **changes: Any) -> Claim:
    """A stay of ten days in that month, at the county hospital unless told otherwise; 6,300 yuan of the basic fund there."""
    told = filing.told(scene.claims, number, **({"institution": where or scene.claims.hospital, "admitted_on": date(2026, month, 1), "discharged_on": date(2026, month, 11)} | changes))
    (claim,) = filing.filed(scene.claims, at, told, actor=actor or (scene.bureau if where in (scene.private.pk, scene.city.pk) else None))
    return claim


def reckoned(scene: Scene, package: Package, at: datetime, *months: int) -> None:
    """Reckon these months of 2026, one after the other."""
    for month in months:
        actions.reckon_month(actor=scene.finance, number=package.number, month=date(2026, month, 1), at=at)

"""A county whose year is reckoned to its end: bills, a fixed package, finance, head and bureau, offices that confirm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from yilianti.care.referral.tests import factories as referrals
from yilianti.kernel.actor import Actor
from yilianti.settlement.budget.models import Package
from yilianti.settlement.budget.tests import factories as budgeting
from yilianti.settlement.distribution import actions
from yilianti.settlement.distribution.models import Settlement, Statement

#: When the year 2026 is settled.
AT = datetime(2027, 1, 20, 9, tzinfo=timezone.get_default_timezone())


@dataclass(frozen=True)
class Scene:
    """Who acts, and the package of 2026 with its twelve months."""

    budget: budgeting.Scene
    head: Actor
    package: Package

    @property
    def finance(self) -> Actor:
        return self.budget.finance

    @property
    def bureau(self) -> Actor:
        return self.budget.bureau

    @property
    def office(self) -> Actor:
        return self.budget.claims.office

    @property
    def township_office(self) -> Actor:
        return self.budget.claims.township_office


def scene(at: datetime = AT) -> Scene:
    made = budgeting.scene(at)
    budgeting.billed(made, at, "S1")
    budgeting.billed(made, at, "S2", month=5)
    budgeting.billed(made, at, "S3", where=made.claims.township, month=7, actor=made.claims.township_office)
    package = budgeting.fixed(made, at)
    budgeting.reckoned(made, package, at, *range(1, 13))
    package.refresh_from_db()
    return Scene(made, referrals.actor(made.claims.people.county.hospital, "consortium_manager", at), package)


def reckoned(scene: Scene, at: datetime = AT) -> Settlement:
    return actions.reckon(actor=scene.finance, package=scene.package, at=at)


def statement_of(settlement: Settlement, institution: int) -> Statement:
    return Statement.objects.exclude(state="superseded").get(settlement=settlement, institution=institution)


def confirmed(scene: Scene, settlement: Settlement, at: datetime = AT) -> None:
    """Every member has confirmed."""
    for one in Statement.objects.filter(settlement=settlement, state="prepared"):
        actor = scene.township_office if one.institution_id in scene.township_office.reaches("distribution.confirm") else scene.office
        actions.confirm(actor=actor, number=one.number, at=at)


def approved(scene: Scene, at: datetime = AT) -> Settlement:
    settlement = reckoned(scene, at)
    confirmed(scene, settlement, at)
    return actions.approve(actor=scene.head, number=settlement.number, resolution="云医共体决〔2027〕2 号", at=at)


def score(scene: Scene, institution: int | None, value: str, at: datetime = AT) -> None:
    actions.tell(actor=scene.finance, consortium=scene.package.consortium, year=2026, institution=institution, name="score", value=value, document="2026 年考核通报", at=at)


DAY = date(2026, 12, 31)

"""How many bills the package bears, and which it would bear under other benefits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from yilianti.kernel.finding import Refused
from yilianti.settlement.budget import rules, year
from yilianti.settlement.budget.models import Charged
from yilianti.settlement.budget.tests import factories

pytestmark = pytest.mark.django_db


def test_bills_are_counted_once_however_often_they_were_corrected(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    factories.billed(scene, at, month=1)
    factories.reckoned(scene, package, at, 1)
    here = factories.billed(scene, at, month=1, total=1_200_000)
    other, city = factories.billed(scene, at, "S2", month=2), factories.billed(scene, at, "C1", scene.city.pk, 3)
    factories.reckoned(scene, package, at, 2, 3)
    assert year.volumes(package) == [("member", scene.claims.hospital, "inpatient", 2, here.basic + other.basic), ("outside", scene.city.pk, "inpatient", 1, city.basic)]
    assert sum(fen for *_, fen in year.volumes(package)) == sum(Charged.objects.values_list("fen", flat=True))


def test_a_bill_that_is_not_charged_yet_has_its_place_too(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    below = factories.billed(scene, at, month=1, total=45_000, first_self=0)
    later, abroad = factories.billed(scene, at, "S2", month=3), factories.billed(scene, at, "R1", month=1, region="530100", admitted_on=date(2026, 1, 20), discharged_on=date(2026, 1, 22))
    factories.reckoned(scene, package, at, 1)
    assert not Charged.objects.exists() and year.persons(package) == [scene.claims.resident]
    assert year.placed_claims(package, [below.pk, later.pk, abroad.pk]) == {below.pk: ("member", scene.claims.hospital, "inpatient")}


def test_without_a_month_or_by_the_insurers_figures_there_is_nothing_to_reckon(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    with pytest.raises(Refused, match="还没有核算过"):
        year.persons(package)
    factories.reckoned(scene, package, at, 1)
    plain: Any = rules.charged
    monkeypatch.setattr(rules, "charged", lambda scope, day, fund: replace(plain(scope, day, fund), by_insurer=True))
    with pytest.raises(Refused, match="医保已结"):
        year.persons(package)

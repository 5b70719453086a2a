"""What belongs together: whose visit and whose bill it is, which stay follows which over the turn of the year, which referral names a visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from yilianti.care.referral import actions as referral
from yilianti.care.referral.models import Referral
from yilianti.care.referral.tests import factories as referrals
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions.api import Institution
from yilianti.registry.residents import api as residents
from yilianti.settlement.claims import access, actions, pricing_kept
from yilianti.settlement.claims.models import Claim, ClaimPrice
from yilianti.settlement.claims.terms import Told
from yilianti.settlement.claims.tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_withdrawn_bill_told_again_does_not_stand_in_the_way_of_the_new_one() -> None:
    scene = factories.scene(NOW)
    (old,) = factories.filed(scene, NOW, factories.told(scene))
    actions.withdraw(actor=scene.office, number=old.number, because="退费后重新结算", at=NOW)
    refused, kept = actions.file(actor=scene.office, told=[factories.told(scene), factories.told(scene, "S2")], at=NOW)
    assert isinstance(refused, Refused) and "已作废" in refused.zh
    assert not isinstance(kept, Refused) and Claim.objects.get(number=kept.number).fund == 630_000


def test_a_bill_does_not_take_the_visit_of_somebody_else() -> None:
    scene = factories.scene(NOW)
    other = residents.register(actor=scene.people.township, at=NOW, identifiers=[], demographics=residents.Demographics(name="谷小溪", sex="1", home=scene.township)).resident
    number = actions.open_claim(actor=scene.office, resident=other.id, institution=scene.hospital, visit_number="ZY7", encounter="JZ1", kind="inpatient", admitted_on=date(2026, 3, 1), discharged_on=date(2026, 3, 11), at=NOW)
    (answer,) = actions.file(actor=scene.office, told=[factories.told(scene, visit_number="ZY7")], at=NOW)
    assert isinstance(answer, Refused) and answer.field == "visit_number" and number in answer.zh
    waiting = Claim.objects.get()
    assert (waiting.resident_id, waiting.state) == (other.id, "awaiting")
    residents.merge(actor=Actor.system(institution=scene.township), resident_id=scene.resident, other_id=other.id, at=NOW)
    (claim,) = factories.filed(scene, NOW, factories.told(scene, visit_number="ZY7"))
    assert claim.number == number


def december_and_january(scene: factories.Scene) -> tuple[Told, Told]:
    """A township stay over Christmas, and the county's stay a few days into January that the township referred the patient to."""
    below = factories.told(scene, "DOWN", institution=scene.township, admitted_on=date(2025, 12, 22), discharged_on=date(2025, 12, 30), total=200_000, first_self=0, way="referred")
    return below, factories.told(scene, "UP", admitted_on=date(2026, 1, 2), discharged_on=date(2026, 1, 12), way="referred", follows="DOWN")


@pytest.mark.parametrize("late", ["DOWN", "UP"])
def test_a_stay_of_january_carries_on_the_deductible_of_december(late) -> None:
    scene = factories.scene(NOW)
    told = sorted(december_and_january(scene), key=lambda one: one.settlement_number == late)
    for one in told:
        factories.filed(scene, NOW, one, actor=scene.township_office if one.institution == scene.township else scene.office)
    down, up = Claim.objects.get(settlement_number="DOWN"), Claim.objects.get(settlement_number="UP")
    assert (down.deductible, up.deductible, up.follows_id) == (15_000, 35_000, down.pk)
    (trace,) = pricing_kept.working(up, NOW)
    assert {said.fen for said in trace.said if said.step.value == "deductible"} >= {35_000}, "the page says what is stored"


def test_a_correction_of_december_prices_january_anew() -> None:
    scene = factories.scene(NOW)
    below, above = december_and_january(scene)
    factories.filed(scene, NOW, below, actor=scene.township_office)
    (up,) = factories.filed(scene, NOW, above)
    factories.filed(scene, NOW, replace(below, total=10_000), actor=scene.township_office)
    up.refresh_from_db()
    assert up.deductible == 40_000, "only 100 of the township's 150 yuan were paid"
    assert ClaimPrice.objects.filter(claim=up).count() == 2
    actions.withdraw(actor=scene.township_office, number=Claim.objects.get(settlement_number="DOWN").number, because="重复登记", at=NOW)
    up.refresh_from_db()
    assert (up.deductible, up.follows_id) == (50_000, None)


def test_a_bill_is_told_again_after_its_resident_was_merged() -> None:
    scene = factories.scene(NOW)
    twin = residents.register(actor=scene.people.township, at=NOW, identifiers=[], demographics=residents.Demographics(name="苏禾", sex="2", home=scene.township)).resident
    told = factories.told(scene, resident=twin.id)
    (claim,) = factories.filed(scene, NOW, told)
    residents.merge(actor=Actor.system(institution=scene.township), resident_id=scene.resident, other_id=twin.id, at=NOW)
    standing = residents.standing_for(twin.id).id
    (same,) = actions.file(actor=scene.office, told=[replace(told, resident=standing)], at=NOW)
    assert not isinstance(same, Refused) and same.change == ""
    (fixed,) = factories.filed(scene, NOW, replace(told, resident=standing, total=1_100_000))
    assert (fixed.number, fixed.version, fixed.resident_id) == (claim.number, 2, twin.id)


def test_a_visit_that_ends_after_its_bill_came_prices_it_by_the_referral_that_names_it() -> None:
    scene = factories.scene(NOW)
    at = datetime(2026, 3, 5, 10, tzinfo=NOW.tzinfo)
    made = referrals.accepted(scene.people, at)
    referral.arrive(actor=scene.people.office, number=made.number, arrived_at=at + timedelta(hours=2), at=at + timedelta(hours=2))
    Referral.objects.filter(number=made.number).update(encounter="JZ1")
    (claim,) = factories.filed(scene, NOW, factories.told(scene, visit_number="ZY7", admitted_on=date(2026, 3, 8), discharged_on=date(2026, 3, 15)))
    assert claim.way == "direct", "days after the arrival, nothing tells that it is the same"
    given = {"actor": scene.office, "resident": scene.resident, "institution": scene.hospital, "visit_number": "ZY7", "encounter": "JZ1", "kind": "inpatient"}
    assert actions.open_claim(admitted_on=date(2026, 3, 5), discharged_on=date(2026, 3, 15), at=NOW, **given) == claim.number
    claim.refresh_from_db()
    assert (claim.way, claim.basic, claim.admitted_on) == ("referred", 720_000, date(2026, 3, 8))


def test_the_bureau_has_bills_of_outside_hospitals_reckoned_anew() -> None:
    scene = factories.scene(NOW)
    Institution.objects.filter(pk=scene.hospital).update(connected=False)
    (claim,) = factories.filed(scene, NOW, factories.told(scene), actor=scene.bureau)
    bureau = replace(scene.bureau, reach={access.RECKON: frozenset({scene.township}), access.OUTSIDE: frozenset({scene.township})})
    assert list(Claim.objects.filter(access.reckoned_by(bureau))) == [claim]
    assert not Claim.objects.filter(access.reckoned_by(replace(bureau, reach={access.RECKON: frozenset({scene.township})}))).exists()


@pytest.mark.parametrize("is_standing", [True, False])
def test_insurance_on_record_of_either_of_two_that_are_one(is_standing) -> None:
    scene = factories.scene(NOW)
    twin = residents.register(actor=scene.people.township, at=NOW, identifiers=[], demographics=residents.Demographics(name="苏禾", sex="2", home=scene.township)).resident
    residents.merge(actor=Actor.system(institution=scene.township), resident_id=scene.resident, other_id=twin.id, at=NOW)
    both = {True: residents.standing_for(twin.id).id}
    both[False] = ({scene.resident, twin.id} - {both[True]}).pop()
    residents.Coverage.objects.filter(resident__in=both.values()).delete()
    residents.Coverage.objects.create(resident_id=both[is_standing], kind="employee", region="330106", from_on=date(2026, 1, 1), noted_at=NOW)
    (claim,) = factories.filed(scene, NOW, factories.told(scene, resident=both[not is_standing]))
    assert (claim.insurance, claim.region) == ("employee", "330106")

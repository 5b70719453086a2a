"""Settlements filed, corrected, taken back; prices in the order of discharge; what the database itself refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from yilianti.care.referral import actions as referral
from yilianti.care.referral.tests import factories as referrals
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.residents import api as residents
from yilianti.settlement.claims import actions, pricing_kept
from yilianti.settlement.claims.models import Claim, ClaimPrice, ClaimVersion
from yilianti.settlement.claims.tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def shares(claim: Claim) -> tuple[int, int, int, int]:
    return claim.deductible, claim.basic, claim.fund, claim.person


def test_a_settlement_is_priced_by_the_policies_of_its_day() -> None:
    scene = factories.scene(NOW)
    (claim,) = factories.filed(scene, NOW, factories.told(scene))
    # In scope 9,500; line of a county hospital 500; 80 % less 10 points, because nobody referred: 9,000 × 70 %.
    assert (claim.gap, claim.way, claim.in_scope) == ("", "direct", 950_000)
    assert shares(claim) == (50_000, 630_000, 630_000, 370_000)
    assert any("settlement.benefit.inpatient" in ref and "yunxi" in ref for ref in claim.policy_refs)
    entry = JournalEntry.objects.get(word="claims.filed")
    assert (entry.subject, entry.resident, entry.facts["total"]) == (f"claims:{claim.number}", scene.resident, 1_000_000)


def test_the_same_again_changes_nothing() -> None:
    scene = factories.scene(NOW)
    factories.filed(scene, NOW, factories.told(scene))
    (again,) = actions.file(actor=scene.office, told=[factories.told(scene)], at=NOW + timedelta(hours=1))
    assert not isinstance(again, Refused) and again.change == ""
    assert (ClaimVersion.objects.count(), ClaimPrice.objects.count(), JournalEntry.objects.filter(word__startswith="claims.").count()) == (1, 1, 1)


def test_a_correction_is_a_further_version_and_a_further_price() -> None:
    scene = factories.scene(NOW)
    first, second = factories.told(scene), factories.told(scene, "S2", admitted_on=date(2026, 5, 1), discharged_on=date(2026, 5, 3), total=300_000, first_self=0)
    factories.filed(scene, NOW, first, second)
    (claim,) = factories.filed(scene, NOW, replace(first, total=1_200_000))
    assert (claim.version, claim.total) == (2, 1_200_000)
    assert list(ClaimVersion.objects.filter(claim=claim).order_by("version").values_list("change", "total")) == [("filed", 1_000_000), ("corrected", 1_200_000)]
    assert list(ClaimPrice.objects.filter(claim=claim).order_by("turn").values_list("fund", flat=True)) == [630_000, 770_000]
    assert ClaimPrice.objects.exclude(claim=claim).count() == 1, "the later stay's price did not change, so it has no further line"


def test_prices_do_not_depend_on_the_order_of_filing() -> None:
    scene = factories.scene(NOW)
    told = [factories.told(scene, f"S{month}", admitted_on=date(2026, month, 2), discharged_on=date(2026, month, 9), total=6_000_000 + month, first_self=0) for month in (1, 4, 7)]
    outcomes = set()
    for order in permutations(told):
        with transaction.atomic():
            for one in order:
                factories.filed(scene, NOW, one)
            outcomes.add(tuple(Claim.objects.order_by("settlement_number").values_list("deductible", "basic", "catastrophic", "fund", "person")))
            transaction.set_rollback(True)
    assert len(outcomes) == 1
    assert sum(row[2] for row in outcomes.pop()) > 0, "three dear stays reach catastrophic insurance"


def test_a_referral_makes_the_stay_a_referred_one_and_carries_the_deductible_on() -> None:
    scene = factories.scene(NOW)
    at = datetime(2026, 3, 5, 10, tzinfo=NOW.tzinfo)
    made = referrals.accepted(scene.people, at)
    referral.arrive(actor=scene.people.office, number=made.number, arrived_at=at + timedelta(hours=2), at=at + timedelta(hours=2))
    later = factories.told(scene, "UP", admitted_on=date(2026, 3, 5), discharged_on=date(2026, 3, 15))
    (up,) = factories.filed(scene, NOW, later)
    assert (up.way, up.referral, up.deductible) == ("referred", made.number, 50_000)
    # The township's own bill comes after the county's: the stay it followed is found all the same.
    below = factories.told(scene, "DOWN", institution=scene.township, admitted_on=date(2026, 3, 2), discharged_on=date(2026, 3, 5), total=200_000, first_self=0)
    (down,) = factories.filed(scene, NOW, below, actor=scene.township_office)
    up.refresh_from_db()
    assert (down.deductible, up.deductible, up.follows_id) == (15_000, 35_000, down.pk)
    assert up.basic == (950_000 - 35_000) * 80 // 100, "no points off"


@pytest.mark.parametrize(("changes", "field", "said"), [
    ({"discharged_on": date(2026, 2, 27)}, "discharged_on", "早于入院日期"),
    ({"discharged_on": date(2026, 12, 24)}, "discharged_on", "还没有到"),
    ({"first_self": 1_000_001}, "total", "小于全自费"),
    ({"total": 10_000_000_001}, "total", "过大"),
    ({"settled": {"fund": 600_000, "person": 300_000}}, "fund", "不等于"),
    ({"settled": {"fund": 600_000, "person": 400_000, "basic": 500_000}}, "fund", "各项基金之和 5000.00"),
])  # fmt: skip
def test_a_faulty_settlement_is_refused_by_field(changes, field, said) -> None:
    scene = factories.scene(NOW)
    answers = actions.file(actor=scene.office, told=[factories.told(scene, **changes), factories.told(scene, "S2", kind="outpatient", admitted_on=date(2026, 4, 1), discharged_on=date(2026, 4, 1))], at=NOW)
    assert isinstance(answers[0], Refused) and answers[0].field == field and said in answers[0].zh
    assert not isinstance(answers[1], Refused) and Claim.objects.count() == 1


def test_one_settlement_is_put_right_at_the_page() -> None:
    scene = factories.scene(NOW)
    (claim,) = factories.filed(scene, NOW, factories.told(scene))
    given = {"actor": scene.office, "number": claim.number, "version": 1, "because": "漏记一项检查费", "at": NOW}
    fixed = actions.correct(changes={"total": 1_010_000}, **given)
    assert (fixed.version, fixed.total, fixed.fund) == (2, 1_010_000, 637_000)
    with pytest.raises(Refused, match="刚被别人更正"):
        actions.correct(changes={"total": 1_020_000}, **given)
    with pytest.raises(Refused, match="没有更正"):
        actions.correct(changes={"total": 1_010_000}, **(given | {"version": 2}))
    claim.refresh_from_db()
    assert claim.version == 2


def test_overlapping_stays_of_one_person_are_refused() -> None:
    scene = factories.scene(NOW)
    factories.filed(scene, NOW, factories.told(scene))
    inside = factories.told(scene, "S2", admitted_on=date(2026, 3, 10), discharged_on=date(2026, 3, 12))
    (answer,) = actions.file(actor=scene.office, told=[inside], at=NOW)
    assert isinstance(answer, Refused) and "重叠（结算编号 S1" in answer.zh
    factories.filed(scene, NOW, replace(inside, admitted_on=date(2026, 3, 11)))


def test_what_is_withdrawn_counts_for_nothing_and_cannot_come_back() -> None:
    scene = factories.scene(NOW)
    first, second = factories.filed(scene, NOW, factories.told(scene, total=20_000_000), factories.told(scene, "S2", admitted_on=date(2026, 5, 1), discharged_on=date(2026, 5, 9)))
    assert second.catastrophic > 0
    with pytest.raises(Refused, match="原因"):
        actions.withdraw(actor=scene.office, number=first.number, because=" ", at=NOW)
    actions.withdraw(actor=scene.office, number=first.number, because="患者退费后重新结算", at=NOW)
    second.refresh_from_db()
    assert second.catastrophic == 0
    (again,) = actions.file(actor=scene.office, told=[factories.told(scene)], at=NOW)
    assert isinstance(again, Refused) and "已作废" in again.zh
    with pytest.raises(Refused):
        actions.withdraw(actor=scene.office, number=first.number, because="再来一次", at=NOW)


def test_an_ended_visit_waits_for_its_charges_and_is_found_by_its_number() -> None:
    scene = factories.scene(NOW)
    given = {"actor": scene.office, "resident": scene.resident, "institution": scene.hospital, "visit_number": "ZY7", "encounter": "JZ1", "admitted_on": date(2026, 3, 1), "discharged_on": date(2026, 3, 11), "at": NOW}
    number = actions.open_claim(kind="inpatient", **given)
    assert actions.open_claim(kind="inpatient", **given) == number and actions.open_claim(kind="other", **given) == ""
    (claim,) = factories.filed(scene, NOW, factories.told(scene, visit_number="ZY7"))
    assert (claim.number, claim.state, claim.encounter, claim.version) == (number, "filed", "JZ1", 2)


def test_who_may_file() -> None:
    scene = factories.scene(NOW)
    for stranger in (scene.people.department, scene.bureau, scene.township_office):
        with pytest.raises(Refused, match="不能登记"):
            actions.file(actor=stranger, told=[factories.told(scene)], at=NOW)


def test_the_database_itself_refuses_shares_that_do_not_add_up() -> None:
    scene = factories.scene(NOW)
    (claim,) = factories.filed(scene, NOW, factories.told(scene))
    for wrong in ({"fund": 1}, {"person": 0}, {"basic": 1}, {"hospital": 5}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Claim.objects.filter(pk=claim.pk).update(**wrong)


def test_the_working_says_what_was_stored() -> None:
    scene = factories.scene(NOW)
    (claim,) = factories.filed(scene, NOW, factories.told(scene))
    (trace,) = pricing_kept.working(claim, NOW)
    assert {said.fen for said in trace.said if said.step.value == "deductible"} == {claim.deductible}


def test_the_statements_do_not_grow_with_the_batch(django_assert_max_num_queries) -> None:
    scene = factories.scene(NOW)
    told = [factories.told(scene, f"S{number}", kind="outpatient", admitted_on=date(2026, 1, 1) + timedelta(days=number), discharged_on=date(2026, 1, 1) + timedelta(days=number), total=10_000, first_self=0)
            for number in range(60)]  # fmt: skip
    factories.filed(scene, NOW, told[0])
    with django_assert_max_num_queries(110):
        actions.file(actor=scene.office, told=told, at=NOW)
    assert sum(Claim.objects.values_list("basic", flat=True)) == 30_000, "the pool's cap of 300 yuan"


def test_a_referral_that_is_told_late_prices_the_stay_anew() -> None:
    scene = factories.scene(NOW)
    (claim,) = factories.filed(scene, NOW, factories.told(scene, admitted_on=date(2026, 3, 5), discharged_on=date(2026, 3, 15)))
    at = datetime(2026, 3, 5, 10, tzinfo=NOW.tzinfo)
    made = referrals.accepted(scene.people, at)
    referral.arrive(actor=scene.people.office, number=made.number, arrived_at=at + timedelta(hours=2), at=at + timedelta(hours=2))
    assert actions.reprice_people(actor=scene.office, residents=[scene.resident], at=NOW) == 1
    claim.refresh_from_db()
    assert (claim.way, claim.basic) == ("referred", 720_000)


def test_two_residents_found_to_be_one_share_the_year() -> None:
    scene = factories.scene(NOW)
    twin = residents.register(actor=scene.people.township, at=NOW, identifiers=[], demographics=residents.Demographics(name="苏禾", sex="2", home=scene.township)).resident
    dear = {"total": 8_000_000, "first_self": 0}
    factories.filed(scene, NOW, factories.told(scene, **dear))
    (later,) = factories.filed(scene, NOW, factories.told(scene, "S2", resident=twin.id, admitted_on=date(2026, 6, 1), discharged_on=date(2026, 6, 9), **dear))
    alone = later.catastrophic
    residents.merge(actor=Actor.system(institution=scene.township), resident_id=scene.resident, other_id=twin.id, at=NOW)
    assert actions.reprice_people(actor=scene.office, residents=[scene.resident], at=NOW) == 1
    later.refresh_from_db()
    assert later.catastrophic > alone
    (answer,) = actions.file(actor=scene.office, told=[factories.told(scene, "S3", admitted_on=date(2026, 6, 3), discharged_on=date(2026, 6, 5))], at=NOW)
    assert isinstance(answer, Refused) and "重叠" in answer.zh


def test_a_visit_that_goes_on_waits_for_nothing() -> None:
    scene = factories.scene(NOW)
    given = {"actor": scene.office, "resident": scene.resident, "institution": scene.hospital, "visit_number": "ZY8", "encounter": "JZ8", "kind": "inpatient", "admitted_on": date(2026, 3, 1), "at": NOW}
    first = actions.open_claim(discharged_on=date(2026, 3, 11), **given)
    assert actions.close_waiting(actor=scene.office, encounter="JZ8", because="就诊恢复", at=NOW) == first
    second = actions.open_claim(discharged_on=date(2026, 3, 13), **given)
    assert second != first and Claim.objects.get(number=second).discharged_on == date(2026, 3, 13)

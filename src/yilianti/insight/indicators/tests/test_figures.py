"""Figures move with what happens, and with what turns out not to have happened."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from yilianti.care.referral import actions as referral
from yilianti.care.referral.models import Referral
from yilianti.care.referral.tests import factories as referrals
from yilianti.insight.facts import api as facts
from yilianti.insight.indicators import computing
from yilianti.insight.indicators.models import Figure
from yilianti.insight.indicators.tests.factories import ANSWER, ARRIVAL, PRIMARY, count, figure
from yilianti.record.encounters import actions as encounters
from yilianti.record.encounters.tests import factories as stays

pytestmark = pytest.mark.django_db


def test_an_answer_moves_the_median_and_the_count(at):
    scene = referrals.scene(at)
    made = [referrals.submitted(scene, at, diagnosis_code=f"I2{n}.000") for n in range(3)]
    count(at)
    assert figure(ANSWER) == (0, 3, None)
    for n, one in enumerate(made[:2]):
        later = at + timedelta(minutes=10 * (n + 1), seconds=1)
        referral.accept(actor=scene.office, number=one.number, appointment_at=later + timedelta(hours=1), at=later)
    count(at + timedelta(hours=1))
    assert figure(ANSWER) == (2, 3, Decimal("901.0"))
    assert figure(ANSWER, institution=scene.county.hospital) == (2, 3, Decimal("901.0"))
    assert not Figure.objects.filter(card=ANSWER, institution=scene.county.township, sender=None).exists()


def test_a_referral_withdrawn_before_an_answer_counts_nowhere(at):
    scene = referrals.scene(at)
    made = referrals.submitted(scene, at)
    count(at)
    referral.withdraw(actor=scene.township, number=made.number, because="改期", at=at + timedelta(hours=1))
    count(at + timedelta(hours=1))
    assert figure(ANSWER) == (0, 0, None)


def test_a_month_without_rows_is_emptied_when_all_is_taken_anew(at):
    scene = referrals.scene(at)
    made = referrals.submitted(scene, at)
    count(at)
    assert figure(ANSWER) == (0, 1, None)
    Referral.objects.filter(number=made.number).delete()
    count(at, anew=True)
    assert figure(ANSWER) == (0, 0, None)


def test_an_arrival_undone_is_no_arrival(at):
    scene = referrals.scene(at)
    made = referrals.accepted(scene, at)
    referral.arrive(actor=scene.office, number=made.number, arrived_at=at, at=at)
    count(at)
    assert figure(ARRIVAL) == (1, 1, None)
    referral.undo_arrival(actor=scene.office, number=made.number, because="登记错了", at=at + timedelta(hours=1))
    count(at + timedelta(hours=1))
    assert figure(ARRIVAL) == (0, 0, None)  # awaited again: its outcome is open
    referral.lapse_overdue(actor=stays.MACHINE, at=at + timedelta(days=40))
    count(at + timedelta(days=40))
    assert figure(ARRIVAL) == (0, 1, None)


def test_a_cancelled_visit_is_no_visit(at):
    scene = referrals.scene(at)
    told = {"kind": "outpatient"}
    stays.opened(scene.resident, scene.county.township, at, visit_number="MZ1", **told)
    stays.opened(scene.resident, scene.county.hospital, at, visit_number="MZ2", **told)
    stays.opened(scene.resident, scene.county.hospital, at, visit_number="ZY3", kind="inpatient")
    count(at)
    assert figure(PRIMARY) == (1, 2, None)
    later = at + timedelta(hours=1)
    encounters.cancel_open(actor=stays.MACHINE, resident_id=scene.resident.id, institution_id=scene.county.township.id, visit_number="MZ1", source="hl7v2:2", at=later)
    count(later)
    assert figure(PRIMARY) == (0, 1, None)


def test_a_figure_says_what_it_contains(at):
    scene = referrals.scene(at)
    referrals.submitted(scene, at)
    count(at)
    kept, mark = Figure.objects.get(card=ANSWER, consortium__code="yunxi"), facts.watermark()
    assert mark is not None
    assert (kept.sealed_number, kept.complete_until, kept.computed_at) == (mark.sealed_number, at, at)
    assert kept.policy_ref == "indicators.platform.referral_answer_time@2020-01-01#national"
    before = kept.sealed_number
    stays.opened(scene.resident, scene.county.hospital, at + timedelta(hours=1))
    count(at + timedelta(hours=1))
    kept.refresh_from_db()
    assert facts.watermark().sealed_number > before  # type: ignore[union-attr]


def test_taken_anew_gives_the_same(at):
    scene = referrals.scene(at)
    referrals.discharged(scene, at)
    referrals.submitted(scene, at, diagnosis_code="I10.x00")
    stays.opened(scene.resident, scene.county.township, at, kind="outpatient")
    count(at)
    wanted = {(f.card, f.month, f.institution_id, f.sender_id, f.consortium_id, f.numerator, f.denominator, f.measured) for f in Figure.objects.all()}
    Figure.objects.all().delete()
    count(at, anew=True)
    assert {(f.card, f.month, f.institution_id, f.sender_id, f.consortium_id, f.numerator, f.denominator, f.measured) for f in Figure.objects.all()} == wanted
    assert len(wanted) == 13


def test_a_merged_institution_counts_with_its_heir(at):
    scene = referrals.scene(at)
    stays.opened(scene.resident, scene.county.clinic, at, kind="outpatient")
    referrals.submitted(scene, at)
    count(at)
    hospital, other = scene.county.hospital, scene.county.other_hospital
    type(hospital).objects.filter(id=hospital.id).update(standing="merged", merged_into=other)
    count(at, anew=True)
    assert figure(ANSWER, institution=other) == (0, 1, None)
    assert figure(ANSWER, consortium__code="shiqiao") == (0, 1, None)
    assert figure(ANSWER, institution=hospital) == (0, 0, None)


@pytest.mark.parametrize("many", [1, 10])
def test_keeping_asks_the_same_for_one_and_for_many(at, many, django_assert_num_queries):
    scene = referrals.scene(at)
    for n in range(many):
        referrals.submitted(scene, at, diagnosis_code=f"I{n}0.x00")
    count(at)
    step = facts.Step(0, facts.watermark().sealed_number, at, at, {"referral": frozenset([date(2026, 11, 1)])})  # type: ignore[union-attr]
    with facts.session() as engine, django_assert_num_queries(2):  # the places
        assert len(computing.compute(engine, step)) == 13

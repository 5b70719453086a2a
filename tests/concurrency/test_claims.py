"""Settlements of one person filed from several sides at once: each is kept once, and the year adds up as if they had come one by one."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from yilianti.care.referral import actions as referral
from yilianti.care.referral.tests import factories as referrals
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.residents import api as residents
from yilianti.registry.residents.api import Resident
from yilianti.settlement.claims import actions
from yilianti.settlement.claims.models import Charge, Claim, ClaimPrice, ClaimVersion
from yilianti.settlement.claims.terms import Billed, Told
from yilianti.settlement.claims.tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
STAYS, SIDES = 12, 8


def stays(scene: factories.Scene) -> list[Told]:
    begun = [date(2026, 1, 3) + timedelta(days=20 * number) for number in range(STAYS)]
    return [factories.told(scene, f"S{number}", admitted_on=day, discharged_on=day + timedelta(days=9), total=2_500_000 + number) for number, day in enumerate(begun)]


def together(*acts) -> list[object]:
    """What each act answers, all of them at once."""
    def run(act):
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def another(scene: factories.Scene) -> int:
    """Somebody else with the same stays, known by one name."""
    found = Resident.objects.filter(name="谷小溪").first()
    told = residents.Demographics(name="谷小溪", sex="1", home=scene.township)
    return (found or residents.register(actor=scene.people.township, at=NOW, identifiers=[], demographics=told).resident).id


def shares(prefix: str) -> list[tuple]:
    return list(Claim.objects.filter(settlement_number__startswith=prefix).order_by("settlement_number").values_list("deductible", "basic", "catastrophic", "fund", "person"))


def test_a_year_filed_from_eight_sides_adds_up_as_one_by_one() -> None:
    scene = factories.scene(NOW)
    told = stays(scene)
    answers = together(*(lambda start=start: actions.file(actor=scene.office, told=[*told[start:], *told[:start]], at=NOW) for start in range(SIDES)))
    assert not [one for side in answers for one in side if isinstance(one, Refused)]
    assert (Claim.objects.count(), ClaimVersion.objects.count()) == (STAYS, STAYS), "each settlement is filed once, whoever came first"
    at_once = shares("S")
    for one in told:
        factories.filed(scene, NOW, replace(one, resident=another(scene), settlement_number=f"X{one.settlement_number}"))
    one_by_one = shares("X")
    assert at_once == one_by_one and at_once[-1][2] > 0
    for claim in Claim.objects.filter(resident=scene.resident):
        assert ClaimPrice.objects.filter(claim=claim).order_by("-turn").first().fund == claim.fund


def test_two_correct_one_claim_at_once_and_one_is_told_so() -> None:
    scene = factories.scene(NOW)
    (claim,) = factories.filed(scene, NOW, factories.told(scene))

    def corrected(total: int) -> str:
        try:
            actions.correct(actor=scene.office, number=claim.number, version=1, changes={"total": total}, because="漏记", at=NOW)
        except Refused as refusal:
            return refusal.code
        return "done"

    assert sorted(together(*(lambda total=total: corrected(total) for total in (1_100_000, 1_200_000)))) == ["changed_meanwhile", "done"]
    claim.refresh_from_db()
    assert claim.version == 2 and claim.total == claim.fund + claim.person


def test_a_line_brought_twice_at_once_is_kept_once() -> None:
    scene = factories.scene(NOW)
    (claim,) = factories.filed(scene, NOW, factories.told(scene))
    line = Billed(claim=claim.pk, line="1", code="YP1", name="阿司匹林", category="drug", quantity=1, unit_price=10, amount=1_000, charged_at=NOW)
    together(*(lambda: actions.charge(actor=scene.office, lines=[line], at=NOW) for _ in range(4)))
    claim.refresh_from_db()
    assert (Charge.objects.count(), claim.lines_total) == (1, 1_000)


def test_lines_and_corrections_of_one_person_do_not_wait_for_each_other_for_ever() -> None:
    """A correction holds its claim and then writes the whole year; lines hold the year's claims one after another."""
    scene = factories.scene(NOW)
    told = stays(scene)
    claims = factories.filed(scene, NOW, *told)
    for turn in range(4):
        lines = [Billed(claim=claim.pk, line=f"{turn}", code="YP1", name="阿司匹林", category="drug", quantity=1, unit_price=10, amount=1_000, charged_at=NOW) for claim in claims]
        dearer = replace(told[-1 - turn], total=9_000_000 + turn)
        earlier = replace(told[turn], total=9_000_000 + turn)
        answers = together(lambda lines=lines: actions.charge(actor=scene.office, lines=lines, at=NOW), lambda dearer=dearer: actions.file(actor=scene.office, told=[dearer], at=NOW),
                           lambda: actions.regroup(actor=Actor.system(), from_on=date(2026, 1, 1), until_on=date(2027, 1, 1), at=NOW),
                           lambda earlier=earlier: actions.file(actor=scene.office, told=[earlier], at=NOW))  # fmt: skip
        assert len(answers) == 4
    assert set(Claim.objects.values_list("lines_total", flat=True)) == {4_000}
    assert not Claim.objects.exclude(gap="").exists()


def test_a_referral_told_while_its_bill_is_filed_prices_it() -> None:
    """Whoever reprices a person waits for what is being filed, also in a year of which nothing is there yet."""
    scene = factories.scene(NOW)
    at = datetime(2026, 3, 5, 10, tzinfo=NOW.tzinfo)
    made = referrals.accepted(scene.people, at)
    answers: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            (claim,) = factories.filed(scene, NOW, factories.told(scene, admitted_on=date(2026, 3, 5), discharged_on=date(2026, 3, 15)))

            def arrived() -> None:
                try:
                    referral.arrive(actor=scene.people.office, number=made.number, arrived_at=at + timedelta(hours=2), at=at + timedelta(hours=2))
                    answers.append(actions.reprice_people(actor=scene.office, residents=[scene.resident], at=NOW))
                finally:
                    connection.close()

            other = pool.submit(arrived)
            time.sleep(1)
        other.result(timeout=20)
    claim.refresh_from_db()
    assert (answers, claim.way) == ([1], "referred")

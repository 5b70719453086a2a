"""Grants are sealed: a row written past the actions gives no right and is reported; three administrators stay apart under any race."""

from __future__ import annotations

import timeit
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import combinations
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.access import seals
from yilianti.registry.access.actions import granting, trails
from yilianti.registry.access.models import Grant, SecurityEvent
from yilianti.registry.access.queries import actor_for, faults_of_grants
from yilianti.registry.access.tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("yilianti.registry.access.tests.urls")]
THREE = ("administrator", "security_administrator", "auditor")


@pytest.fixture
def county() -> factories.County:
    return factories.county()


@pytest.mark.parametrize("change", [{"role": "auditor"}, {"from_on": factories.LONG_AGO - timedelta(days=1)}, {"seal": ""}, {"granted_by": 7}])
def test_a_grant_changed_behind_our_back_gives_no_right_and_is_reported(client, county, at, change, monkeypatch):
    monkeypatch.setattr(trails, "_reported", set())
    account = factories.staff(county.township, "township_doctor", "zhang")
    client.force_login(account)
    assert client.get("/password/").context["actor"].may("referral.view")
    Grant.objects.update(**change)
    actor = client.get("/password/").context["actor"]
    assert not actor.roles and not actor.may("referral.view") and not actor.may("journal.view")
    client.get("/password/")
    event = SecurityEvent.objects.get(kind="grant_broken")
    assert event.account == account.pk and str(Grant.objects.get().pk) in event.detail


def test_a_grant_written_by_hand_gives_no_right(county, at):
    held = factories.post(county.township)
    account = factories.account(held)
    Grant.objects.create(post=held, role="auditor", institution=county.hospital, from_on=factories.LONG_AGO, seal="1:" + "0" * 64)
    assert actor_for(account.pk, at).roles == ()


def test_a_seal_does_not_fit_another_row(county, at):
    one, other = factories.post(county.township), factories.post(county.township)
    sealed = factories.grant(one, "auditor")
    copied = Grant.objects.create(post=other, role="auditor", institution=county.township, from_on=factories.LONG_AGO, seal=sealed.seal)
    assert seals.holds(sealed) and not seals.holds(copied)


def test_asking_a_seal_costs_next_to_nothing(county):
    grant = factories.grant(factories.post(county.township), "auditor")
    assert min(timeit.repeat(lambda: seals.holds(grant), number=1000, repeat=3)) < 0.05, "50 µs each at most"


@pytest.mark.parametrize(("first", "second"), combinations(THREE, 2))
def test_two_parallel_grants_never_join_what_must_stay_apart(transactional_db, county, at, first, second):
    here = factories.post(county.township)
    there = factories.post(county.hospital, person=here.person)
    start = Barrier(2)

    def attempt(what: tuple[int, str]) -> str:
        try:
            start.wait(timeout=20)
            granting.grant(actor=Actor.system(), post=what[0], role=what[1], institution=county.hospital.pk, at=at)
            return "granted"
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, [(here.pk, first), (there.pk, second)])) == ["granted", "must_stay_apart"]


def test_only_overlapping_periods_stand_against_each_other(county, at):
    held, system, day = factories.post(county.hospital), Actor.system(), timezone.localdate(at)
    spring, summer = day + timedelta(days=30), day + timedelta(days=60)
    granting.grant(actor=system, post=held.pk, role="auditor", institution=county.hospital.pk, at=at, from_on=spring, until_on=summer)
    for from_on, until_on, fits in ((day, spring, True), (summer, None, False), (day, spring + timedelta(days=1), False)):
        given = {"post": held.pk, "role": "administrator", "institution": county.hospital.pk, "at": at, "from_on": from_on, "until_on": until_on}
        if fits:
            made = granting.grant(actor=system, **given)
            made.delete()
        elif from_on == summer:
            granting.grant(actor=system, **given).delete()
        else:
            with pytest.raises(Refused, match="须由不同的人担任"):
                granting.grant(actor=system, **given)


def test_what_was_revoked_and_put_back_with_its_old_seal_is_found(county, at):
    held = factories.post(county.township)
    made = granting.grant(actor=Actor.system(), post=held.pk, role="auditor", institution=county.hospital.pk, at=at)
    earlier = Grant.objects.filter(pk=made.pk).values("until_on", "seal").get()
    assert faults_of_grants() == []
    granting.revoke(actor=Actor.system(), grant=made.pk, at=at)
    assert faults_of_grants() == []
    Grant.objects.filter(pk=made.pk).update(**earlier)
    assert [f"授权 {made.pk} 已收回" in fault for fault in faults_of_grants()] == [True]
    Grant.objects.filter(pk=made.pk).update(role="administrator")
    assert [f"授权 {made.pk} 与其封签不符" in fault for fault in faults_of_grants()] == [True]

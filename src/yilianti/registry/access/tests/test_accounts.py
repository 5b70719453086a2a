"""Accounts and grants: who may give what to whom, and what each page shows."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import permutations

import pytest

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.actions import accounts, granting
from yilianti.registry.access.models import Account, Grant
from yilianti.registry.access.queries import actor_for
from yilianti.registry.access.tests import factories

THREE = ("administrator", "security_administrator", "auditor")
pytestmark = [pytest.mark.django_db, pytest.mark.urls("yilianti.registry.access.tests.urls")]


@pytest.fixture
def county() -> factories.County:
    return factories.county()


@pytest.fixture
def admin(county, at) -> Actor:
    actor = actor_for(factories.staff(county.hospital, "security_administrator", "admin").pk, at)
    assert actor is not None
    return actor


def test_grant_is_effective_and_journalled(county, admin, at):
    held = factories.post(county.township)
    account = factories.account(held)
    assert not actor_for(account.pk, at).roles
    made = granting.grant(actor=admin, post=held.pk, role="township_doctor", institution=county.township.pk, at=at)
    assert actor_for(account.pk, at).may("referral.submit", county.clinic.pk)
    granting.revoke(actor=admin, grant=made.pk, at=at)
    assert not actor_for(account.pk, at).may("referral.submit")
    words = JournalEntry.objects.filter(subject=f"access:{held.person_id}").order_by("id").values_list("word", flat=True)
    assert list(words) == ["access.granted", "access.revoked"]
    with pytest.raises(Refused, match="已经收回"):
        granting.revoke(actor=admin, grant=made.pk, at=at)


def test_grant_ends_on_its_day(county, admin, at):
    held = factories.post(county.township)
    account = factories.account(held)
    until = (at + timedelta(days=2)).date()
    granting.grant(actor=admin, post=held.pk, role="township_doctor", institution=county.township.pk, at=at, until_on=until)
    assert actor_for(account.pk, at + timedelta(days=1)).roles == ("township_doctor",)
    assert actor_for(account.pk, at + timedelta(days=2)).roles == ()


def test_nobody_grants_to_themselves(county, admin, at):
    own = Grant.objects.get(post__person=admin.person)
    with pytest.raises(Refused, match="不能给自己授权"):
        granting.grant(actor=admin, post=own.post_id, role="township_doctor", institution=county.township.pk, at=at)
    with pytest.raises(Refused, match="不能给自己授权"):
        granting.revoke(actor=admin, grant=own.pk, at=at)


def test_grant_beyond_one_s_reach_is_refused(county, admin, at):
    foreign, own = factories.post(county.other_township), factories.post(county.township)
    for post, place in ((foreign, county.other_township), (foreign, county.township), (own, county.other_township)):
        with pytest.raises(Refused) as refusal:
            granting.grant(actor=admin, post=post.pk, role="township_doctor", institution=place.pk, at=at)
        assert refusal.value.code == "not_permitted"
    assert not Grant.objects.filter(post__in=[foreign, own]).exists()


@pytest.mark.parametrize(("first", "second"), permutations(THREE, 2))
def test_no_two_of_the_three_administrators_even_over_two_posts(county, admin, at, first, second):
    here = factories.post(county.township)
    there = factories.post(county.hospital, person=here.person)
    granting.grant(actor=admin, post=here.pk, role=first, institution=county.township.pk, at=at)
    with pytest.raises(Refused, match="须由不同的人担任") as refusal:
        granting.grant(actor=admin, post=there.pk, role=second, institution=county.hospital.pk, at=at)
    assert refusal.value.findings[0].policy_ref.startswith("access.separation@")
    granting.revoke(actor=admin, grant=Grant.objects.get(post=here).pk, at=at)
    granting.grant(actor=admin, post=there.pk, role=second, institution=county.hospital.pk, at=at)


def test_unknown_role_and_double_grant_are_refused(county, admin, at):
    held = factories.post(county.township)
    with pytest.raises(Refused, match="没有这个岗位"):
        granting.grant(actor=admin, post=held.pk, role="king", institution=county.township.pk, at=at)
    granting.grant(actor=admin, post=held.pk, role="township_doctor", institution=county.township.pk, at=at)
    with pytest.raises(Refused, match="已持有"):
        granting.grant(actor=admin, post=held.pk, role="township_doctor", institution=county.township.pk, at=at)


def test_open_account_gives_a_password_that_must_be_changed(client, county, admin, at):
    held = factories.post(county.township)
    account, once = accounts.open_account(actor=admin, person=held.person_id, username="New.Doctor", at=at)
    assert account.username == "new.doctor" and once not in account.password
    assert client.post("/login/", {"username": "new.doctor", "password": once}).status_code == 302
    assert client.get("/password/").context["forced"]
    with pytest.raises(Refused, match="已有账号"):
        accounts.open_account(actor=admin, person=held.person_id, username="other", at=at)
    with pytest.raises(Refused, match="已有人使用"):
        accounts.open_account(actor=admin, person=factories.post(county.township).person_id, username="new.doctor", at=at)
    with pytest.raises(Refused):
        accounts.open_account(actor=admin, person=factories.post(county.other_township).person_id, username="third", at=at)


def test_disable_enable_and_reset(county, admin, at):
    account = factories.staff(county.township, "township_doctor")
    accounts.disable_account(actor=admin, account=account.pk, at=at)
    assert actor_for(account.pk, at) is None
    accounts.enable_account(actor=admin, account=account.pk, at=at)
    assert actor_for(account.pk, at) is not None
    _, once = accounts.reset_password(actor=admin, account=account.pk, at=at)
    account.refresh_from_db()
    assert account.check_password(once) and account.must_change_password
    with pytest.raises(Refused, match="不能停用自己"):
        accounts.disable_account(actor=admin, account=admin.account, at=at)
    foreign = factories.staff(county.other_township, "township_doctor")
    with pytest.raises(Refused):
        accounts.disable_account(actor=admin, account=foreign.pk, at=at)


def test_a_second_post_here_does_not_open_an_account_kept_elsewhere(county, admin, at):
    held = factories.post(county.other_township)
    account = factories.account(held)
    factories.post(county.township, person=held.person)
    for act in (accounts.reset_password, accounts.enable_account):
        with pytest.raises(Refused, match="任职最早的机构"):
            act(actor=admin, account=account.pk, at=at)
    accounts.disable_account(actor=admin, account=account.pk, at=at)  # whoever employs somebody may shut the door
    unknown = factories.post(county.other_township)
    factories.post(county.township, person=unknown.person)
    with pytest.raises(Refused, match="任职最早的机构"):
        accounts.open_account(actor=admin, person=unknown.person_id, username="zhang", at=at)


def test_pages_walk_through_a_grant(client, county, at):
    client.force_login(factories.staff(county.hospital, "security_administrator", "admin"))
    held = factories.post(county.township)
    account = factories.account(held, "zhang")
    foreign = factories.staff(county.other_township, "township_doctor", "foreign")
    listed = client.get("/access/").content.decode()
    assert "zhang" in listed and "foreign" not in listed
    assert client.get(f"/access/{foreign.pk}/").status_code == 404
    page = client.get(f"/access/{account.pk}/")
    assert page.status_code == 200 and "本机构及下级" in page.content.decode()
    assert page.context["grant_form"]["institution"].value() == county.township.pk
    given = {"post": held.pk, "role": "township_doctor", "institution": county.township.pk, "until_on": ""}
    backwards = client.post(f"/access/{account.pk}/grant", {**given, "until_on": "1999-01-01"})
    assert list(backwards.context["grant_form"].errors) == ["until_on"]
    assert client.post(f"/access/{account.pk}/grant", given).status_code == 302
    assert client.post(f"/access/{account.pk}/grant", given).status_code == 422
    assert "乡镇医生（柳河卫生院）" in client.get("/access/?text=zhang&role=township_doctor").content.decode()
    grant = Grant.objects.get(post=held)
    assert client.post(f"/access/grants/{grant.pk}/revoke").status_code == 302
    assert client.post(f"/access/{account.pk}/disable").status_code == 302
    assert not Account.objects.get(pk=account.pk).is_active
    assert client.post(f"/access/{account.pk}/enable").status_code == 302
    once = re.search(r'id="once">([^<]+)<', client.post(f"/access/{account.pk}/reset-password").content.decode())
    assert once and Account.objects.get(pk=account.pk).check_password(once[1])


def test_open_page_names_the_field_in_error_and_opens(client, county):
    client.force_login(factories.staff(county.hospital, "security_administrator"))
    held, foreign = factories.post(county.township), factories.post(county.other_township)
    assert client.post("/access/open/", {"number": foreign.person.number, "username": "abc"}).context["form"].errors["number"]
    assert client.post("/access/open/", {"number": held.person.number, "username": "a b"}).context["form"].errors["username"]
    assert "一次性密码" in client.post("/access/open/", {"number": held.person.number, "username": "abc"}).content.decode()
    assert client.post("/access/open/", {"number": held.person.number, "username": "abd"}).context["form"].errors["number"]


def test_directory_costs_the_same_for_one_and_many(client, county, django_assert_num_queries):
    client.force_login(factories.staff(county.hospital, "security_administrator"))
    for _ in range(3):
        factories.staff(county.township, "township_doctor")
    client.get("/access/")
    with django_assert_num_queries(6):
        client.get("/access/")
    for _ in range(15):
        factories.staff(county.township, "township_doctor")
    client.get("/access/")
    with django_assert_num_queries(6):
        client.get("/access/")

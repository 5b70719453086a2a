"""Signing in, staying signed in, and being put out at once when the ground for it is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from yilianti.registry.access.models import Grant, SecurityEvent
from yilianti.registry.access.tests import factories
from yilianti.registry.people.models import Post

pytestmark = [pytest.mark.django_db, pytest.mark.urls("yilianti.registry.access.tests.urls")]


@pytest.fixture
def county() -> factories.County:
    return factories.county()


def sign_in(client: Client, username: str, password: str = factories.PASSWORD, **data: str):
    return client.post("/login/", {"username": username, "password": password, **data})


def test_sign_in_builds_the_actor_of_the_post(client, county):
    account = factories.staff(county.township, "township_doctor", "zhang")
    assert sign_in(client, "zhang").status_code == 302
    response = client.get("/password/")
    actor = response.context["actor"]
    assert (actor.account, actor.institution, actor.roles, actor.consortium) == (account.pk, county.township.pk, ("township_doctor",), "yunxi")
    assert actor.reaches("referral.view") == {county.township.pk, county.clinic.pk}
    assert actor.reaches("inbox.view") == {county.township.pk}
    assert actor.reaches("institutions.view") == {county.hospital.pk, county.township.pk, county.clinic.pk}
    assert not actor.may("journal.view")


def test_sign_in_answers_wrong_password_without_saying_which_part_was_wrong(client, county):
    factories.staff(county.township, "township_doctor", "zhang")
    wrong, unknown = sign_in(client, "zhang", "no"), sign_in(client, "nobody", "no")
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    assert SecurityEvent.objects.filter(kind="login_failed").count() == 2


def test_sign_in_changes_the_session_so_that_a_planted_one_is_worthless(client, county):
    factories.staff(county.township, "township_doctor", "zhang")
    planted = client.session
    planted["x"] = 1
    planted.save()
    client.cookies["sessionid"] = planted.session_key
    sign_in(client, "zhang")
    assert client.session.session_key != planted.session_key
    attacker = Client()
    attacker.cookies["sessionid"] = planted.session_key
    assert attacker.get("/password/").status_code == 302


def test_lock_out_after_the_policy_s_failures_says_until_when(client, county):
    factories.staff(county.township, "township_doctor", "zhang")
    for _ in range(4):
        assert sign_in(client, "zhang", "no").status_code == 422
    locked = sign_in(client, "zhang", "no")
    until = timezone.localtime() + timedelta(minutes=15)
    assert locked.status_code == 429
    assert f"锁定到 {until:%H:%M}" in locked.content.decode() or f"锁定到 {until - timedelta(minutes=1):%H:%M}" in locked.content.decode()
    assert "安全管理员" in locked.content.decode()
    right = sign_in(client, "zhang")
    assert right.status_code == 429 and "_auth_user_id" not in client.session
    assert SecurityEvent.objects.filter(kind="locked_out", username="zhang").count() == 2


@pytest.mark.parametrize("ground", ["account", "person", "post", "password"])
def test_ground_gone_means_out_at_the_next_request(client, county, ground):
    account = factories.staff(county.township, "township_doctor", "zhang")
    sign_in(client, "zhang")
    assert client.get("/password/").status_code == 200
    if ground == "account":
        account.is_active = False
        account.save()
    elif ground == "person":
        account.person.is_active = False
        account.person.save()
    elif ground == "post":
        Post.objects.update(until_on=timezone.localdate())
    else:
        account.set_password("another-one-entirely")
        account.save()
    refused = client.get("/password/")
    assert refused.status_code == 302 and refused["Location"].startswith("/login/")
    assert "_auth_user_id" not in client.session


def test_revoked_grant_is_effective_at_the_next_request(client, county):
    factories.staff(county.township, "township_doctor", "zhang")
    sign_in(client, "zhang")
    assert client.get("/password/").context["actor"].may("referral.view")
    Grant.objects.update(until_on=timezone.localdate())
    assert not client.get("/password/").context["actor"].may("referral.view")


def test_new_institution_is_within_reach_at_the_next_request(client, county):
    factories.staff(county.township, "township_doctor", "zhang")
    sign_in(client, "zhang")
    client.get("/password/")
    added = factories.institution("下柳村卫生室", parent=county.township, level="village", kind="village_clinic")
    assert added.pk in client.get("/password/").context["actor"].reaches("referral.view")


def test_idle_session_ends_when_the_clock_moves(client, county, monkeypatch):
    factories.staff(county.township, "township_doctor", "zhang")
    sign_in(client, "zhang")
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(minutes=19))
    assert client.get("/password/").status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(minutes=38))
    assert client.get("/password/").status_code == 200, "work keeps a session alive"
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(minutes=58))
    assert client.get("/password/").status_code == 302
    monkeypatch.setattr(timezone, "now", real)
    assert client.get("/password/").status_code == 302, "an ended session does not come back"
    assert SecurityEvent.objects.filter(kind="idle_end").exists()


def test_demo_account_signs_in_only_in_demo_mode(client, county, settings):
    held = factories.post(county.township)
    factories.grant(held, "township_doctor")
    factories.account(held, "demo", is_demo=True)
    settings.DEMO_MODE = False
    assert sign_in(client, "demo").status_code == 422
    settings.DEMO_MODE = True
    assert sign_in(client, "demo").status_code == 302
    settings.DEMO_MODE = False
    assert client.get("/password/").status_code == 302


def test_sign_out_ends_the_session_and_is_written_down(client, county):
    factories.staff(county.township, "township_doctor", "zhang")
    sign_in(client, "zhang")
    assert client.post("/logout/").status_code == 302
    assert client.get("/password/").status_code == 302
    assert list(SecurityEvent.objects.order_by("id").values_list("kind", flat=True)) == ["login", "logout"]


def test_next_page_is_only_ever_ours(client, county):
    factories.staff(county.township, "township_doctor", "zhang")
    assert sign_in(client, "zhang", next="https://example.org/")["Location"] == "/"
    assert sign_in(client, "zhang", next="//example.org/")["Location"] == "/"
    assert sign_in(client, "zhang", next="/referrals/?state=open")["Location"] == "/referrals/?state=open"


def test_choose_post_switches_where_one_acts(client, county):
    first = factories.post(county.township)
    second = factories.post(county.hospital, person=first.person, name="专家")
    factories.grant(first, "township_doctor")
    factories.grant(second, "county_department")
    factories.account(first, "zhang")
    sign_in(client, "zhang")
    assert client.get("/password/").context["actor"].institution == county.township.pk
    client.post("/post/", {"post": second.pk})
    actor = client.get("/password/").context["actor"]
    assert (actor.institution, actor.roles) == (county.hospital.pk, ("county_department",))
    foreign = factories.post(county.other_hospital)
    client.post("/post/", {"post": foreign.pk})
    assert client.get("/password/").context["actor"].institution == county.hospital.pk


def test_change_password_ends_other_sessions_and_keeps_this_one(client, county):
    factories.staff(county.township, "township_doctor", "zhang")
    elsewhere = Client()
    sign_in(elsewhere, "zhang")
    sign_in(client, "zhang")
    new = "liuhe-hospital-77"
    weak = client.post("/password/", {"old_password": factories.PASSWORD, "new_password1": "1234567890", "new_password2": "1234567890"})
    assert weak.status_code == 422 and weak.context["form"].errors["new_password1"]
    done = client.post("/password/", {"old_password": factories.PASSWORD, "new_password1": new, "new_password2": new})
    assert done.status_code == 302
    assert client.get("/password/").status_code == 200
    assert elsewhere.get("/password/").status_code == 302


def test_password_due_leads_to_the_page_that_changes_it(client, county):
    account = factories.staff(county.township, "township_doctor", "zhang")
    account.must_change_password = True
    account.save()
    sign_in(client, "zhang")
    assert client.post("/post/")["Location"] == "/password/"
    assert client.get("/password/").context["forced"]

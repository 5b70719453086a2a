"""The second factor: set up with a telephone, asked after the password, each code good once, failures lock."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pyotp
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.actions import second_factor
from yilianti.registry.access.models import Login, RecoveryCode, SecondFactor, SecurityEvent
from yilianti.registry.access.queries import actor_for
from yilianti.registry.access.tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("yilianti.registry.access.tests.urls")]


@pytest.fixture
def county() -> factories.County:
    return factories.county()


def password(client: Client, username: str, **data: str):
    return client.post("/login/", {"username": username, "password": factories.PASSWORD, **data})


def code(moment=None, secret: str = factories.SECRET) -> str:
    return pyotp.TOTP(secret).at(moment or timezone.now())


def give(client: Client, given: str):
    return client.post("/login/code/", {"code": given})


def is_in(client: Client) -> bool:
    return client.get("/sessions/").status_code == 200


def test_the_code_is_asked_after_the_password_and_nothing_opens_before_it(client, county):
    factories.staff(county.hospital, "auditor", "auditor")
    asked = password(client, "auditor", next="/audit/")
    assert asked["Location"] == "/login/code/" and not is_in(client)
    assert "_auth_user_id" not in client.session and client.get("/audit/").status_code == 302
    assert client.get("/login/code/").status_code == 200
    came_in = give(client, code())
    assert came_in["Location"] == "/audit/" and is_in(client)
    assert Login.objects.get().factor == "code"
    assert list(SecurityEvent.objects.values_list("kind", flat=True)) == ["login"]


def test_a_code_is_good_once_also_in_the_same_half_minute(client, county):
    factories.staff(county.hospital, "auditor", "auditor")
    given = code()
    password(client, "auditor")
    give(client, given)
    other = Client()
    password(other, "auditor")
    replayed = give(other, given)
    assert replayed.status_code == 422 and "已用过" in replayed.content.decode() and not is_in(other)
    assert SecurityEvent.objects.filter(kind="code_failed").count() == 1


def test_two_with_the_same_code_at_once_one_comes_in(transactional_db, county):
    account = factories.staff(county.hospital, "auditor")
    start, at = Barrier(8), timezone.now()
    given = code(at)

    def attempt(_: int) -> bool:
        try:
            start.wait(timeout=20)
            return second_factor.prove(account=account.pk, code=given, at=at) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


def test_clocks_may_differ_by_one_step_and_no_more(county, at):
    account = factories.staff(county.hospital, "auditor")
    for seconds, is_taken in ((-65, False), (-30, True), (65, False), (30, True)):
        proof = second_factor.prove(account=account.pk, code=code(at + timedelta(seconds=seconds)), at=at)
        assert (proof is not None) is is_taken, seconds


def test_wrong_codes_lock_like_wrong_passwords_and_both_count_together(client, county):
    factories.staff(county.hospital, "auditor", "auditor")
    client.post("/login/", {"username": "auditor", "password": "no"})
    client.post("/login/", {"username": "auditor", "password": "no"})
    password(client, "auditor")
    assert [give(client, "000000").status_code for _ in range(2)] == [422, 422]
    locked = give(client, "000000")
    assert locked.status_code == 429 and re.search(r"锁定到 \d\d:\d\d", locked.content.decode())
    assert give(client, code()).status_code == 409 and not is_in(client), "the password must be given again"
    assert password(client, "auditor").status_code == 429
    assert SecurityEvent.objects.filter(kind="locked_out", username="auditor").exists()


def test_the_code_is_owed_for_some_minutes_only(client, county, monkeypatch):
    factories.staff(county.hospital, "auditor", "auditor")
    password(client, "auditor")
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(minutes=6))
    late = give(client, code())
    assert late.status_code == 409 and "重新输入账号和密码" in late.content.decode() and not is_in(client)


def test_a_password_changed_in_between_voids_the_first_step(client, county):
    account = factories.staff(county.hospital, "auditor", "auditor")
    password(client, "auditor")
    account.set_password("another-one-entirely-7")
    account.save()
    assert give(client, code()).status_code == 409


def test_where_it_is_required_nothing_but_setting_it_up_opens(client, county):
    held = factories.post(county.hospital)
    factories.grant(held, "auditor")
    factories.account(held, "fresh")
    assert password(client, "fresh").status_code == 302
    assert client.get("/audit/")["Location"] == "/second-factor/"
    assert client.get("/inbox/badge", headers={"HX-Request": "true"}).status_code == 204
    fragment = client.get("/inbox/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (401, "/second-factor/")
    elsewhere = Client()
    password(elsewhere, "fresh")
    assert "请先用手机设置" in client.get("/second-factor/").content.decode()
    client.post("/second-factor/begin")
    page = client.get("/second-factor/")
    secret = "".join(re.search(r'id="typed">([A-Z2-7 ]+)<', page.content.decode())[1].split())
    assert 'src="data:image/svg+xml' in page.content.decode() and page["Cache-Control"] == "no-store"
    assert client.post("/second-factor/confirm", {"code": "000000"}).status_code == 422
    done = client.post("/second-factor/confirm", {"code": code(secret=secret)})
    codes = re.findall(r"<li>([a-z2-9]{4}-[a-z2-9]{4})</li>", done.content.decode())
    assert len(set(codes)) == 10 and done["Cache-Control"] == "no-store"
    assert client.get("/audit/").status_code == 200
    assert not is_in(elsewhere), "whoever has only the password is put out"
    assert not RecoveryCode.objects.filter(code_mac__in=codes).exists()


def test_demo_accounts_are_not_asked_but_may_set_it_up(client, county):
    held = factories.post(county.hospital)
    factories.grant(held, "auditor")
    factories.account(held, "demo", is_demo=True)
    password(client, "demo")
    assert client.get("/audit/").status_code == 200
    assert client.post("/second-factor/begin").status_code == 302


def test_the_secret_is_unreadable_in_the_database(county):
    factories.staff(county.hospital, "auditor")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM access_secondfactor")
        kept = bytes(cursor.fetchone()[0])
    assert factories.SECRET.encode() not in kept and SecondFactor.objects.get().secret == factories.SECRET


def test_recovery_codes_work_once_each_and_are_renewed(client, county, at):
    account = factories.staff(county.hospital, "auditor", "auditor")
    actor = actor_for(account.pk, at)
    first = second_factor.renew_recovery(actor=actor, code=code(at), at=at)
    password(client, "auditor")
    assert give(client, first[0].upper()).status_code == 302 and is_in(client)
    assert Login.objects.get().factor == "recovery" and SecurityEvent.objects.filter(kind="recovery_used").exists()
    again = Client()
    password(again, "auditor")
    assert give(again, first[0]).status_code == 422
    later = at + timedelta(minutes=2)
    second_factor.renew_recovery(actor=actor, code=code(later), at=later)
    assert second_factor.prove(account=account.pk, code=first[1], at=later) is None


def test_a_used_recovery_code_at_once_one_comes_in(transactional_db, county, at):
    account = factories.staff(county.hospital, "auditor")
    given = second_factor.renew_recovery(actor=actor_for(account.pk, at), code=code(at), at=at)[0]
    start = Barrier(4)

    def attempt(_: int) -> bool:
        try:
            start.wait(timeout=20)
            return second_factor.prove(account=account.pk, code=given, at=at) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1


def test_removing_needs_a_code_and_reset_somebody_else(client, county, at):
    account = factories.staff(county.hospital, "auditor", "auditor")
    keeper = actor_for(factories.staff(county.hospital, "security_administrator").pk, at)
    own = actor_for(account.pk, at)
    with pytest.raises(Refused, match="动态口令不正确"):
        second_factor.remove(actor=own, code="000000", at=at)
    second_factor.remove(actor=own, code=code(at), at=at)
    with pytest.raises(Refused, match="没有启用"):
        second_factor.reset(actor=keeper, account=account.pk, at=at)
    factories.factor(account)
    password(client, "auditor")
    give(client, code())
    assert is_in(client)
    second_factor.reset(actor=keeper, account=account.pk, at=at)
    assert not is_in(client) and not SecondFactor.objects.filter(account=account).exists()
    with pytest.raises(Refused, match="不能重置自己"):
        second_factor.reset(actor=keeper, account=keeper.account, at=at)
    foreign = factories.staff(county.other_hospital, "auditor")
    with pytest.raises(Refused, match="不在您管理"):
        second_factor.reset(actor=keeper, account=foreign.pk, at=at)
    words = JournalEntry.objects.filter(subject=f"access:{account.person_id}").order_by("id").values_list("word", flat=True)
    assert list(words) == ["access.second_factor_removed", "access.second_factor_reset"]

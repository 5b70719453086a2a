"""「登录的设备」: seen, limited, ended; what has ended opens no door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access import browsers
from yilianti.registry.access.actions import accounts, logins
from yilianti.registry.access.models import Login, SecurityEvent
from yilianti.registry.access.queries import actor_for
from yilianti.registry.access.terms import Factor
from yilianti.registry.access.tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("yilianti.registry.access.tests.urls")]
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 Edg/120.0"
PHONE = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0"


@pytest.fixture
def county() -> factories.County:
    return factories.county()


@pytest.fixture
def zhang(county):
    return factories.staff(county.township, "township_doctor", "zhang")


def sign_in(username: str = "zhang", *, agent: str = EDGE, address: str = "10.1.1.1") -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    assert client.post("/login/", {"username": username, "password": factories.PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/sessions/").status_code == 200


def test_own_logins_are_listed_with_this_one_marked(zhang):
    here, there = sign_in(), sign_in(agent=PHONE, address="10.2.2.2")
    page = here.get("/sessions/").content.decode()
    assert "Edge · Windows" in page and "微信 · 安卓" in page and "10.2.2.2" in page and page.count(">这一处<") == 1
    assert "密码" in page and is_in(there)


def test_one_is_ended_and_dead_at_its_next_request(zhang):
    here, there = sign_in(), sign_in()
    other = Login.objects.latest("pk")
    assert here.post("/sessions/end", {"login": other.pk}).status_code == 302
    assert not is_in(there) and is_in(here)
    assert here.post("/sessions/end", {"login": other.pk}).status_code == 409
    assert here.post("/sessions/end", {"login": "x"}).status_code == 422
    entry = JournalEntry.objects.get(word="access.logins_ended")
    assert entry.facts["logins"] == [other.pk]


def test_all_others_end_and_this_one_stays(zhang):
    here, second, third = sign_in(), sign_in(), sign_in()
    here.post("/sessions/end-others")
    assert [is_in(client) for client in (here, second, third)] == [True, False, False]


def test_nobody_ends_a_login_of_somebody_else(zhang, county):
    sign_in()
    factories.staff(county.township, "township_doctor", "li")
    thief = sign_in("li")
    assert thief.post("/sessions/end", {"login": Login.objects.get(account=zhang).pk}).status_code == 409
    assert Login.objects.get(account=zhang).ended_at is None


def test_the_security_administrator_ends_logins_in_reach(zhang, county, at, client):
    there, foreign = sign_in(), factories.staff(county.other_township, "township_doctor", "foreign")
    sign_in("foreign")
    client.force_login(factories.staff(county.hospital, "security_administrator"))
    assert "Edge · Windows" in client.get(f"/access/{zhang.pk}/").content.decode()
    assert client.post(f"/access/logins/{Login.objects.get(account=zhang).pk}/end").status_code == 302
    assert not is_in(there)
    assert client.post(f"/access/logins/{Login.objects.get(account=foreign).pk}/end").status_code == 404
    assert client.post(f"/access/{foreign.pk}/end-logins").status_code == 404
    sign_in()
    assert client.post(f"/access/{zhang.pk}/end-logins").status_code == 302
    assert client.post(f"/access/{zhang.pk}/end-logins").status_code == 409
    keeper = actor_for(factories.staff(county.hospital, "security_administrator").pk, at)
    with pytest.raises(Refused, match="不在您管理"):
        logins.end_anybody(actor=keeper, account=foreign.pk, at=at)


def test_beyond_the_limit_the_longest_unused_ends(zhang):
    clients = [sign_in() for _ in range(4)]
    assert [is_in(client) for client in clients] == [False, True, True, True]
    assert Login.objects.get(ended_why="crowded_out")


def test_demo_accounts_are_everybodys_and_not_limited(county, settings):
    held = factories.post(county.township)
    factories.account(held, "demo", is_demo=True)
    clients = [sign_in("demo") for _ in range(5)]
    assert all(is_in(client) for client in clients)


def test_a_login_ends_after_the_longest_time_however_busy(zhang, monkeypatch):
    client, real = sign_in(), timezone.now
    for minutes in range(0, 12 * 60, 15):
        monkeypatch.setattr(timezone, "now", lambda minutes=minutes: real() + timedelta(minutes=minutes))
        assert is_in(client), minutes
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(hours=12, minutes=1))
    assert not is_in(client)
    assert Login.objects.get().ended_why == "lapsed"


def test_a_clock_moved_back_lengthens_nothing(zhang, monkeypatch):
    client, real = sign_in(), timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() - timedelta(minutes=21))
    assert not is_in(client)


def test_disabling_ends_logins_for_good(zhang, county, at):
    client = sign_in()
    keeper = actor_for(factories.staff(county.hospital, "security_administrator").pk, at)
    accounts.disable_account(actor=keeper, account=zhang.pk, at=at)
    accounts.enable_account(actor=keeper, account=zhang.pk, at=at)
    assert not is_in(client), "enabled again, but what was open then is not"


def test_a_session_without_a_login_of_ours_is_none(zhang):
    client = sign_in()
    session = client.session
    del session["login"]
    session.save()
    assert not is_in(client)


def test_signing_out_ends_the_login(zhang):
    client = sign_in()
    client.post("/logout/")
    assert Login.objects.get().ended_why == "signed_out"


def test_a_new_address_is_told_to_its_owner_by_the_journal(zhang):
    sign_in(address="10.1.1.1")
    sign_in(address="10.1.1.1")
    assert not JournalEntry.objects.filter(word="access.signed_in_anew").exists()
    sign_in(address="10.9.9.9")
    entry = JournalEntry.objects.get(word="access.signed_in_anew")
    assert entry.actor_person == zhang.person_id and "10.9" not in str(entry.facts)


def test_who_cannot_be_written_down_does_not_come_in(zhang, monkeypatch, client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE access_securityevent ADD CONSTRAINT stopped CHECK (kind <> 'login') NOT VALID")
    client.raise_request_exception = False
    with transaction.atomic():
        answer = client.post("/login/", {"username": "zhang", "password": factories.PASSWORD})
    assert answer.status_code == 500 and not is_in(client)
    assert not Login.objects.exists() and not SecurityEvent.objects.filter(kind="login").exists()


def test_an_ended_login_needs_a_reason(zhang, at):
    with pytest.raises(DatabaseError), transaction.atomic():
        Login.objects.create(account=zhang, began_at=at, seen_at=at, factor=Factor.PASSWORD, ended_at=at)


def test_every_request_asks_one_question_about_its_session(zhang, django_assert_num_queries):
    client = sign_in()
    with django_assert_num_queries(3):  # the session, who acts, their logins
        client.get("/sessions/")


@pytest.mark.parametrize(
    ("agent", "known"),
    [(EDGE, "Edge · Windows"), (PHONE, "微信 · 安卓"), ("curl/8", "未知浏览器"),
     ("Mozilla/5.0 (X11; Linux x86_64; Kylin) Gecko/20100101 Firefox/115.0", "Firefox · 麒麟"),
     ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/17 Safari/605", "Safari · Mac")],
)  # fmt: skip
def test_browsers_in_few_words(agent, known):
    assert browsers.known_as(agent) == known

"""Who sees what in the inbox, once per key, and what the buttons do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access import api as access
from yilianti.registry.access.tests import factories
from yilianti.registry.inbox import api as inbox
from yilianti.registry.inbox import queries
from yilianti.registry.inbox.models import Item

pytestmark = [pytest.mark.django_db, pytest.mark.urls("yilianti.registry.access.tests.urls")]


@pytest.fixture
def county() -> factories.County:
    return factories.county()


def actor_of(account, at) -> Actor:
    actor = access.actor_for(account.pk, at)
    assert actor is not None
    return actor


def test_notify_reaches_whoever_holds_the_role_there_and_nobody_else(county, at):
    office = actor_of(factories.staff(county.hospital, "referral_office"), at)
    colleague = actor_of(factories.staff(county.hospital, "county_department"), at)
    elsewhere = actor_of(factories.staff(county.other_hospital, "referral_office"), at)
    inbox.notify(key="1", institution_id=county.hospital.pk, role="referral_office", title="转诊单 ZZ20261118-000001 待答复", at=at)
    assert [inbox.open_count(a) for a in (office, colleague, elsewhere)] == [1, 0, 0]


def test_a_role_held_elsewhere_does_not_open_the_inbox_here(county, at):
    held = factories.post(county.hospital)
    factories.grant(held, "county_department")
    factories.grant(held, "referral_office", over=county.other_hospital)
    actor = actor_of(factories.account(held), at)
    inbox.notify(key="1", institution_id=county.hospital.pk, role="referral_office", title="待答复", at=at)
    assert inbox.open_count(actor) == 0


def test_what_names_a_person_is_seen_by_that_person_only(county, at):
    first = actor_of(factories.staff(county.township, "township_doctor"), at)
    second = actor_of(factories.staff(county.township, "township_doctor"), at)
    inbox.notify(key="1", institution_id=county.township.pk, person_id=first.person, title="已接收", at=at)
    inbox.notify(key="2", institution_id=county.township.pk, title="停机通知", at=at)
    assert (inbox.open_count(first), inbox.open_count(second)) == (2, 1)


def test_the_same_key_is_told_once(county, at):
    for _ in range(3):
        inbox.ask(key="42:to", institution_id=county.hospital.pk, role="referral_office", title="待答复", at=at)
    assert Item.objects.count() == 1


def test_complete_closes_tasks_of_the_subject_and_leaves_notices(county, at):
    office = actor_of(factories.staff(county.hospital, "referral_office"), at)
    inbox.ask(key="1", institution_id=county.hospital.pk, role="referral_office", title="待答复", subject="referral:1", at=at)
    inbox.notify(key="2", institution_id=county.hospital.pk, role="referral_office", title="已撤回", subject="referral:1", at=at)
    inbox.ask(key="3", institution_id=county.hospital.pk, role="referral_office", title="待答复", subject="referral:2", at=at)
    assert inbox.complete(subject="referral:1", actor=office, at=at) == 1
    assert inbox.open_count(office) == 2


def test_acknowledge_is_journalled_once_and_refused_the_second_time(county, at):
    office = actor_of(factories.staff(county.hospital, "referral_office"), at)
    outsider = actor_of(factories.staff(county.other_hospital, "referral_office"), at)
    item = inbox.notify(key="1", institution_id=county.hospital.pk, role="referral_office", title="已撤回", at=at)
    with pytest.raises(Refused):
        inbox.acknowledge(actor=outsider, item=item.pk, at=at)
    inbox.acknowledge(actor=office, item=item.pk, at=at)
    with pytest.raises(Refused, match="已经办过"):
        inbox.acknowledge(actor=office, item=item.pk, at=at)
    assert JournalEntry.objects.filter(word="inbox.acknowledged").count() == 1


@pytest.mark.parametrize("wrong", [{"link": "https://example.org/"}, {"link": "//example.org"}, {"title": "患者 110101199001011237 待接收"}])
def test_neither_foreign_links_nor_identity_numbers_stand_in_the_inbox(county, at, wrong):
    with pytest.raises(ValueError, match="inbox"):
        inbox.notify(**{"key": "1", "institution_id": county.hospital.pk, "title": "通知", "at": at, **wrong})


def test_pages_list_close_and_count(client, county):
    account = factories.staff(county.hospital, "referral_office")
    client.force_login(account)
    now = timezone.now()
    item = inbox.ask(key="1", institution_id=county.hospital.pk, role="referral_office", title="转诊单 ZZ1 待答复", link="/referrals/ZZ1/", at=now)
    other = inbox.ask(key="2", institution_id=county.other_hospital.pk, role="referral_office", title="别处的转诊单", at=now)
    listed = client.get("/inbox/").content.decode()
    assert "转诊单 ZZ1 待答复" in listed and "别处的转诊单" not in listed
    assert client.get("/inbox/badge").content == b"1"
    assert client.post(f"/inbox/{other.pk}/finish").status_code == 404
    assert client.post(f"/inbox/{item.pk}/finish", headers={"HX-Request": "true"}).status_code == 200
    assert client.get("/inbox/badge").content == b""
    assert "转诊单 ZZ1 待答复" in client.get("/inbox/?tab=done").content.decode()


def test_badge_is_one_count_besides_session_and_actor(client, county):
    client.force_login(factories.staff(county.hospital, "referral_office"))
    client.get("/inbox/badge")
    with CaptureQueriesContext(connection) as spent:
        client.get("/inbox/badge")
    assert len(spent) == 3, [q["sql"][:80] for q in spent]


def test_polling_the_badge_does_not_keep_a_session_alive(client, county, monkeypatch):


    account = factories.staff(county.hospital, "referral_office", "li")
    client.post("/login/", {"username": account.username, "password": factories.PASSWORD})
    real = timezone.now
    for minutes in (9, 18):
        monkeypatch.setattr(timezone, "now", lambda m=minutes: real() + timedelta(minutes=m))
        assert client.get("/inbox/badge").status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(minutes=21))
    ended = client.get("/inbox/badge", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/inbox/?tab=open"})
    assert ended.status_code == 401 and ended["HX-Redirect"] == "/login/?next=/inbox/%3Ftab%3Dopen"


def test_worklist_costs_the_same_for_one_and_many(county, at):
    office = actor_of(factories.staff(county.hospital, "referral_office"), at)
    for n in range(30):
        inbox.notify(key=str(n), institution_id=county.hospital.pk, role="referral_office", title=f"第 {n} 条", at=at)
    with CaptureQueriesContext(connection) as spent:
        page = queries.worklist(office, queries.Filters())
        [item.institution.short_name for item in page.rows]
    assert len(spent) == 1 and len(page.rows) == queries.PAGE and page.next_key
    rest = queries.worklist(office, queries.Filters(), before=int(page.next_key))
    assert len(rest.rows) == 10 and not rest.next_key

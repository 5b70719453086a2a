"""The inbox on the screen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.registry.access.tests import factories
from yilianti.registry.inbox import actions, messages
from yilianti.registry.inbox import api as inbox
from yilianti.registry.inbox.models import Absence, Preference
from yilianti.registry.inbox.tests.factories import OFFICE, task, worker
from yilianti.registry.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("yilianti.registry.access.tests.urls")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def office(client, county):
    account = factories.staff(county.hospital, OFFICE, called="赵一")
    client.force_login(account)
    return account


def number(client):
    return client.get("/inbox/badge").content.partition(b"<")[0]


def test_pages_list_close_and_count(client, county, office):
    now = timezone.now()
    item = task(county, now, link="/referrals/ZZ1/")
    other = task(county, now, "2", institution_id=county.other_hospital.pk, title="别处的转诊单")
    listed = client.get("/inbox/").content.decode()
    assert "转诊单 ZZ1 待答复" in listed and "别处的转诊单" not in listed
    assert number(client) == b"1"
    assert client.post(f"/inbox/{other.pk}/finish").status_code == 404
    assert client.get(f"/inbox/{other.pk}/").status_code == 404
    closed = client.post(f"/inbox/{item.pk}/finish", headers=HTMX)
    assert closed.status_code == 200 and "撤销" in closed.content.decode()
    assert number(client) == b""
    assert "转诊单 ZZ1 待答复" in client.get("/inbox/?tab=done").content.decode()
    assert client.post(f"/inbox/{item.pk}/reopen", headers=HTMX).status_code == 200
    assert number(client) == b"1"


def test_claim_moves_to_the_own_tab_and_the_loser_reads_who(client, county, office):
    now = timezone.now()
    item = task(county, now)
    client.post(f"/inbox/{item.pk}/claim")
    assert "转诊单 ZZ1" in client.get("/inbox/?tab=mine").content.decode()
    client.force_login(factories.staff(county.hospital, OFFICE))
    lost = client.post(f"/inbox/{item.pk}/claim", headers=HTMX)
    assert lost.status_code == 409 and "赵一已于" in lost.content.decode()
    assert "没有接手的待办" in client.get("/inbox/?tab=mine").content.decode()


def test_the_page_of_an_item_tells_its_life(client, county, office):
    now = timezone.now()
    colleague = worker(county.hospital, "county_department", now, "钱二")
    item = task(county, now)
    assert client.post(f"/inbox/{item.pk}/see", headers=HTMX).status_code == 200
    refused = client.post(f"/inbox/{item.pk}/hand_over", {"to": colleague.person, "word": ""}, headers=HTMX)
    assert refused.status_code == 422
    assert client.post(f"/inbox/{item.pk}/hand_over", {"to": colleague.person, "word": "请看"}).status_code == 302
    page = client.get(f"/inbox/{item.pk}/").content.decode()
    assert all(words in page for words in ("已看", "转交同事", "转给 钱二：请看", "转诊办公室"))


def test_the_page_of_an_item_tells_how_far_it_climbed_and_who_was_not_reached(client, county, office):
    now = timezone.now()
    Preference.objects.create(person=office.person, phone="13800000001", phone_confirmed_at=now, critical=["sms"])
    item = task(county, now - timedelta(minutes=20), urgency="critical")
    actions.escalate_due(actor=Actor.system(), at=now)
    actions.call_due(actor=Actor.system(), at=now)
    actions.report(actor=Actor.system(), about=f"inbox_call:{item.calls.order_by('id')[0].pk}", error="网关拒绝", at=now)
    page = client.get(f"/inbox/{item.pk}/").content.decode()
    assert all(words in page for words in ("第 1 级，再次提醒收件人", "第 2 级，代办人（无人可找，跳过）", "提醒未送达", "短信 → 赵一：网关拒绝"))


def test_a_critical_notice_stays_on_every_page_until_it_was_read_back(client, county, office):
    now = timezone.now()
    item = inbox.notify(key="c", institution_id=county.hospital.pk, role=OFFICE, title="危急值待确认", urgency="critical", read_back="K 6.8", at=now)
    banner = client.get("/inbox/badge").content.decode()
    assert 'hx-swap-oob="true"' in banner and "危急值待确认" in banner and f"/inbox/{item.pk}/" in banner
    assert client.post(f"/inbox/{item.pk}/acknowledge", {"read_back": "K 6.3"}, headers=HTMX).status_code == 422
    assert client.post(f"/inbox/{item.pk}/acknowledge", {"read_back": "k 6.8"}).status_code == 302
    assert "危急值待确认" not in client.get("/inbox/badge").content.decode()


def test_ticked_notices_are_acknowledged_together(client, county, office):
    items = [inbox.notify(key=str(n), institution_id=county.hospital.pk, title=f"通知 {n}", at=timezone.now()) for n in range(3)]
    assert client.get("/inbox/").content.decode().count('type="checkbox"') == 3
    client.post("/inbox/acknowledge", {"item": [items[0].pk, items[1].pk, "nonsense"]})
    assert number(client) == b"1"


@pytest.mark.parametrize(("query", "words"), [("", "都办完了"), ("?tab=done", "还没有已办"), ("?text=x", "没有符合条件"), ("?tab=nonsense", "都办完了")])
def test_an_empty_list_says_what_to_do(client, office, query, words):
    assert words in client.get(f"/inbox/{query}").content.decode()


def test_badge_is_one_count_besides_session_and_actor(client, county, office):
    client.get("/inbox/badge")
    with CaptureQueriesContext(connection) as spent:
        client.get("/inbox/badge")
    assert len(spent) == 3, [q["sql"][:80] for q in spent]


def test_the_list_page_costs_the_same_for_one_and_twenty(client, county, office):
    client.get("/inbox/")
    spent = []
    for rows in (1, 19):
        for n in range(rows):
            task(county, timezone.now(), f"{rows}-{n}")
        with CaptureQueriesContext(connection) as asked:
            client.get("/inbox/")
        spent.append(len(asked))
    assert spent[0] == spent[1] == 7, spent


def test_polling_the_badge_does_not_keep_a_session_alive(client, county, monkeypatch):
    account = factories.staff(county.hospital, OFFICE, "li")
    client.post("/login/", {"username": account.username, "password": factories.PASSWORD})
    real = timezone.now
    for minutes in (9, 18):
        monkeypatch.setattr(timezone, "now", lambda m=minutes: real() + timedelta(minutes=m))
        assert client.get("/inbox/badge").status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(minutes=21))
    ended = client.get("/inbox/badge", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/inbox/?tab=open"})
    assert ended.status_code == 401 and ended["HX-Redirect"] == "/login/?next=/inbox/%3Ftab%3Dopen"


def test_an_absence_is_entered_on_its_page_and_ended_there(client, county, office):
    colleague = worker(county.hospital, OFFICE, timezone.now(), "钱二")
    page = client.get("/inbox/absences/").content.decode()
    assert "钱二" in page and "不会因此多出任何权限" in page and "为同事登记" not in page
    now = timezone.localtime()
    given = {"from_at": now.strftime("%Y-%m-%dT%H:%M"), "until_at": (now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"), "reason": "年休假", "deputy": colleague.person}
    assert client.post("/inbox/absences/enter", {**given, "until_at": given["from_at"]}).status_code == 422
    assert client.post("/inbox/absences/enter", given).status_code == 302
    listed = client.get("/inbox/absences/").content.decode()
    assert "由 钱二 代办" in listed and "进行中" in listed
    number = Absence.objects.get().pk
    client.force_login(factories.staff(county.hospital, "county_department"))
    assert client.post("/inbox/absences/end", {"absence": number}).status_code == 403
    client.force_login(office)
    client.post("/inbox/absences/end", {"absence": number})
    assert "已结束" in client.get("/inbox/absences/").content.decode()


def test_who_manages_the_staff_enters_it_for_a_colleague(client, county, office):
    colleague = worker(county.hospital, OFFICE, timezone.now(), "钱二")
    client.force_login(factories.staff(county.hospital, "administrator"))
    now = timezone.localtime()
    given = {"from_at": now.strftime("%Y-%m-%dT%H:%M"), "until_at": (now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"), "reason": "病假"}
    given |= {"person": office.person.number, "deputy": "NOBODY"}
    assert "没有这个工号" in client.post("/inbox/absences/enter_for", given).content.decode()
    assert client.post("/inbox/absences/enter_for", {**given, "deputy": Person.objects.get(pk=colleague.person).number}).status_code == 302
    assert "赵一" in client.get("/inbox/absences/").content.decode()


def test_settings_ask_for_a_confirmed_telephone_first(client, county, office):
    assert "总会收到" in client.get("/inbox/settings/").content.decode()
    refused = client.post("/inbox/settings/choose", {"urgent": ["sms"]})
    assert refused.status_code == 422 and "请先在上面确认手机号" in refused.content.decode()
    assert client.post("/inbox/settings/phone", {"phone": "123"}).status_code == 422
    assert client.post("/inbox/settings/phone", {"phone": "13800000001"}).status_code == 302
    assert client.post("/inbox/settings/confirm", {"code": "1"}).status_code == 422
    code = messages.code_of(Preference.objects.get())
    assert client.post("/inbox/settings/confirm", {"code": code}).status_code == 302
    assert client.post("/inbox/settings/choose", {"urgent": ["sms"], "quiet_from": "12:00", "quiet_until": "13:00"}).status_code == 422
    assert client.post("/inbox/settings/choose", {"urgent": ["sms"], "digest": "on"}).status_code == 302
    page = client.get("/inbox/settings/").content.decode()
    assert "138****0001" in page and "13800000001" not in page.replace('value="13800000001"', "")
    client.post("/inbox/settings/forget")
    assert Preference.objects.get().phone == ""

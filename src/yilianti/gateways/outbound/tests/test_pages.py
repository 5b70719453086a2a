"""The outbox on its pages: what an administrator sees, mends, and keeps."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yilianti.gateways.outbound.models import Destination, Outgoing
from yilianti.gateways.outbound.tests.factories import destination, parked, queued
from yilianti.registry.access.tests.factories import county, staff

pytestmark = pytest.mark.django_db
FORM = {"channel": "hl7v2", "name": "县医院 HIS", "host": "10.1.1.5", "port": "2575", "wants": ["referral_to_us"], "encoding": "gb18030", "version": "2.5"}


@pytest.fixture
def here(client):
    made = county()
    client.force_login(staff(made.hospital, "administrator"))
    return made


def test_an_empty_outbox_shows_the_way_to_the_first_destination(client, here):
    assert "新增目的地" in client.get("/outbound/").content.decode()


def test_a_destination_is_added_changed_and_switched_off(client, here):
    made = client.post("/outbound/destinations/new", {**FORM, "institution": here.hospital.pk})
    row = Destination.objects.get()
    assert made.url == f"/outbound/destinations/{row.pk}"
    assert (row.host, row.settings, row.wants) == ("10.1.1.5", {"encoding": "gb18030", "version": "2.5"}, ["referral_to_us"])
    wrong = client.post(f"/outbound/destinations/{row.pk}", {**FORM, "institution": here.hospital.pk, "host": "a b"})
    assert wrong.status_code == 422
    assert "请填写“主机”" in wrong.content.decode()
    no_paper = client.post(f"/outbound/destinations/{row.pk}", {**FORM, "institution": here.hospital.pk, "tls": "on", "authority": "notpem"})
    assert no_paper.status_code == 422 and "应是 PEM 文本" in no_paper.content.decode()
    client.post(f"/outbound/destinations/{row.pk}/switch", {"active": "0"})
    assert "已停用" in client.get("/outbound/destinations").content.decode()


def test_a_test_message_is_queued_and_its_page_waits_for_the_answer(client, here):
    row = destination(here.hospital, at=timezone.now())
    page = client.get(client.post(f"/outbound/destinations/{row.pk}/try_out").url).content.decode()
    assert "正在等待发送" in page
    assert "every 3s" in page


def test_dead_letters_are_listed_replayed_and_given_up_with_a_reason(client, here):
    at = timezone.now()
    place = destination(here.hospital, at=at)
    first, second = parked(place, "a", at), parked(place, "b", at)
    assert "全部重发" in client.get("/outbound/").content.decode()
    assert client.get("/outbound/?state=parked").content.decode().count("停下待处理") >= 2
    client.post(f"/outbound/{first.pk}/replay")
    refused = client.post(f"/outbound/{second.pk}/give_up", {"reason": " "})
    assert refused.status_code == 422
    client.post(f"/outbound/{second.pk}/give_up", {"reason": "已电话告知"})
    assert sorted(Outgoing.objects.values_list("state", flat=True)) == ["cancelled", "waiting"]
    assert "已电话告知" in client.get(f"/outbound/{second.pk}").content.decode()


def test_an_administrator_does_not_read_the_content(client, here):
    row = queued(destination(here.hospital, at=timezone.now()), "SECRET", timezone.now())
    page = client.get(f"/outbound/{row.pk}").content.decode()
    assert "SECRET" not in page.split("对象", 1)[1].split("内容", 1)[1]
    assert "您的岗位不参与诊疗" in page


def test_the_list_asks_as_much_for_ten_as_for_one(client, here):
    at = timezone.now()
    place = destination(here.hospital, at=at)
    counted = []
    client.get("/outbound/")
    for key in ("a", "bcdefghij"):
        for letter in key:
            queued(place, letter, at)
        with CaptureQueriesContext(connection) as captured:
            client.get("/outbound/")
        counted.append(len(captured))
    assert counted[0] == counted[1]

"""What surrounds every request: a GET cannot write, a look cannot go unrecorded, a refusal has its status."""

from __future__ import annotations

import pytest
from django.test import Client

from yilianti.kernel.models import Heartbeat
from yilianti.kernel.reading import WroteWhileReading
from yilianti.registry.access import api as access
from yilianti.registry.access.models import AccessLog, SecurityEvent
from yilianti.registry.access.tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.security.surroundings")]


@pytest.fixture
def doctor(client):
    county = factories.county()
    client.force_login(factories.staff(county.township, "township_doctor", "zhang"))
    return client


@pytest.mark.parametrize("path", ["/writes", "/writes-while-rendering"])
def test_a_page_that_writes_on_get_fails(doctor, path):
    with pytest.raises(WroteWhileReading):
        doctor.get(path)
    with pytest.raises(WroteWhileReading):
        doctor.head(path)
    doctor.raise_request_exception = False
    assert doctor.get(path).status_code == 500
    assert not Heartbeat.objects.exists()


def test_a_stream_that_writes_breaks_off(doctor):
    with pytest.raises(WroteWhileReading):
        doctor.get("/writes-in-stream").getvalue()
    assert not Heartbeat.objects.exists()


def test_a_post_may_write(doctor):
    assert doctor.post("/acts").status_code == 200
    assert Heartbeat.objects.exists()


def test_a_look_is_written_once_per_request(doctor):
    assert doctor.get("/looks").status_code == 200
    entry = AccessLog.objects.get()
    assert (entry.resident, entry.purpose, entry.path, entry.address) == (7, "接诊", "/looks", "127.0.0.1")
    assert doctor.head("/looks").status_code == 200
    assert AccessLog.objects.count() == 2


def test_a_look_that_cannot_be_written_is_a_failed_page(doctor, monkeypatch):
    def broken(**_):
        raise OSError("no room for the access log")

    monkeypatch.setattr(access, "record_looks", broken)
    doctor.raise_request_exception = False
    response = doctor.get("/looks")
    assert response.status_code == 500 and "居民".encode() not in response.content


def test_a_look_that_led_to_nothing_is_not_a_look(doctor):
    assert doctor.get("/looks-then-missing").status_code == 404
    assert not AccessLog.objects.exists()


def test_a_stream_notes_its_looks_before_it_begins(doctor):
    assert doctor.get("/looks-before-stream").getvalue() == b"ab"
    assert AccessLog.objects.count() == 1
    from yilianti.config.middleware import LookedTooLate

    with pytest.raises(LookedTooLate):
        doctor.get("/looks-in-stream").getvalue()


@pytest.mark.parametrize(("path", "status", "kind"), [("/foreign/41/", 404, "not_found"), ("/not-for-everybody", 403, "refused")])
def test_walking_where_one_may_not_leaves_a_line(doctor, path, status, kind):
    assert doctor.get(path).status_code == status
    event = SecurityEvent.objects.get()
    assert (event.kind, event.succeeded, event.username, event.detail) == (kind, False, "zhang", f"GET {path}")


@pytest.mark.parametrize(("code", "status"), [("wrong_state", 409), ("changed_meanwhile", 409), ("not_permitted", 403), ("missing_paper", 422)])
def test_a_refusal_has_its_status_and_its_sentence(doctor, code, status):
    for answer in (doctor.get(f"/refuses/{code}"), doctor.post(f"/refuses/{code}"), doctor.post(f"/refuses/{code}", headers={"HX-Request": "true"})):
        assert answer.status_code == status
        assert "已由别人办理" in answer.content.decode()


def test_csrf_is_asked_of_every_post(doctor):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = doctor.cookies
    stale = strict.post("/acts")
    assert stale.status_code == 403 and "刷新后重新提交" in stale.content.decode()
    assert strict.post("/login/", {"username": "zhang", "password": factories.PASSWORD}).status_code == 403
    assert not Heartbeat.objects.exists()


def test_signed_out_means_the_login_page_and_back(client):
    assert client.get("/looks?x=1")["Location"] == "/login/?next=/looks%3Fx%3D1"
    assert client.post("/acts")["Location"] == "/login/?next=/"
    fragment = client.get("/looks", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/inbox/"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (401, "/login/?next=/inbox/")

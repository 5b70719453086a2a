"""The auditor's pages, and that nothing on the trails can be changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.sealing import Sealer
from yilianti.registry.access.actions import trails
from yilianti.registry.access.models import AccessLog, SecurityEvent
from yilianti.registry.access.queries import actor_for
from yilianti.registry.access.terms import EventKind
from yilianti.registry.access.tests import factories
from yilianti.registry.residents.models import Resident

pytestmark = [pytest.mark.django_db, pytest.mark.urls("yilianti.registry.access.tests.urls")]


@pytest.fixture
def county() -> factories.County:
    return factories.county()


@pytest.fixture
def resident(county) -> Resident:
    return Resident.objects.create(number="R0000001", name="沈知秋", home=county.township, created_at=factories.THEN)


@pytest.fixture
def auditor(client, county):
    account = factories.staff(county.hospital, "auditor", "auditor")
    client.force_login(account)
    return client


def look(actor: Actor | None, resident: Resident, purpose: str = "接诊", **when) -> None:
    trails.record_looks(actor=actor, looks=[(resident.pk, purpose)], path="/residents/R0000001/", address="127.0.0.1", at=when.get("at") or timezone.now())


def test_looks_are_listed_by_number_never_by_name(auditor, county, resident, at):
    doctor = actor_for(factories.staff(county.township, "township_doctor").pk, at)
    stranger = actor_for(factories.staff(county.other_township, "township_doctor").pk, at)
    look(doctor, resident)
    look(stranger, resident, "好奇")
    page = auditor.get("/access/log/?resident=R0000001").content.decode()
    assert "R0000001" in page and "接诊" in page and doctor.name in page
    assert "沈知秋" not in page, "the auditor sees no resident's name"
    assert "好奇" not in page, "looks made elsewhere belong to the auditor there"
    assert "接诊" not in auditor.get("/access/log/?resident=R9").content.decode()
    later = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert "接诊" not in auditor.get(f"/access/log/?from_on={later}").content.decode()


def test_export_is_csv_without_formulas_and_is_journalled(auditor, county, resident, at):
    doctor = actor_for(factories.staff(county.township, "township_doctor").pk, at)
    look(doctor, resident, "=HYPERLINK(1)")
    response = auditor.post("/access/log/export", {"resident": "R0000001"})
    text = response.content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text and text.startswith("时间,")
    assert JournalEntry.objects.get(word="access.log_exported").facts == {"resident": "R0000001", "rows": 1}
    assert auditor.get("/access/log/export").status_code == 405


def test_journal_page_filters_and_stays_within_reach(auditor, county, at):
    doctor = actor_for(factories.staff(county.township, "township_doctor").pk, at)
    stranger = actor_for(factories.staff(county.other_township, "township_doctor").pk, at)
    for actor, subject in ((doctor, "referral:1"), (doctor, "referral:2"), (stranger, "referral:3")):
        journal.write("referral.submitted", actor=actor, at=at, subject=subject, from_institution=actor.institution)
    page = auditor.get("/audit/").content.decode()
    assert "referral:1" in page and "referral:2" in page and "referral:3" not in page
    page = auditor.get("/audit/?subject=referral:2").content.decode()
    assert "referral:2" in page and ">referral:1<" not in page
    assert ">referral:1<" not in auditor.get("/audit/?word=encounter").content.decode()


def test_verify_says_how_the_chain_stands(auditor, county, at):
    journal.write("referral.submitted", actor=Actor.system(), at=at, subject="referral:1")
    Sealer("sha256").seal(at)
    assert auditor.post("/audit/verify").status_code == 302
    assert "1 条封签逐条核对无误" in auditor.get("/audit/").content.decode()
    assert JournalEntry.objects.filter(word="journal.verified").exists()


@pytest.mark.parametrize("what", ["update", "delete"])
def test_trails_cannot_be_changed(county, resident, at, what):
    look(None, resident)
    trails.record_event(EventKind.LOGIN_FAILED, succeeded=False, at=at, username="x")
    for table in (AccessLog, SecurityEvent):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            table.objects.all().delete() if what == "delete" else table.objects.update(address=None)


def test_door_page_shows_failures(auditor, client):
    client.post("/login/", {"username": "nobody", "password": "x"})
    assert "nobody" in auditor.get("/access/door/").content.decode()
    assert "登录失败" in auditor.get("/access/door/?kind=login_failed").content.decode()

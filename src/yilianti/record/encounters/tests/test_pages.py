"""The page of an encounter: what it shows, to whom, and that looking is noted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yilianti.record.encounters import api as encounters
from yilianti.record.encounters.tests.factories import MACHINE, content, opened, resident
from yilianti.registry.access.models import AccessLog
from yilianti.registry.access.tests import factories as staff_of
from yilianti.registry.consent.models import Consent
from yilianti.registry.residents.api import note_relation

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return staff_of.county()


def consented(who, where, at, purpose="record_sharing"):
    return Consent.objects.create(resident=who, purpose=purpose, basis="signed", institution=where, given_at=at)


def test_detail_shows_the_visit_its_diagnoses_and_what_changed(client, county, at):
    who = resident()
    filed = opened(who, county.hospital, at)
    encounters.transfer(actor=MACHINE, resident_id=who.id, institution_id=county.hospital.id, visit_number="ZY0001", source="hl7v2:8",
                        at=at + timedelta(hours=1), content=content(department="ICU", bed="3", diagnoses=()))
    client.force_login(staff_of.staff(county.hospital, "county_department"))
    page = client.get(f"/encounters/{filed.number}/").content.decode()
    assert "高血压病3级" in page
    assert "<del>心内科</del>" in page
    assert "<ins>ICU</ins>" in page
    assert "接口消息 8" in page
    look = AccessLog.objects.get()
    assert (look.resident, look.purpose) == (who.id, "诊疗需要")


def test_detail_of_another_institution_needs_relation_and_consent(client, county, at):
    who = resident()
    filed = opened(who, county.hospital, at)
    client.force_login(staff_of.staff(county.township, "township_doctor"))
    address = f"/encounters/{filed.number}/"
    assert client.get(address).status_code == 404
    note_relation(who.id, county.township.id, at)
    assert client.get(address).status_code == 404
    given = consented(who, county.township, at)
    assert client.get(address).status_code == 200
    given.withdrawn_at = at + timedelta(minutes=1)
    given.save()
    assert client.get(address).status_code == 404
    consented(who, county.township, at, "referral")
    assert client.get(address).status_code == 200
    assert AccessLog.objects.count() == 2


def test_consent_without_relation_opens_nothing(client, county, at):
    who = resident()
    filed = opened(who, county.hospital, at)
    consented(who, county.hospital, at)
    client.force_login(staff_of.staff(county.other_township, "township_doctor"))
    assert client.get(f"/encounters/{filed.number}/").status_code == 404


def test_detail_asks_for_the_permission(client, county, at):
    filed = opened(resident(), county.hospital, at)
    client.force_login(staff_of.staff(county.hospital, "auditor"))
    assert client.get(f"/encounters/{filed.number}/").status_code == 403
    client.logout()
    assert client.get(f"/encounters/{filed.number}/").status_code == 302


def test_versions_of_a_person_registered_by_mistake_are_not_shown(client, county, at):
    wrong, right = resident("甲"), resident("乙")
    opened(wrong, county.hospital, at, content=content(reason="不该看到的原因"))
    encounters.cancel_open(actor=MACHINE, resident_id=wrong.id, institution_id=county.hospital.id, visit_number="ZY0001", source="x", at=at + timedelta(hours=1))
    filed = opened(right, county.hospital, at + timedelta(hours=2), content=content(reason="胸闷"))
    client.force_login(staff_of.staff(county.hospital, "county_department"))
    page = client.get(f"/encounters/{filed.number}/").content.decode()
    assert "不该看到的原因" not in page
    assert "胸闷" in page


def test_detail_is_of_constant_cost(client, county, at, django_assert_max_num_queries):
    who = resident()
    filed = opened(who, county.hospital, at)
    for minute in range(1, 31):
        encounters.amend(actor=MACHINE, resident_id=who.id, institution_id=county.hospital.id, visit_number="ZY0001", source=f"hl7v2:{minute}",
                         at=at + timedelta(minutes=minute), content=content(bed=str(minute)))
    client.force_login(staff_of.staff(county.hospital, "county_department"))
    with django_assert_max_num_queries(22):
        assert client.get(f"/encounters/{filed.number}/").status_code == 200

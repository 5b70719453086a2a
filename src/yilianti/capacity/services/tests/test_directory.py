"""Keeping the directory, finding in it, and its pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from yilianti.capacity.services import actions, queries
from yilianti.capacity.services.models import HealthcareService
from yilianti.capacity.services.terms import Told
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.access import api as access
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.institutions.models import Department

pytestmark = pytest.mark.django_db
CHEST = Told(name="胸痛门诊", kinds=("outpatient", "inpatient"), symptoms=("胸痛", "胸闷"), diagnosis_prefixes=("I20", "I21"), channels=("chest_pain",))


class World:
    def __init__(self, at: datetime) -> None:
        self.at, self.county = at, staff.county()
        self.office, self.doctor = self.actor(self.county.hospital, "referral_office"), self.actor(self.county.township, "township_doctor")
        self.manager = self.actor(self.county.hospital, "consortium_manager")

    def actor(self, place: Any, role: str) -> Actor:
        made = access.actor_for(staff.staff(place, role).id, self.at)
        assert made is not None
        return made

    def search(self, text: str, **more: Any) -> list[str]:
        found = queries.search(text=text, from_institution=self.county.township.id, day=self.at.date(), scope=self.doctor.scope, **more)
        return [offer.name for offer in found]


def signed_in(place: Any, role: str) -> Client:
    client = Client()
    assert client.post("/login/", {"username": staff.staff(place, role).username, "password": staff.PASSWORD}).status_code == 302
    return client


@pytest.fixture
def world(at: datetime) -> World:
    return World(at)


def test_search_by_symptom_and_diagnosis_in_the_same_number_of_statements(world: World, django_assert_max_num_queries: Any) -> None:
    actions.offer(actor=world.office, institution=world.county.hospital.id, told=CHEST, at=world.at)
    for number in range(12):
        actions.offer(actor=world.office, institution=world.county.hospital.id, told=Told(name=f"门诊{number}", kinds=("outpatient",)), at=world.at)
    with django_assert_max_num_queries(6):
        assert world.search("胸闷") == ["胸痛门诊"]
    assert world.search("I21.0") == ["胸痛门诊"]
    assert world.search("", channel="chest_pain") == ["胸痛门诊"]
    assert world.search("", kind="inpatient") == ["胸痛门诊"]
    assert world.search("骨折") == []


def test_a_stranger_to_the_consortium_is_no_answer_and_an_outside_place_comes_last(world: World) -> None:
    other = world.county.other_hospital
    stranger = world.actor(other, "referral_office")
    actions.offer(actor=stranger, institution=other.id, told=CHEST, at=world.at)
    assert world.search("胸痛") == []
    other.connected = False
    other.save()
    actions.offer(actor=world.office, institution=world.county.hospital.id, told=CHEST, at=world.at)
    found = queries.search(text="胸痛", from_institution=world.county.township.id, day=world.at.date(), scope=world.doctor.scope)
    assert [offer.connected for offer in found] == [True, False]


def test_a_name_stands_once_and_who_comes_second_is_told(world: World) -> None:
    row = actions.offer(actor=world.office, institution=world.county.hospital.id, told=CHEST, at=world.at)
    with pytest.raises(Refused) as refusal:
        actions.offer(actor=world.office, institution=world.county.hospital.id, told=CHEST, at=world.at)
    assert refusal.value.field == "name"
    actions.amend(actor=world.office, service=row.pk, told=CHEST, version=1, at=world.at)
    with pytest.raises(Refused, match="刚被同事修改"):
        actions.amend(actor=world.office, service=row.pk, told=CHEST, version=1, at=world.at)
    with pytest.raises(Refused):
        actions.withdraw(actor=world.doctor, service=row.pk, because="停诊", at=world.at)
    actions.withdraw(actor=world.office, service=row.pk, because="停诊", at=world.at)
    assert world.search("胸痛") == []


def test_a_department_of_another_house_is_refused(world: World) -> None:
    elsewhere = Department.objects.create(institution=world.county.other_hospital, code="X", name="心内科")
    with pytest.raises(Refused) as refusal:
        actions.offer(actor=world.office, institution=world.county.hospital.id, told=Told(name="门诊", kinds=("outpatient",), department=elsewhere.pk), at=world.at)
    assert refusal.value.field == "department"


def test_what_a_place_is_able_to_do_has_a_beginning_and_an_end(world: World) -> None:
    place = world.county.hospital.id
    held = actions.note_capability(actor=world.office, institution=place, kind="technique", code="PCI", name="急诊介入", at=world.at)
    assert queries.can_do(place, world.at.date()) == {"PCI"}
    assert queries.able([place, world.county.township.id], "PCI", world.at.date()) == {place}
    actions.end_capability(actor=world.office, capability=held.pk, at=world.at)
    assert queries.can_do(place, world.at.date()) == frozenset()


def test_travel_is_what_somebody_entered(world: World) -> None:
    actions.offer(actor=world.office, institution=world.county.hospital.id, told=CHEST, at=world.at)
    given = {"from_institution": world.county.township.id, "to_institution": world.county.hospital.id}
    with pytest.raises(Refused):
        actions.note_travel(actor=world.doctor, minutes=35, at=world.at, **given)
    actions.note_travel(actor=world.manager, minutes=35, at=world.at, **given)
    found = queries.search(text="胸痛", from_institution=world.county.township.id, day=world.at.date(), scope=world.doctor.scope)
    assert [offer.minutes for offer in found] == [35]


def test_pages_of_the_directory(world: World) -> None:
    client = signed_in(world.county.hospital, "referral_office")
    address = f"/services/of/{world.county.hospital.id}/offer"
    assert client.get(address).status_code == 200
    assert client.post(address, {"name": "", "kinds": []}).status_code == 422
    told = {"name": "胸痛门诊", "kinds": ["outpatient"], "symptoms": "胸痛、胸闷，心慌", "diagnosis_prefixes": "I20 I21"}
    assert client.post(address, told).status_code == 302
    row = HealthcareService.objects.get()
    assert row.symptoms == ["胸痛", "胸闷", "心慌"] and row.diagnosis_prefixes == ["I20", "I21"]
    for page in (f"/services/{row.pk}/", f"/services/{row.pk}/amend", f"/services/of/{world.county.hospital.id}/"):
        assert "胸痛门诊" in client.get(page).content.decode()
    doctor = signed_in(world.county.township, "township_doctor")
    assert "胸痛门诊" in doctor.get("/services/?text=心慌").content.decode()
    assert "胸痛门诊" in doctor.get("/services/options?text=心慌").content.decode()
    assert "没有找到能接诊的服务" in doctor.get("/services/?text=骨折").content.decode()
    assert doctor.get(address).status_code == 403


def test_straight_distance_where_nobody_entered_the_way(world: World) -> None:
    actions.offer(actor=world.office, institution=world.county.hospital.id, told=CHEST, at=world.at)
    client = signed_in(world.county.township, "township_doctor")
    assert "直线" not in client.get("/services/").content.decode(), "no coordinates, no distance"
    type(world.county.hospital).objects.filter(pk=world.county.hospital.pk).update(latitude="31.000000", longitude="117.000000")
    assert "直线" not in client.get("/services/").content.decode(), "one end alone gives none"
    type(world.county.township).objects.filter(pk=world.county.township.pk).update(latitude="31.100000", longitude="117.000000")
    for address in ("/services/", "/services/options?text=胸痛"):
        assert "直线 11.1 公里" in client.get(address).content.decode()
    actions.note_travel(actor=world.manager, from_institution=world.county.township.id, to_institution=world.county.hospital.id, minutes=25, at=world.at)
    text = client.get("/services/").content.decode()
    assert "25 分钟" in text and "直线" not in text, "what somebody measured comes first"

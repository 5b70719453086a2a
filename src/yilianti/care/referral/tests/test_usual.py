"""What the form knows before the doctor has written: where such patients went, and what is under way already."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> factories.Scene:
    return factories.scene(timezone.now())


def test_a_new_form_starts_where_the_last_one_went(scene: factories.Scene) -> None:
    client, address = signed_in(scene.township), f"/referrals/new?resident={scene.resident.number}"
    chosen = f'<option value="{scene.county.hospital.id}" selected>'
    assert chosen not in client.get(address).content.decode()
    factories.submitted(scene, timezone.now(), to_department=scene.cardiology.id)
    text = client.get(address).content.decode()
    assert chosen in text and f'<option value="{scene.cardiology.id}" selected>' in text


def test_a_diagnosis_brings_its_usual_receiver_unless_one_was_chosen(scene: factories.Scene) -> None:
    client = signed_in(scene.township)
    factories.submitted(scene, timezone.now(), diagnosis_code="I20.000")
    factories.submitted(scene, timezone.now(), diagnosis_code="J44.900", diagnosis_name="慢阻肺", to_institution=scene.county.other_hospital.id)
    other, hospital = scene.county.other_hospital.id, scene.county.hospital.id
    asked = "/referrals/receiver?by=diagnosis&diagnosis_code={}&to_institution={}&reason={}"
    learned = client.get(asked.format("I20.100", other, ""))
    assert learned.status_code == 200 and f'<option value="{hospital}" selected>' in learned.content.decode()
    assert 'value="further_examination" selected' in learned.content.decode()
    assert client.get(asked.format("I20.100", hospital, "")).status_code == 204, "another receiver was chosen by hand"
    assert client.get(asked.format("I20.100", other, "further_examination")).status_code == 204
    assert client.get(asked.format("E11.900", other, "")).status_code == 204, "never sent before"
    assert client.get(asked.format("I20.100", other, "") + "&service=advice").status_code == 204, "a service chosen by hand stays"
    assert client.get(asked.format("I20.100", other, "") + "&service=outpatient").status_code == 200


def test_advice_asked_for_one_patient_is_not_asked_for_the_next(scene: factories.Scene) -> None:
    client, address = signed_in(scene.township), f"/referrals/new?resident={scene.resident.number}"
    factories.submitted(scene, timezone.now(), service="inpatient")
    factories.submitted(scene, timezone.now(), service="advice", to_institution=scene.county.other_hospital.id)
    text = client.get(address).content.decode()
    assert f'<option value="{scene.county.hospital.id}" selected>' in text
    assert '<option value="advice" selected>' not in text and '<option value="inpatient" selected>' not in text


def test_what_is_under_way_is_shown_with_its_way(scene: factories.Scene) -> None:
    made = factories.submitted(scene, timezone.now())
    text = signed_in(scene.township).get(f"/referrals/new?resident={scene.resident.number}").content.decode()
    assert f'href="/referrals/{made.number}/"' in text and "还有在途的转诊" in text


def test_the_way_home_names_its_writer_for_questions(scene: factories.Scene) -> None:
    origin = factories.discharged(scene, timezone.now() - timedelta(days=5))
    text = signed_in(scene.department).get(f"/referrals/{origin.number}/offer_home").content.decode()
    assert f'<option value="{scene.department.person}" selected>' in text
    assert "还有在途的转诊" not in text, "the stay that is ended here is no other referral"

"""A branch centre may be chosen while it receives; the county's is the default."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest

from yilianti.care.diagnosis import actions, centres
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.pages.ordering import OrderForm
from yilianti.care.diagnosis.terms import Order
from yilianti.care.diagnosis.tests import factories
from yilianti.kernel.finding import Refused
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.institutions.models import Centre

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    made = factories.scene(at)
    main = Centre.objects.get(host=made.county.hospital)
    Centre.objects.create(consortium=main.consortium, kind="ecg", host=made.county.township, main=main, from_on=staff.LONG_AGO)
    return made


def ordered(scene: factories.Scene, at: datetime, centre: int | None) -> Exam:
    order = Order(complaint="胸闷", centre=centre)
    return actions.order(actor=scene.doctor, resident=scene.resident.id, institution=scene.county.township.id, order=order, client_key=uuid4(), at=at)


def staffed(scene: factories.Scene) -> None:
    for role in ("centre_reader", "centre_auditor"):
        staff.staff(scene.county.township, role)


def test_a_branch_is_chosen_while_it_receives(scene: factories.Scene, at: datetime) -> None:
    staffed(scene)
    assert ordered(scene, at, None).centre_id == scene.county.hospital.id, "the county's is the default"
    assert ordered(scene, at, scene.county.township.id).centre_id == scene.county.township.id
    for closed in (at.replace(hour=17), at.replace(hour=7, minute=59), at.replace(day=21)):  # the 21st is a Saturday
        with pytest.raises(Refused) as refusal:
            ordered(scene, closed, scene.county.township.id)
        assert refusal.value.field == "centre"
        assert ordered(scene, closed, None).centre_id == scene.county.hospital.id


def test_a_branch_that_nobody_reads_in_is_not_offered(scene: factories.Scene, at: datetime) -> None:
    assert centres.receiving(scene.county.township.id, "ecg", at) == [scene.county.hospital.id]
    with pytest.raises(Refused):
        ordered(scene, at, scene.county.township.id)
    staffed(scene)
    assert centres.receiving(scene.county.township.id, "ecg", at) == [scene.county.hospital.id, scene.county.township.id]
    with pytest.raises(Refused):
        ordered(scene, at, scene.county.other_hospital.id)


def test_the_form_asks_only_where_there_is_a_choice() -> None:
    assert "centre" not in OrderForm(hosts=[(1, "县医院")]).fields
    assert OrderForm(hosts=[(1, "县医院"), (2, "卫生院")])["centre"].field.choices == [(1, "县医院"), (2, "卫生院")]

"""「在我方账上」: who was sent home stays the county's until the first follow-up, with a date, a doctor and a telephone."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from yilianti.care.referral import accounted, actions
from yilianti.care.referral.accounted import Asked
from yilianti.care.referral.models import Referral
from yilianti.care.referral.pages import dialling
from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.kernel.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> factories.Scene:
    return factories.scene(timezone.now() - timedelta(days=60))


def sent_home(scene: factories.Scene, at: datetime, **changes: Any) -> Referral:
    origin = factories.discharged(scene, at - timedelta(days=4), **changes)
    told = replace(factories.home_application(scene, origin), diagnosis_code=origin.diagnosis_code)
    return actions.offer_home(actor=scene.department, number=origin.number, application=told, client_key=uuid4(), at=at)


def standing(scene: factories.Scene, at: datetime, **asked: Any) -> dict[str, str]:
    return {row.number: row.standing for row in accounted.rows(scene.department, Asked(**asked), at)}  # type: ignore[attr-defined]


def test_it_stays_until_the_first_follow_up(scene: factories.Scene) -> None:
    at = timezone.now() - timedelta(days=40)
    home = sent_home(scene, at)
    assert standing(scene, at) == {home.number: "unanswered"}
    actions.accept(actor=scene.township, number=home.number, appointment_at=at + timedelta(days=1), at=at)
    for days, said in ((0, "waiting"), (10, "waiting"), (11, "soon"), (14, "soon"), (15, "overdue"), (40, "overdue")):
        assert standing(scene, at + timedelta(days=days)) == {home.number: said}, days
    assert accounted.counts(scene.department, Asked(), at + timedelta(days=15)) == {"overdue": 1}
    assert actions.lapse_overdue(actor=Actor.system(), at=at + timedelta(days=40)) == 0, "the clock does not take a patient off the account"
    assert standing(scene, at, standing="overdue") == {} and list(standing(scene, at, text="心绞痛", mine=True)) == [home.number]
    assert standing(scene, at, receiver=scene.county.hospital.id) == {} and accounted.rows(scene.township, Asked(), at) == [], "the township has sent nobody home"
    actions.follow_up(actor=scene.township, number=home.number, note="平稳", followed_up_at=at + timedelta(days=2), at=at + timedelta(days=2))
    assert standing(scene, at + timedelta(days=3)) == {}


def test_whom_nobody_has_taken_stands_first_until_sent_anew(scene: factories.Scene) -> None:
    at = timezone.now() - timedelta(days=10)
    waiting = sent_home(scene, at, diagnosis_code="I10.x00")
    home = sent_home(scene, at)
    actions.decline(actor=scene.township, number=home.number, reason="no_bed", note="满床", at=at)
    assert list(standing(scene, at).items()) == [(home.number, "nobody"), (waiting.number, "unanswered")]
    again = actions.offer_home(actor=scene.department, number=home.origin.number, application=factories.home_application(scene, home.origin), client_key=uuid4(), at=at)
    assert standing(scene, at) == {waiting.number: "unanswered", again.number: "unanswered"}


def test_the_page_gives_the_doctor_and_the_telephone(scene: factories.Scene, django_assert_max_num_queries: Any) -> None:
    client = signed_in(scene.department)
    assert "账上没有患者" in client.get("/referrals/account/").content.decode()
    at = timezone.now() - timedelta(days=20)
    for code in ("I10.x00", "I63.900", "J44.900"):
        home = sent_home(scene, at, diagnosis_code=code)
        actions.accept(actor=scene.township, number=home.number, appointment_at=at + timedelta(days=1), at=at)
    type(scene.county.township).objects.filter(pk=scene.county.township.pk).update(phone="0000-7000 003")
    with django_assert_max_num_queries(3):
        now = timezone.now()
        assert len(accounted.rows(scene.department, Asked(), now)) == sum(accounted.counts(scene.department, Asked(), now).values()) == 3
        assert accounted.receivers(scene.department, now) == [(scene.county.township.id, scene.county.township.short_name)]
    page = client.get("/referrals/account/").content.decode()
    assert "逾期 6 天" in page and 'href="tel:' in page and home.number in page
    assert "没有符合条件的患者" in client.get("/referrals/account/?standing=soon&page=0").content.decode()
    book = load_workbook(io.BytesIO(b"".join(client.get("/referrals/account/export.xlsx").streaming_content)))
    assert len(list(book["在我方账上"].rows)) == 4
    shown = signed_in(scene.township).get(f"/referrals/{home.number}/").content.decode()
    assert "有疑问找" in shown and scene.department.name in shown


@pytest.mark.parametrize(("phone", "url"), [("0000-7000 003", "tel:00007000003"), ("+86 138", "tel:+86138"), ("转诊办", ""), ("", ""), ("javascript:1", "tel:1")])
def test_only_what_can_be_dialled_is_a_link(phone: str, url: str) -> None:
    assert dialling.dial(phone) == url

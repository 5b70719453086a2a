"""The estimate beside the form, through the real addresses."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.registry.institutions.models import Consortium, Institution

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> factories.Scene:
    """A county of the demonstration's area."""
    made = factories.scene(timezone.now())
    Consortium.objects.update(region="349921")
    Institution.objects.update(region="349921")
    return made


def shown(client: Client, scene: factories.Scene, **given: object) -> str:
    answered = client.get("/referrals/estimate", {"to_institution": scene.county.hospital.id, **given})
    assert answered.status_code == 200
    return answered.content.decode()


def test_estimate_shows_both_sides_with_their_working_and_source(scene: factories.Scene) -> None:
    text = shown(signed_in(scene.township), scene, amount="2,000")
    assert "755.00" in text and "800.00" in text, "500 yuan, then 80 %; 3 points more with a referral in this county"
    for said in ("经转诊", "未经转诊", "怎样算的", "起付线：500 元", "本地参数", "安徽省城乡居民基本医疗保险待遇", "只是估算"):
        assert said in text


def test_estimate_outside_the_city_costs_more_without_a_referral(scene: factories.Scene) -> None:
    Institution.objects.filter(pk=scene.county.hospital.pk).update(region="341100")
    text = shown(signed_in(scene.township), scene, amount="10000")
    assert "省内其他市" in text and "未经转诊：再降 10 个百分点" in text and "经转诊少付 900.00 元" in text


@pytest.mark.parametrize("amount", ["", "0", "-1", "abc", "1e9", "NaN", "12.345"])
def test_estimate_says_what_an_amount_may_be(scene: factories.Scene, amount: str) -> None:
    assert "请填写大于 0" in shown(signed_in(scene.township), scene, amount=amount)


def test_estimate_is_silent_where_nothing_is_known(scene: factories.Scene) -> None:
    client = signed_in(scene.township)
    assert "选好转入机构后" in client.get("/referrals/estimate").content.decode()
    Consortium.objects.update(region="519921")
    Institution.objects.update(region="519921")
    assert "本地还没有住院起付线和报销比例表" in shown(signed_in(scene.township), scene)


def test_estimate_asks_few_statements(scene: factories.Scene) -> None:
    client = signed_in(scene.township)
    shown(client, scene)
    with CaptureQueriesContext(connection) as asked:
        shown(client, scene)
    assert len([q for q in asked if "institutions_" in q["sql"]]) <= 4


def test_the_form_asks_for_it(scene: factories.Scene) -> None:
    text = signed_in(scene.township).get(f"/referrals/new?resident={scene.resident.number}").content.decode()
    assert 'id="estimate"' in text and 'hx-get="/referrals/estimate"' in text

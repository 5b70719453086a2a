"""Medicines and allergies on the form: taken from the record, decided one by one, kept with the referral."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from yilianti.care.referral.models import Referral
from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_pages import form, signed_in
from yilianti.kernel.actor import Actor
from yilianti.record.prescriptions import api as prescriptions

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> factories.Scene:
    made = factories.scene(timezone.now())
    told = prescriptions.OrderSaid("R1", "active", timezone.now())
    prescriptions.file_prescription(actor=Actor.system(), resident_id=made.resident.id, institution_id=made.county.township.id, encounter_id=None, order=told,
                                    medicine=prescriptions.Medicine("氨氯地平片", dose="5mg", frequency="qd"), source="hl7v2:1", at=timezone.now())  # fmt: skip
    prescriptions.record_allergy(actor=made.township, resident_id=made.resident.id, institution_id=made.county.township.id,
                                 told=prescriptions.Intolerance("drug", "青霉素", severity="severe", reaction="皮疹"), at=timezone.now())  # fmt: skip
    return made


def lists(**changes: Any) -> dict[str, Any]:
    """Both lists as the browser sends them: one line of the record each, one more medicine, a blank one."""
    return {
        "medicines-TOTAL_FORMS": 3, "medicines-INITIAL_FORMS": 1, "allergies-TOTAL_FORMS": 1, "allergies-INITIAL_FORMS": 1,
        "medicines-0-source": "YY1", "medicines-0-name": "氨氯地平片", "medicines-0-was": "5mg qd", "medicines-0-how": "10mg qd", "medicines-0-decision": "changed",
        "medicines-1-name": "阿司匹林肠溶片", "medicines-1-how": "100mg qd", "medicines-2-name": "",
        "allergies-0-source": "GM1", "allergies-0-name": "青霉素", "allergies-0-how": "皮疹", "allergies-0-decision": "doubted", "allergies-0-note": "皮试阴性", **changes,
    }  # fmt: skip


def test_the_record_fills_both_lists(scene: factories.Scene) -> None:
    text = signed_in(scene.township).get(f"/referrals/new?resident={scene.resident.number}").content.decode()
    assert "氨氯地平片" in text and "5mg qd" in text and "青霉素" in text and "严重 皮疹" in text
    other = signed_in(scene.stranger).get(f"/referrals/new?resident={scene.resident.number}")
    assert other.status_code in (403, 404)


def test_what_the_doctor_decided_stands_with_the_referral(scene: factories.Scene) -> None:
    client = signed_in(scene.township)
    assert client.post("/referrals/new", form(scene, **lists())).status_code == 302
    made = Referral.objects.get()
    assert [(m["name"], m["was"], m["how"], m["decision"]) for m in made.medicines] == [
        ("氨氯地平片", "5mg qd", "10mg qd", "changed"), ("阿司匹林肠溶片", "", "100mg qd", "added"),
    ]  # fmt: skip
    assert made.allergies[0]["decision"] == "doubted"
    for address in (f"/referrals/{made.number}/", f"/referrals/{made.number}/print"):
        text = client.get(address).content.decode()
        assert "原：5mg qd" in text and "新加" in text and "存疑" in text and "皮试阴性" in text


def test_lists_left_alone_are_taken_from_the_record(scene: factories.Scene) -> None:
    assert signed_in(scene.township).post("/referrals/new", form(scene)).status_code == 302
    made = Referral.objects.get()
    assert [(m["name"], m["decision"]) for m in made.medicines] == [("氨氯地平片", "kept")]
    assert [(a["name"], a["decision"]) for a in made.allergies] == [("青霉素", "kept")]


def test_changed_without_how_and_a_line_without_name_lose_nothing(scene: factories.Scene) -> None:
    client = signed_in(scene.township)
    again = client.post("/referrals/new", form(scene, **lists(**{"medicines-0-how": "5mg qd", "medicines-1-name": ""})))
    text = again.content.decode()
    assert again.status_code == 422 and not Referral.objects.exists()
    assert "请写明调整后的用法" in text and "请写明名称" in text and "100mg qd" in text and "皮试阴性" in text and "胸闷三天" in text


def test_a_draft_keeps_the_lists_and_gains_what_the_record_learns(scene: factories.Scene) -> None:
    client = signed_in(scene.township)
    client.post("/referrals/new", form(scene, act="draft", **lists()))
    made = Referral.objects.get()
    text = client.get(f"/referrals/{made.number}/edit").content.decode()
    assert "阿司匹林肠溶片" in text and "10mg qd" in text and "皮试阴性" in text


def test_one_more_line_carries_the_new_count(scene: factories.Scene) -> None:
    client = signed_in(scene.township)
    text = client.get("/referrals/line?list=medicines&medicines-TOTAL_FORMS=3").content.decode()
    assert 'name="medicines-3-name"' in text and 'value="4"' in text
    for wrong in ("list=medicines&medicines-TOTAL_FORMS=40", "list=x&x-TOTAL_FORMS=1", "list=medicines"):
        assert client.get(f"/referrals/line?{wrong}").status_code == 422

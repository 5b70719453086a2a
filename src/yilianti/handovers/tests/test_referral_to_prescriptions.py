"""An allergy told on a referral is in the record once, whatever is delivered again or refuted since."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from yilianti.care.referral import actions as referral_actions
from yilianti.care.referral.models import Referral
from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_pages import form, signed_in
from yilianti.handovers import referral_to_prescriptions
from yilianti.kernel.models import JournalEntry
from yilianti.record.prescriptions import actions
from yilianti.record.prescriptions.models import Allergy

pytestmark = pytest.mark.django_db
PENICILLIN = {"source": "", "name": "青霉素", "was": "", "how": "严重 过敏性休克", "decision": "added", "note": "", "kind": "drug"}
NONE = {"source": "", "name": "无已知过敏", "was": "", "how": "", "decision": "added", "note": ""}


def flow() -> None:
    for entry in JournalEntry.objects.filter(word__in=referral_to_prescriptions.WORDS).order_by("id"):
        referral_to_prescriptions.hand_over(entry)


def standing() -> list[tuple[str, str, str, str]]:
    return list(Allergy.objects.filter(standing="open").order_by("id").values_list("kind", "substance", "severity", "reaction"))


def test_what_was_told_is_in_the_record_once_and_says_who_told_it(at: datetime) -> None:
    scene = factories.scene(at)
    made = factories.submitted(scene, at, allergies=(PENICILLIN,))
    flow()
    flow()
    assert standing() == [("drug", "青霉素", "severe", "过敏性休克")]
    row = Allergy.objects.get()
    version = row.versions.get()
    assert row.recorded_by == f"患者口述（转诊单 {made.number}）" and version.source == f"referral:{made.number}"
    assert row.institution_id == made.from_institution_id


def test_what_was_refuted_since_does_not_come_back(at: datetime) -> None:
    scene = factories.scene(at)
    factories.submitted(scene, at, allergies=(PENICILLIN,))
    flow()
    actions.refute(actor=scene.township, number=Allergy.objects.get().number, because="皮试阴性", at=at)
    flow()
    assert standing() == [] and Allergy.objects.count() == 1


@pytest.mark.parametrize(("known", "told", "expected"), [
    ([PENICILLIN], NONE, ["青霉素"]), ([NONE], PENICILLIN, ["青霉素"]), ([NONE], NONE, [""]), ([PENICILLIN], {**PENICILLIN, "kind": "other", "how": "轻微"}, ["青霉素"]),
])  # fmt: skip
def test_what_stands_is_not_contradicted(at: datetime, known: list[dict[str, str]], told: dict[str, str], expected: list[str]) -> None:
    scene = factories.scene(at)
    first = factories.submitted(scene, at, allergies=tuple(known))
    flow()
    referral_actions.withdraw(actor=scene.township, number=first.number, because="改天再转", at=at)
    factories.submitted(scene, at, allergies=(told,))
    flow()
    assert [substance for _, substance, *_ in standing()] == expected


def test_the_next_form_shows_it_and_the_print_warns(at: datetime) -> None:
    scene = factories.scene(at)
    client = signed_in(scene.township)
    lines: dict[str, Any] = {"medicines-TOTAL_FORMS": 0, "medicines-INITIAL_FORMS": 0, "allergies-TOTAL_FORMS": 1, "allergies-INITIAL_FORMS": 0,
                             "allergies-0-name": "磺胺", "allergies-0-how": "皮疹", "allergies-0-kind": "drug"}  # fmt: skip
    assert client.post("/referrals/new", form(scene, **lines)).status_code == 302
    made = Referral.objects.get()
    printed = client.get(f"/referrals/{made.number}/print").content.decode()
    assert "过敏：磺胺" in printed and "未记录过敏史" not in printed
    flow()
    again = client.get(f"/referrals/new?resident={scene.resident.number}").content.decode()
    assert again.count("<b>磺胺</b>") == 1
    Referral.objects.update(allergies=[NONE])
    calm = client.get(f"/referrals/{made.number}/print").content.decode()
    assert '<span class="banner-calm">无已知过敏</span>' in calm and "未记录过敏史" not in calm

"""Who could be at home: the list, what the record and a doctor say, and the way home that begins there."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from yilianti.capacity.schedules import api as schedules
from yilianti.capacity.services import api as services
from yilianti.care.referral import actions, housed
from yilianti.care.referral.models import Judgement, Referral
from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.record.encounters import api as encounters
from yilianti.record.encounters.api import Diagnosis
from yilianti.record.encounters.tests import factories as records
from yilianti.record.results.api import GivenObservation
from yilianti.record.results.tests import factories as reports
from yilianti.registry.residents.models import Resident

pytestmark = pytest.mark.django_db
STABLE = ("hypertension.diagnosis_clear", "hypertension.plan_feasible", "hypertension.condition_stable", "hypertension.complications_stable")


@pytest.fixture
def scene() -> factories.Scene:
    return factories.scene(timezone.now())


def lying(scene: factories.Scene, name: str = "桑小满", *, days: int = 6, code: str = "I10.x05", sbp: str = "", home: Any = None, number: int = 1) -> str:
    """Somebody of the township in a county bed; the number of the encounter."""
    now = timezone.now()
    who = Resident.objects.create(number=f"JMR{number:07d}", name=name, sex="1", home=home or scene.county.township, created_at=now)
    told = records.content(doctor=scene.department.name, diagnoses=(Diagnosis("高血压3级", code, "ICD-10", "admitting"),))
    stay = records.opened(who, scene.county.hospital, now - timedelta(days=days - 1), f"ZY{number:05d}", content=told)
    if sbp:
        reports.filed(who, scene.county.hospital, now - timedelta(hours=5), f"V{number:05d}", observations=(GivenObservation("收缩压", sbp, "SBP", "LOCAL", "mmHg", "", ""),))
    return stay.number


def line(scene: factories.Scene, stay: str) -> housed.Line:
    found = housed.one(scene.department, stay, timezone.now())
    assert found is not None
    return found


def judged(scene: factories.Scene, stay: str, signs: tuple[str, ...] = STABLE) -> None:
    actions.judge(actor=scene.department, stay=stay, signs=signs, at=timezone.now())


@pytest.mark.parametrize(("sbp", "readiness", "against"), [("179", "ready", 0), ("180", "not_yet", 1), ("", "ready", 0)])
def test_a_value_that_would_send_them_back_keeps_them(scene: factories.Scene, sbp: str, readiness: str, against: int) -> None:
    stay = lying(scene, sbp=sbp)
    judged(scene, stay)
    found = line(scene, stay)
    assert (found.review.readiness, len(found.review.against)) == (readiness, against)
    shown = {value.fact: value.value for value in found.values}
    assert shown["spo2"] is None, "not measured"
    assert (shown["sbp"] is None) == (sbp == "")


@pytest.mark.parametrize(("days", "signs", "readiness"), [(6, STABLE, "ready"), (6, STABLE[:2], "nearly"), (6, STABLE[:3], "ready"), (6, (), "nearly"), (2, STABLE, "not_yet"), (3, STABLE, "ready")])
def test_ready_is_every_needed_condition_and_enough_days(scene: factories.Scene, days: int, signs: tuple[str, ...], readiness: str) -> None:
    stay = lying(scene, days=days)
    judged(scene, stay, signs)
    assert line(scene, stay).review.readiness == readiness


def test_the_newest_judgement_stands_and_both_are_kept(scene: factories.Scene) -> None:
    stay = lying(scene)
    judged(scene, stay)
    judged(scene, stay, STABLE[:1])
    assert line(scene, stay).judged.signs == [STABLE[0]]
    assert Judgement.objects.filter(stay=stay).count() == JournalEntry.objects.filter(word="referral.home_judged", subject=f"encounters:{stay}").count() == 2
    with pytest.raises(Refused, match="重新勾选"):
        judged(scene, stay, ("stroke.past_danger",))
    encounters.close(actor=records.MACHINE, resident_id=Resident.objects.get(name="桑小满").id, institution_id=scene.county.hospital.id, visit_number="ZY00001", closed_at=timezone.now(), at=timezone.now(), content=records.content(), source="t")
    with pytest.raises(Refused, match="已不在院"):
        judged(scene, stay)


def test_who_lives_elsewhere_is_not_listed_and_a_stranger_sees_nobody(scene: factories.Scene) -> None:
    lying(scene, "外县人", home=scene.county.other_hospital)
    here = lying(scene, number=2)
    told = housed.lines(scene.department, scene.department.reaches("referral.offer_home"), timezone.now())
    assert [one.bed.key for one in told] == [here]
    assert housed.one(scene.stranger, here, timezone.now()) is None
    assert signed_in(scene.stranger).post(f"/referrals/ready/{here}/judge", {}).status_code == 404


def test_the_best_place_is_able_has_a_bed_and_is_ones_own(scene: factories.Scene) -> None:
    stay, now = lying(scene, code="I63.900"), timezone.now()
    [only] = [one for one in line(scene, stay).proposals if one.is_own]
    assert (only.lacks, only.home.free, only.home.minutes) == (("康复训练",), None, None)
    services.note_capability(actor=scene.township, institution=scene.county.township.id, kind="technique", code="REHAB", name="康复训练", at=now)
    schedules.count_beds(actor=scene.township, institution=scene.county.township.id, department=None, total=8, occupied=5, at=now)
    services.note_travel(actor=records.MACHINE, from_institution=scene.county.township.id, to_institution=scene.county.hospital.id, minutes=25, km=None, at=now)
    best = line(scene, stay).proposals[0]
    assert (best.is_own, best.lacks, best.home.free, best.home.is_stale, best.home.minutes) == (True, (), 3, False, 25)


@pytest.mark.parametrize("count", [5, 50])
def test_the_list_costs_the_same_however_long(scene: factories.Scene, count: int, django_assert_max_num_queries: Any) -> None:
    for number in range(1, count + 1):
        lying(scene, f"居民{number}", number=number, sbp="150")
    with django_assert_max_num_queries(18):
        told = housed.lines(scene.department, scene.department.reaches("referral.offer_home"), timezone.now())
    assert len(told) == count


def test_who_came_by_referral_goes_home_before_the_discharge(scene: factories.Scene) -> None:
    now = timezone.now()
    made = factories.accepted(scene, now - timedelta(days=5))
    actions.arrive(actor=scene.office, number=made.number, arrived_at=now - timedelta(days=4), at=now - timedelta(days=4))
    assert line(scene, made.number).bed.referral == made
    home = actions.offer_home(actor=scene.department, number=made.number, application=factories.home_application(scene, made), client_key=uuid4(), at=now)
    made.refresh_from_db()
    assert (made.state, home.goes_home, home.origin_id) == ("arrived", True, made.pk)
    with pytest.raises(Refused, match="在途的下转单"):
        actions.offer_home(actor=scene.department, number=made.number, application=factories.home_application(scene, made), client_key=uuid4(), at=now)
    with pytest.raises(Refused, match="先撤回下转单"):
        actions.undo_arrival(actor=scene.office, number=made.number, because="登记错了", at=now)
    assert line(scene, made.number).way_home == home.number and not line(scene, made.number).is_open
    actions.accept(actor=scene.township, number=home.number, appointment_at=now + timedelta(hours=2), at=now)
    actions.follow_up(actor=scene.township, number=home.number, note="平稳", followed_up_at=now, at=now)
    actions.discharge(actor=scene.department, number=made.number, discharged_at=now, at=now + timedelta(hours=1))
    made.refresh_from_db()
    assert made.state == "concluded" and made.followed_up_at == now, "the discharge was told last"


def test_who_came_without_one_goes_home_too(scene: factories.Scene) -> None:
    now, stay = timezone.now(), lying(scene)
    client = signed_in(scene.department)
    page = client.get(f"/referrals/ready/{stay}/bring_home?to={scene.county.township.id}").content.decode()
    assert "发出下转单" in page and "高血压3级" in page and f'<option value="{scene.county.township.id}" selected>' in page
    form = factories.home_application(scene, Referral(from_institution=scene.county.township)).__dict__ | {
        "resident": "", "client_key": uuid4(), "consent_basis": "signed", "diagnosis_code_words": "高血压", "to_department": "", "act": "submit",
    }  # fmt: skip
    sent = client.post(f"/referrals/ready/{stay}/bring_home", {k: v for k, v in form.items() if v is not None})
    home = Referral.objects.get()
    assert sent.status_code == 302 and (home.goes_home, home.stay, home.origin_id, home.state) == (True, stay, None, "submitted")
    with pytest.raises(Refused, match="在途的下转单"):
        actions.bring_home(actor=scene.department, encounter=stay, application=factories.home_application(scene, Referral(from_institution=scene.county.township)), client_key=uuid4(), at=now)
    assert "已发下转单" in client.get("/referrals/ready/").content.decode()
    actions.accept(actor=scene.township, number=home.number, appointment_at=now + timedelta(hours=2), at=now)
    actions.attach_summary(actor=records.MACHINE, encounter=stay, document="WS1", kind="discharge_summary", at=now)
    home.refresh_from_db()
    assert home.follow_up_due_on == timezone.localdate(now) + timedelta(days=14) and home.discharge_document == "WS1"
    shown = signed_in(scene.township).get(f"/referrals/{home.number}/").content.decode()
    assert stay in shown and "确认首次随访" in shown and scene.department.name in shown
    actions.follow_up(actor=scene.township, number=home.number, note="平稳", followed_up_at=now, at=now)
    home.refresh_from_db()
    assert home.state == "concluded"


def test_the_page_narrows_judges_and_exports(scene: factories.Scene) -> None:
    client: Client = signed_in(scene.department)
    assert "没有可核对的住院患者" in client.get("/referrals/ready/").content.decode()
    stay = lying(scene, sbp="182")
    lying(scene, "竹有信", number=2, code="I63.900")
    page = client.get("/referrals/ready/").content.decode()
    assert "桑小满" in page and "收缩压 182（≥180）" in page and "未查到" in page and "竹有信" in page
    assert "竹有信" not in client.get("/referrals/ready/?shown=not_yet").content.decode()
    assert "桑小满" not in client.get("/referrals/ready/?text=竹有信").content.decode()
    assert "没有符合条件的患者" in client.get("/referrals/ready/?department=骨科").content.decode()
    assert "桑小满" in client.get("/referrals/ready/?mine=1&department=心内科").content.decode()
    row = client.post(f"/referrals/ready/{stay}/judge", {"sign": list(STABLE)}, headers={"HX-Request": "true"}).content.decode()
    assert row.startswith(f'<tr id="stay-{stay}"') and f"{scene.department.name} " in row and row.count(" checked") == 4
    book = load_workbook(io.BytesIO(b"".join(client.get("/referrals/ready/export.xlsx?text=桑").streaming_content)))
    rows = [[cell.value for cell in one] for one in book["在院患者"]]
    assert len(rows) == 2 and rows[1][3] == "桑小满" and rows[1][11] == "暂不宜"

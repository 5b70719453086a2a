"""What stands with a referral of what the patient was told, on its page and by its buttons."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yilianti.care.referral import actions
from yilianti.care.referral.actions import hearing
from yilianti.care.referral.models import Referral
from yilianti.care.referral.notices import PatientNotice
from yilianti.care.referral.tests import factories
from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.models import AccessLog

pytestmark = pytest.mark.django_db
AJAX = {"HX-Request": "true"}


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at)


def noticed(made: Referral, at: datetime, **changes: Any) -> PatientNotice:
    given: dict[str, Any] = {"referral": made, "entry": 1 + PatientNotice.objects.count(), "step": "submitted", "text": "您好，已为您申请转往县医院。",
                             "phone": "", "barred": "no_phone", "made_at": at, "not_before": at}  # fmt: skip
    return PatientNotice.objects.create(**(given | changes))


def test_told_in_person_stands_with_who_and_when(scene: factories.Scene, at: datetime) -> None:
    made = factories.submitted(scene, at)
    notice = noticed(made, at)
    client = signed_in(scene.township)
    page = client.get(f"/referrals/{made.number}/").content.decode()
    assert "患者没有手机号：请当面或打电话告知" in page and "当面已告知" in page and "重发短信" in page
    done = client.post(f"/referrals/{made.number}/notices/{notice.pk}/tell_in_person", headers=AJAX)
    text = done.content.decode()
    assert done.status_code == 200 and f"{scene.township.name}于" in text and "当面已告知</button>" not in text
    assert JournalEntry.objects.get(word="referral.told_in_person").facts["notice"] == notice.pk
    again = client.post(f"/referrals/{made.number}/notices/{notice.pk}/tell_in_person", headers=AJAX)
    assert again.status_code == 422 and "当面告知" in again.content.decode()
    assert JournalEntry.objects.filter(word="referral.told_in_person").count() == 1


def test_both_ends_see_it_and_strangers_nothing(scene: factories.Scene, at: datetime) -> None:
    made = factories.submitted(scene, at)
    notice = noticed(made, at, phone="138****0001", barred="", sent_at=at)
    for actor in (scene.township, scene.office, scene.department):
        text = signed_in(actor).get(f"/referrals/{made.number}/").content.decode()
        assert "已告知患者" in text and "短信已发出" in text and "138****0001" in text
    stranger = signed_in(scene.stranger)
    assert stranger.post(f"/referrals/{made.number}/notices/{notice.pk}/tell_in_person").status_code == 404
    with pytest.raises(Refused) as refusal:
        actions.tell_in_person(actor=scene.stranger, number=made.number, notice=notice.pk, at=at)
    assert refusal.value.code == "unknown_referral"
    manager = factories.actor(scene.county.hospital, "consortium_manager", at)
    with pytest.raises(Refused) as refusal:
        actions.resend_notice(actor=manager, number=made.number, notice=notice.pk, at=at)
    assert refusal.value.code == "not_permitted"


def test_a_notice_belongs_to_its_referral(scene: factories.Scene, at: datetime) -> None:
    made = factories.submitted(scene, at)
    other = factories.submitted(scene, at, diagnosis_code="I10.x00", diagnosis_name="高血压病")
    notice = noticed(other, at)
    with pytest.raises(Refused, match="没有这条告知"):
        actions.tell_in_person(actor=scene.township, number=made.number, notice=notice.pk, at=at)


def test_only_the_latest_is_sent_again_and_only_when_it_is_through(scene: factories.Scene, at: datetime) -> None:
    scene.resident.phone = "13800000001"
    scene.resident.save()
    made = factories.submitted(scene, at)
    earlier = noticed(made, at, phone="138****0001", barred="", sent_at=at)
    latest = noticed(made, at, phone="138****0001", barred="")
    with pytest.raises(Refused, match="还在发送"):
        actions.resend_notice(actor=scene.township, number=made.number, notice=latest.pk, at=at)
    with pytest.raises(Refused, match="后面已有新的告知"):
        actions.resend_notice(actor=scene.township, number=made.number, notice=earlier.pk, at=at)
    PatientNotice.objects.filter(pk=latest.pk).update(failed_at=at, failed_because="网关未能发出")
    sent = actions.resend_notice(actor=scene.township, number=made.number, notice=latest.pk, at=at + timedelta(minutes=1))
    assert sent.is_pending and sent.attempt == 2
    assert JournalEntry.objects.get(word="referral.notice_resent").facts["attempt"] == 2


@pytest.mark.parametrize(("about", "heard"), [("inbox_call:1", False), ("referral_notice:999999:1", False), ("referral_notice:{pk}:2", False), ("referral_notice:{pk}:1", True)])
def test_only_what_was_asked_for_is_heard(scene: factories.Scene, at: datetime, about: str, heard: bool) -> None:
    notice = noticed(factories.submitted(scene, at), at, phone="138****0001", barred="")
    hearing.hear_of_text(actor=Actor.system(), about=about.format(pk=notice.pk), outcome="sent", said="", at=at)
    notice.refresh_from_db()
    assert (notice.sent_at is not None) is heard


def test_a_failure_after_the_patient_was_told_alarms_nobody(scene: factories.Scene, at: datetime) -> None:
    made = factories.submitted(scene, at)
    notice = noticed(made, at, phone="138****0001", barred="")
    actions.tell_in_person(actor=scene.township, number=made.number, notice=notice.pk, at=at)
    hearing.hear_of_text(actor=Actor.system(), about=f"referral_notice:{notice.pk}:1", outcome="failed", said="网关未能发出", at=at)
    assert not JournalEntry.objects.filter(word="referral.patient_untold").exists()


@pytest.mark.parametrize(
    "wrong", [{"barred": ""}, {"failed_at": timezone.now()}, {"told_at": timezone.now()}, {"sent_at": timezone.now(), "failed_at": timezone.now(), "failed_because": "x"}]
)
def test_the_table_refuses_what_cannot_be(scene: factories.Scene, at: datetime, wrong: dict[str, Any]) -> None:
    made = factories.submitted(scene, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        noticed(made, at, **wrong)


def test_one_notice_per_entry(scene: factories.Scene, at: datetime) -> None:
    made = factories.submitted(scene, at)
    noticed(made, at, entry=77)
    with pytest.raises(IntegrityError), transaction.atomic():
        noticed(made, at, entry=77)


def test_the_page_asks_one_more_question_however_much_was_told(scene: factories.Scene, at: datetime) -> None:
    made = factories.submitted(scene, at)
    client = signed_in(scene.township)

    def asked() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/referrals/{made.number}/").status_code == 200
        return sum("referral_patientnotice" in (query["sql"] or "") for query in captured), len(captured)

    asked()
    bare = asked()
    for _ in range(12):
        noticed(made, at, told_at=at, told_by_id=scene.township.person)
    assert asked() == bare and bare[0] == 1


def test_the_section_looks_again_while_a_message_is_under_way(scene: factories.Scene, at: datetime) -> None:
    made = factories.submitted(scene, at - timedelta(minutes=5))
    client = signed_in(scene.township)
    address = f"/referrals/{made.number}/told"

    def looks_again() -> bool:
        said = client.get(address).content.decode()
        return f'hx-get="{address}"' in said

    assert not looks_again()
    notice = noticed(made, at, phone="138****0001", barred="")
    assert looks_again()
    PatientNotice.objects.filter(pk=notice.pk).update(not_before=at + timedelta(hours=9))
    assert not looks_again() and "夜里不打扰" in client.get(address).content.decode()
    PatientNotice.objects.filter(pk=notice.pk).update(not_before=at, sent_at=at)
    assert not looks_again()
    factories.submitted(scene, at, diagnosis_code="I10.x00", diagnosis_name="高血压病")
    assert signed_in(scene.stranger).get(address).status_code == 404


def test_resident_page_keeps_the_wish(scene: factories.Scene, at: datetime) -> None:
    client = signed_in(scene.township)
    assert client.post(f"/residents/{scene.resident.number}/choose_texts", {"refused": "yes"}).status_code in (302, 303)
    page = client.get(f"/residents/{scene.resident.number}/").content.decode()
    assert "起不收短信" in page and "改为可以发短信" in page
    client.post(f"/residents/{scene.resident.number}/choose_texts", {"refused": "yes"})
    assert JournalEntry.objects.filter(word="residents.texts_refused").count() == 1
    client.post(f"/residents/{scene.resident.number}/choose_texts", {"refused": "no"})
    scene.resident.refresh_from_db()
    assert scene.resident.texts_refused_at is None and JournalEntry.objects.filter(word="residents.texts_wanted").count() == 1
    assert AccessLog.objects.exists()

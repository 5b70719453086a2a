"""The whole way of what a patient is told: referral → journal → outbox → gateway, and what became of it back to the referral."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from yilianti.care.referral import actions
from yilianti.care.referral import api as referral
from yilianti.care.referral.notices import PatientNotice
from yilianti.care.referral.rules import telling
from yilianti.care.referral.tests import factories
from yilianti.gateways.messaging.tests.gateways import listening
from yilianti.gateways.outbound import actions as outbound_actions
from yilianti.gateways.outbound import sending
from yilianti.gateways.outbound.models import Destination, Outgoing
from yilianti.handovers import carriers, messaging_to_referral, referral_to_inbox, referral_to_messaging
from yilianti.handovers.timed import unreached_patients
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.policybook.calendar import CHINA
from yilianti.registry.inbox.models import Item
from yilianti.registry.residents import actions as resident_actions
from yilianti.registry.residents.models import Resident

pytestmark = pytest.mark.django_db
PHONE = "13800000001"
NOON = datetime(2026, 11, 25, 12, tzinfo=CHINA)
NIGHT = datetime(2026, 11, 25, 23, tzinfo=CHINA)


class River:
    """The two arrows over the journal, by a clock of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOON
        monkeypatch.setattr(referral_to_messaging, "timezone", SimpleNamespace(now=lambda: self.now))

    def flow(self, at: datetime | None = None) -> None:
        self.now = at or self.now
        for arrow in (referral_to_messaging, messaging_to_referral) * 2:
            for entry in JournalEntry.objects.filter(word__in=arrow.WORDS).order_by("id"):
                arrow.hand_over(entry)


@pytest.fixture
def river(monkeypatch: pytest.MonkeyPatch) -> River:
    return River(monkeypatch)


@pytest.fixture
def scene() -> factories.Scene:
    made = factories.scene(NOON)
    Resident.objects.filter(pk=made.resident.pk).update(phone="")
    made.resident.phone = PHONE
    made.resident.save()
    return made


@pytest.fixture
def gateway(scene: factories.Scene) -> Iterator[Any]:
    with listening() as found:
        Destination.objects.create(institution=scene.county.hospital, channel="sms", name="短信", host="127.0.0.1", port=found.port, wants=["notice"], changed_at=NOON)
        yield found


def send_all(at: datetime) -> None:
    while sending.send_next(carriers.CARRIERS, at):
        pass


def last() -> PatientNotice:
    return PatientNotice.objects.latest("id")


def test_the_arrow_hears_exactly_the_words_that_speak() -> None:
    assert set(referral_to_messaging.WORDS) == {*telling.STEPS, "referral.notice_resent"}


def test_each_step_reaches_the_patient_once_and_names_no_illness(scene: factories.Scene, river: River, gateway: Any) -> None:
    made = factories.submitted(scene, NOON)
    river.flow()
    actions.accept(actor=scene.office, number=made.number, department=scene.cardiology.id, appointment_at=NOON + timedelta(days=1), at=NOON)
    river.flow()
    river.flow()
    send_all(NOON)
    river.flow()
    texts = [message["text"] for message in gateway.taken]
    assert len(texts) == 2 and {message["to"] for message in gateway.taken} == {PHONE}
    assert "已为您申请转往" in texts[0] and "11月26日（周四）下午12:00" in texts[1] and "心内科" in texts[1]
    for text in texts:
        assert made.number in text and not any(word in text for word in ("心绞痛", "苏禾", "胸闷", "I20"))
    assert [notice.sent_at is not None for notice in PatientNotice.objects.order_by("id")] == [True, True]
    assert last().phone == "138****0001"
    assert not JournalEntry.objects.filter(facts__icontains=PHONE).exists()


def test_the_night_waits_for_the_morning_and_an_emergency_does_not(scene: factories.Scene, river: River, gateway: Any) -> None:
    factories.submitted(scene, NIGHT, urgency="elective")
    river.flow(NIGHT)
    send_all(NIGHT + timedelta(minutes=1))
    assert gateway.taken == [] and last().not_before == datetime(2026, 11, 26, 8, tzinfo=CHINA)
    factories.submitted(scene, NIGHT, urgency="emergency", channel="chest_pain", diagnosis_code="I21.900", diagnosis_name="急性心肌梗死")
    river.flow(NIGHT)
    send_all(NIGHT + timedelta(minutes=1))
    assert len(gateway.taken) == 1
    send_all(datetime(2026, 11, 26, 8, 0, 1, tzinfo=CHINA))
    assert len(gateway.taken) == 2


def test_what_was_overtaken_before_the_river_came_is_not_said(scene: factories.Scene, river: River, gateway: Any) -> None:
    made = factories.accepted(scene, NOON)
    actions.withdraw(actor=scene.township, number=made.number, because="不去了", at=NOON)
    river.flow()
    assert [notice.step for notice in PatientNotice.objects.all()] == ["withdrawn"]


def test_the_dead_are_sent_nothing(scene: factories.Scene, river: River, gateway: Any) -> None:
    Resident.objects.filter(pk=scene.resident.pk).update(died_at=NOON)
    factories.submitted(scene, NOON)
    river.flow()
    assert not PatientNotice.objects.exists() and not Outgoing.objects.exists()


def test_a_draft_thrown_away_is_nothing_to_the_patient(scene: factories.Scene, river: River) -> None:
    drafted = actions.draft(actor=scene.township, resident=scene.resident.pk, application=factories.application(scene), client_key=uuid4(), at=NOON)
    actions.withdraw(actor=scene.township, number=drafted.number, because="写错了", at=NOON)
    river.flow()
    assert not PatientNotice.objects.exists()


def test_a_refusing_gateway_is_told_to_the_sender_and_sent_again(scene: factories.Scene, river: River, gateway: Any) -> None:
    gateway.status = 403
    made = factories.submitted(scene, NOON)
    river.flow()
    send_all(NOON)
    river.flow()
    notice = last()
    assert notice.failed_at and notice.failed_because == "网关未能发出"
    untold = JournalEntry.objects.get(word="referral.patient_untold")
    referral_to_inbox.hand_over(untold)
    assert [(item.person_id, item.title) for item in Item.objects.filter(key__startswith=f"{untold.id}:")] == [
        (scene.township.person, f"转诊单 {made.number}：短信没能告知患者，请当面或打电话告知")
    ]
    gateway.status = 200
    actions.resend_notice(actor=scene.office, number=made.number, notice=notice.pk, at=NOON)
    river.flow()
    send_all(timezone.now())
    river.flow()
    notice.refresh_from_db()
    assert notice.sent_at and notice.failed_at is None and notice.attempt == 2
    assert len(gateway.taken) == 2 and gateway.taken[0]["id"] != gateway.taken[1]["id"]
    outbound_actions.replay(actor=Actor.system(), message=Outgoing.objects.get(state="parked").pk, at=NOON)
    send_all(timezone.now())
    river.flow()
    notice.refresh_from_db()
    assert notice.attempt == 2 and notice.sent_at, "what becomes of an earlier attempt no longer matters"


def test_a_message_replayed_by_the_administrator_mends_the_notice(scene: factories.Scene, river: River, gateway: Any) -> None:
    gateway.status = 403
    factories.submitted(scene, NOON)
    river.flow()
    send_all(NOON)
    river.flow()
    gateway.status = 200
    outbound_actions.replay(actor=Actor.system(), message=Outgoing.objects.get().pk, at=NOON)
    send_all(timezone.now() + timedelta(seconds=1))
    for entry in JournalEntry.objects.filter(word="outbound.acknowledged"):
        messaging_to_referral.hand_over(entry)
    assert last().sent_at and last().failed_at is None


def test_a_message_that_does_not_get_away_is_told_to_the_sender_once(scene: factories.Scene, river: River, gateway: Any) -> None:
    made = factories.submitted(scene, NOON)
    river.flow()
    assert unreached_patients.tick(NOON + timedelta(minutes=29)) == 0
    assert [unreached_patients.tick(NOON + timedelta(minutes=minutes)) for minutes in (31, 32)] == [1, 0]
    assert JournalEntry.objects.get(word="referral.patient_untold").facts["number"] == made.number
    Destination.objects.update(active=False)
    messaging_to_referral.referral.hear_of_text(actor=Actor.system(), about=f"referral_notice:{last().pk}:1", outcome="failed", said="网关未能发出", at=NOON)
    assert JournalEntry.objects.filter(word="referral.patient_untold").count() == 1, "it was said already"


def test_who_waits_for_the_morning_is_not_late(scene: factories.Scene, river: River, gateway: Any) -> None:
    factories.submitted(scene, NIGHT, urgency="elective")
    river.flow(NIGHT)
    assert unreached_patients.tick(NIGHT + timedelta(hours=8)) == 0
    assert unreached_patients.tick(NIGHT + timedelta(hours=10)) == 1


def test_a_time_that_has_passed_is_not_sent_again(scene: factories.Scene, river: River, gateway: Any) -> None:
    made = factories.accepted(scene, NOON)
    river.flow()
    PatientNotice.objects.update(failed_at=NOON, failed_because="网关未能发出")
    with pytest.raises(Refused, match="约定的时间已过"):
        actions.resend_notice(actor=scene.township, number=made.number, notice=last().pk, at=NOON + timedelta(hours=4))
    assert actions.resend_notice(actor=scene.township, number=made.number, notice=last().pk, at=NOON + timedelta(hours=2)).attempt == 2


def test_without_a_gateway_the_page_says_so_and_no_inbox_is_filled(scene: factories.Scene, river: River) -> None:
    factories.submitted(scene, NOON)
    river.flow()
    assert last().barred == "no_gateway" and not JournalEntry.objects.filter(word="referral.patient_untold").exists()


def test_who_has_no_telephone_or_wants_no_messages_is_told_in_person(scene: factories.Scene, river: River, gateway: Any) -> None:
    resident_actions.choose_texts(actor=scene.township, resident_id=scene.resident.pk, refused=True, at=NOON)
    made = factories.submitted(scene, NOON)
    river.flow()
    assert (last().barred, last().phone, Outgoing.objects.count()) == ("refused", "", 0)
    with pytest.raises(Refused, match="不收短信"):
        actions.resend_notice(actor=scene.township, number=made.number, notice=last().pk, at=NOON)
    resident_actions.choose_texts(actor=scene.township, resident_id=scene.resident.pk, refused=False, at=NOON)
    actions.resend_notice(actor=scene.township, number=made.number, notice=last().pk, at=NOON)
    river.flow()
    assert Outgoing.objects.count() == 1 and last().phone == "138****0001"


def test_a_time_changed_by_the_hospital_s_system_reaches_who_has_no_telephone(scene: factories.Scene, river: River) -> None:
    Resident.objects.filter(pk=scene.resident.pk).update(phone="0899-2210017")
    made = factories.accepted(scene, NOON)
    referral.note_appointment(actor=Actor.system(institution=scene.county.hospital.pk), appointment="A1", placer=made.number, resident=scene.resident.pk,
                              institution=scene.county.hospital.pk, starts_at=NOON + timedelta(days=2), place="门诊楼二楼", booked=True, at=NOON)  # fmt: skip
    river.flow()
    river.flow()
    assert last().barred == "no_phone" and "11月27日（周五）下午12:00" in last().text and "门诊楼二楼" in last().text
    assert JournalEntry.objects.filter(word="referral.patient_untold").count() == 1, "nobody else tells the sender of it"


def test_a_way_home_speaks_of_home(scene: factories.Scene, river: River) -> None:
    origin = factories.discharged(scene, NOON)
    home = actions.offer_home(actor=scene.department, number=origin.number, application=factories.home_application(scene, origin), client_key=uuid4(),
                              consent_basis="signed", at=NOON + timedelta(days=4))  # fmt: skip
    river.flow(NOON + timedelta(days=4))
    actions.accept(actor=scene.township, number=home.number, appointment_at=NOON + timedelta(days=6), at=NOON + timedelta(days=4))
    river.flow()
    assert [notice.step for notice in PatientNotice.objects.filter(referral=home).order_by("id")] == ["offered_home", "coming_home"]


def test_a_merged_resident_s_telephone_is_the_standing_one_s(scene: factories.Scene, river: River) -> None:
    other = Resident.objects.create(number="JM-9", name="苏禾", phone="13900000009", created_at=NOON)
    made = factories.submitted(scene, NOON)
    Resident.objects.filter(pk=scene.resident.pk).update(merged_into=other)
    river.flow()
    assert PatientNotice.objects.get(referral=made).phone == "139****0009"

"""REF and RRI: a hospital system refers on the platform, and hears what becomes of referrals; foreign programs judge what we send."""

from __future__ import annotations

import socket
import threading
from datetime import timedelta
from types import MappingProxyType

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.mllp import AbstractHandler, MLLPServer
from hl7apy.parser import parse_message

from tests.hl7 import messages
from tests.hl7.serving import code_of, place_of
from yilianti.care.referral import actions as referrals
from yilianti.care.referral.models import Referral
from yilianti.care.referral.tests import factories
from yilianti.gateways.hl7v2 import api as hl7v2
from yilianti.gateways.hl7v2.mllp import Frame
from yilianti.gateways.hl7v2.receiving import Receiver
from yilianti.gateways.outbound import sending
from yilianti.gateways.outbound.models import Attempt, Destination, Outgoing
from yilianti.gateways.outbound.tests import factories as outbox
from yilianti.handovers import referral_to_hl7v2, schedule_to_referral
from yilianti.kernel.models import JournalEntry
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.models import FacilityCode

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(at):
    made = factories.scene(at)
    FacilityCode.objects.create(institution=made.county.township, system="hl7v2", value="LHWSY")
    FacilityCode.objects.create(institution=made.county.hospital, system="hl7v2", value="YXXRMYY")
    return made


@pytest.fixture
def receive(at):
    return lambda *texts: [answer.decode() for answer in Receiver().receive("t", [Frame(text.encode()) for text in texts], at=at)]


def valid(text: str | bytes) -> bool:
    """By a foreign validator, strictly."""
    said = text if isinstance(text, str) else text.decode()
    return bool(parse_message(said, validation_level=VALIDATION_LEVEL.STRICT, find_groups=True).validate())


def test_a_referral_is_made_answered_with_its_number_and_made_once(scene, receive):
    text = messages.ref("I12")
    first, again = receive(text)[0], receive(messages.ref("I12"))[0]
    made = Referral.objects.get()
    assert (made.state, made.from_institution, made.to_institution, made.urgency, made.service) == ("submitted", scene.county.township, scene.county.hospital, "urgent", "inpatient")
    assert made.consent is not None and made.consent.basis == "signed"
    for answer in (first, again):
        assert code_of(answer) == "AA" and "RRI^I12^RRI_I12" in answer and made.number in answer and "RF1|P|" in answer
        assert valid(answer)


@pytest.mark.parametrize(("spoil", "place"), [
    (lambda m: m.replace("\rCON|1|||||||||W|A", ""), "CON^1^10"), (lambda m: m.replace("|W|A", "|W|R"), "CON^1^11"), (lambda m: m.replace("REF001", ""), "RF1^1^6"),
    (lambda m: m.replace("further_examination", "made_up"), "RF1^1^10"), (lambda m: m.replace("PRD|RT", "PRD|XX"), "PRD^1^1"),
    (lambda m: m.replace("YXXRMYY^FI", "NIRGENDS^FI"), "PRD^2^7"), (lambda m: m.replace("DG1|", "ZG1|"), "DG1^1^3"), (lambda m: m.replace("胸闷三天，活动后加重。", "短"), "NTE^1^3"),
    (lambda m: m.replace("RF1|", "ZF1|"), "RF1^1"),
])  # fmt: skip
def test_what_is_missing_is_refused_with_its_place(scene, receive, spoil, place):
    (answer,) = receive(spoil(messages.ref("I12")))
    assert (code_of(answer), place_of(answer)) == ("AE", place)
    assert not Referral.objects.exists()


def test_a_referral_is_modified_only_while_it_is_back_with_its_sender(scene, receive, at):
    receive(messages.ref("I12"))
    (answer,) = receive(messages.ref("I13", summary="胸闷三天，加重一天，已补充心电图。"))
    assert code_of(answer) == "AE" and "RF1^1^6" in answer
    made = Referral.objects.get()
    referrals.send_back(actor=scene.office, number=made.number, note="请补充心电图", at=at)
    assert code_of(receive(messages.ref("I13", summary="胸闷三天，加重一天，现补充心电图。"))[0]) == "AA"
    made.refresh_from_db()
    assert made.state == "submitted" and "现补充" in made.summary


def test_a_referral_is_asked_for_and_withdrawn(scene, receive, at):
    receive(messages.ref("I12"))
    made = Referral.objects.get()
    referrals.accept(actor=scene.office, number=made.number, appointment_at=at + timedelta(days=1), at=at)
    (asked,) = receive(messages.ref("I15"))
    assert "RF1|A|" in asked and "RRI^I15" in asked
    (answer,) = receive(messages.ref("I14", summary="患者不来了，撤回转诊申请。"))
    made.refresh_from_db()
    assert (code_of(answer), made.state) == ("AA", "withdrawn") and "RF1|E|" in answer
    assert place_of(receive(messages.ref("I15").replace("REF001", "REF999"))[0]) == "RF1^1^6"


def hand_over(word: str) -> None:
    referral_to_hl7v2.hand_over(JournalEntry.objects.filter(word=word).latest("id"))


def test_both_ends_hear_what_they_asked_for(scene, at):
    outbox.destination(scene.county.hospital, at=at, wants=("referral_to_us",))
    outbox.destination(scene.county.township, at=at, wants=("referral_of_ours",))
    made = factories.submitted(scene, at)
    hand_over("referral.submitted")
    referrals.accept(actor=scene.office, number=made.number, appointment_at=at + timedelta(days=1), at=at)
    hand_over("referral.accepted")
    hand_over("referral.accepted")
    rows = list(Outgoing.objects.order_by("id"))
    assert [(row.kind, row.destination.institution) for row in rows] == [("REF^I12", scene.county.hospital), ("RRI^I12", scene.county.township)]
    for row in rows:
        assert valid(row.payload)
        assert made.number.encode() in row.payload and row.control_id.encode() in row.payload
    with_bytes = bytes(rows[0].payload)
    stored = Outgoing.objects.raw("SELECT id, payload::text AS hidden FROM outbound_outgoing ORDER BY id")[0].hidden
    assert "苏禾".encode() in with_bytes and "苏禾".encode().hex() not in stored, "encrypted at rest"


def test_who_did_not_ask_hears_nothing(scene, at):
    outbox.destination(scene.county.hospital, at=at, wants=())
    factories.submitted(scene, at)
    hand_over("referral.submitted")
    assert not Outgoing.objects.exists()


class _Taking(AbstractHandler):
    """A hospital's interface engine, as another library serves it."""

    taken: list[str] = []
    answer = "AA"

    def reply(self) -> str:
        message = parse_message(self.incoming_message)
        self.taken.append(self.incoming_message)
        return f"\x0bMSH|^~\\&|HIS|YXXRMYY|YLT|YLT|20261128093000||ACK|1|P|2.5.1\rMSA|{self.answer}|{message.msh.msh_10.value}\r\x1c\r"


@pytest.fixture
def foreign():
    _Taking.taken, _Taking.answer = [], "AA"
    served = MLLPServer("127.0.0.1", 0, dict.fromkeys(("REF^I12^REF_I12", "RRI^I12^RRI_I12", "NMD^N02^NMD_N02"), (_Taking,)))
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield served.server_address[1]
    served.shutdown()
    served.server_close()
    thread.join(10)


def test_a_foreign_receiver_takes_what_we_send(scene, at, foreign):
    place = outbox.destination(scene.county.hospital, at=at, port=foreign)
    made = factories.submitted(scene, at)
    hand_over("referral.submitted")
    carriers = MappingProxyType({"hl7v2": hl7v2.CARRIER})
    assert sending.send_next(carriers, at)
    assert Outgoing.objects.get().state == "acknowledged"
    assert made.number in _Taking.taken[0]
    outbox.actions.try_out(actor=outbox.SYSTEM, destination=place.pk, at=at)
    assert sending.send_next(carriers, at) and Outgoing.objects.get(kind="echo").state == "acknowledged"


def test_a_foreign_refusal_is_laid_aside_with_its_code(scene, at, foreign):
    outbox.destination(scene.county.hospital, at=at, port=foreign)
    _Taking.answer = "AR"
    factories.submitted(scene, at)
    hand_over("referral.submitted")
    sending.send_next({"hl7v2": hl7v2.CARRIER}, at)
    assert Outgoing.objects.get().state == "parked" and Attempt.objects.get().answer == "AR"


def test_nobody_there_is_the_lines_fault(scene, at):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        outbox.destination(scene.county.hospital, at=at, port=taken.getsockname()[1])
        factories.submitted(scene, at)
        hand_over("referral.submitted")
        sending.send_next({"hl7v2": hl7v2.CARRIER}, at)
    assert Outgoing.objects.get().state == "waiting" and Destination.objects.get().failing_since is not None


def test_an_appointment_shows_with_the_referral_and_decides_nothing(scene, at):
    made = factories.accepted(scene, at)
    text = messages.siu("S12", placer=made.number, patient=messages.pid("ZY7", name="苏禾", born=""), start="20261129093000+0800")
    other = messages.siu("S15", placer=made.number, patient=messages.pid("ZY7", name="苏禾", born=""), start="20261129093000+0800")
    appointed, lapses = made.appointment_at, made.lapses_at
    Receiver().receive("t", [Frame(text.encode())], at=at)
    resident = JournalEntry.objects.get(word="schedules.booked").resident
    from yilianti.registry.residents import api as residents

    residents.merge(actor=outbox.SYSTEM, resident_id=scene.resident.pk, other_id=resident, at=at)
    schedule_to_referral.hand_over(JournalEntry.objects.get(word="schedules.booked"))
    made.refresh_from_db()
    assert (made.expected_at.isoformat(), made.expected_place) == ("2026-11-29T01:30:00+00:00", "心内科 · 陈医生")
    assert (made.appointment_at, made.lapses_at, made.state) == (appointed, lapses, "accepted")
    Receiver().receive("t", [Frame(other.encode())], at=at)
    schedule_to_referral.hand_over(JournalEntry.objects.get(word="schedules.cancelled"))
    made.refresh_from_db()
    assert made.expected_at is None
    assert institutions.get(made.to_institution_id) is not None

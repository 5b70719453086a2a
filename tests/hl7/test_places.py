"""SIU meets slots: the hospital's appointments confirm, move, withdraw and occupy ours, and it hears of ours; foreign programs judge what we send."""

from __future__ import annotations

import pathlib
from datetime import datetime, timedelta
from uuid import uuid4

import hl7 as foreign
import pytest
from django.test import Client
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message

from tests.hl7 import messages
from tests.hl7.serving import code_of
from yilianti.capacity.schedules import actions as acts
from yilianti.capacity.schedules import api as schedules
from yilianti.capacity.schedules.models import Appointment, Reservation, Slot
from yilianti.care.referral import actions as referrals
from yilianti.care.referral.tests import factories
from yilianti.gateways.hl7v2.mllp import Frame
from yilianti.gateways.hl7v2.models import Message
from yilianti.gateways.hl7v2.receiving import Receiver
from yilianti.gateways.outbound.models import Outgoing
from yilianti.gateways.outbound.tests import factories as outbox
from yilianti.handovers import place_to_inbox, reservation_to_hl7v2, schedule_to_referral
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.models import Account
from yilianti.registry.access.tests.factories import PASSWORD
from yilianti.registry.inbox.models import Item
from yilianti.registry.institutions.models import FacilityCode
from yilianti.registry.residents.models import Resident

pytestmark = pytest.mark.django_db
FOLDER = pathlib.Path(__file__).parents[3] / "shared/data/hl7v2_ms"
HALF, NINE = timedelta(minutes=30), "20261201090000+0800"
TEN = "20261201100000+0800"


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M%S%z")


class Book:
    """The county hospital's book of the first of December: four slots of one patient each; and the patient whom its own system knows."""

    def __init__(self, at):
        self.at, self.scene = at, factories.scene(at)
        self.hospital = self.scene.county.hospital
        FacilityCode.objects.create(institution=self.hospital, system="hl7v2", value="YXXRMYY")
        self.receive(messages.adt("A04"))
        self.patient = Resident.objects.get(name=messages.NAME)

    def receive(self, *texts: str) -> list[str]:
        return [answer.decode() for answer in Receiver().receive("t", [Frame(text.encode()) for text in texts], at=self.at)]

    def siu(self, trigger: str, start: str = NINE, *, placer: str = "", filler: str = "YY001", **more: str) -> None:
        assert code_of(self.receive(messages.siu(trigger, start=start, placer=placer, filler=filler, **more))[0]) == "AA"

    def open(self, capacity: int = 1) -> None:
        session = schedules.Session(self.scene.cardiology.id, moment(NINE), moment(NINE) + 4 * HALF, 30, capacity)
        schedules.open_schedule(actor=self.scene.office, institution=self.hospital.id, session=session, at=self.at)

    def slot(self, start: str = NINE) -> Slot:
        return Slot.objects.get(starts_at=moment(start))

    def hold(self, start: str = NINE, resident: int | None = None) -> Reservation:
        return schedules.hold(actor=self.scene.township, client_key=uuid4(), resident=resident or self.patient.pk, slot=self.slot(start).pk, at=self.at)

    def findings(self) -> list[str]:
        return [found["code"] for found in Message.objects.latest("id").findings]


@pytest.fixture
def book(at):
    made = Book(at)
    made.open()
    return made


def counted() -> None:
    for slot in Slot.objects.all():
        assert slot.taken == slot.reservations.filter(state__in=("held", "confirmed")).count() <= slot.capacity


class TestInbound:
    def test_one_that_names_a_reservation_confirms_it_and_takes_no_second_place(self, book):
        held = book.hold()
        book.siu("S12", placer=held.number)
        book.siu("S12", placer=held.number)
        held.refresh_from_db()
        row = Appointment.objects.get()
        assert (held.state, held.expires_at, row.reservation, row.slot) == ("confirmed", None, held, book.slot())
        assert book.slot().taken == 1 and not book.findings()

    def test_the_filler_number_names_it_as_well(self, book):
        held = book.hold()
        book.siu("S12", filler=held.number)
        held.refresh_from_db()
        assert held.state == "confirmed"

    def test_a_reservation_of_the_same_patient_in_the_same_slot_is_the_same_place(self, book):
        held = book.hold()
        book.siu("S12")
        held.refresh_from_db()
        assert (held.state, Appointment.objects.get().reservation, book.slot().taken) == ("confirmed", held, 1)

    def test_moved_it_moves_and_cancelled_it_is_given_back(self, book):
        held = book.hold()
        book.siu("S12", placer=held.number)
        book.siu("S13", TEN, placer=held.number)
        held.refresh_from_db()
        assert (held.state, held.slot, book.slot().taken, book.slot(TEN).taken) == ("confirmed", book.slot(TEN), 0, 1)
        book.siu("S15", TEN)
        held.refresh_from_db()
        assert (held.state, held.because, book.slot(TEN).taken) == ("released", "院方取消预约", 0)
        words = [entry.word for entry in JournalEntry.objects.filter(subject=f"schedules:{held.number}").order_by("id")]
        assert words == ["schedules.held", "schedules.place_booked", "schedules.place_moved", "schedules.place_withdrawn"]

    def test_who_did_not_come_holds_nothing(self, book):
        book.siu("S12")
        book.siu("S26")
        assert book.slot().taken == 0 and Appointment.objects.get().state == "no_show"

    def test_moved_out_of_our_book_the_place_is_free(self, book):
        held = book.hold()
        book.siu("S12", placer=held.number)
        book.siu("S13", "20261203090000+0800", placer=held.number)
        held.refresh_from_db()
        row = Appointment.objects.get()
        assert (held.state, row.state, row.slot, row.reservation) == ("released", "booked", None, None)
        assert "不在开放的号源内" in held.because

    def test_another_appointment_occupies_its_slot_once(self, book):
        for _ in range(3):
            book.siu("S12")
        book.siu("S14", doctor="D002^李^医生")
        assert (book.slot().taken, Reservation.objects.count()) == (1, 1)
        with pytest.raises(Refused, match="约满"):
            book.hold()
        with pytest.raises(Refused, match="院方系统的预约占用"):
            acts.release(actor=book.scene.office, number=Reservation.objects.get().number, because="", at=book.at)
        counted()

    def test_one_in_a_department_or_at_a_time_we_do_not_keep_takes_nothing(self, book):
        book.siu("S12", "20261201130000+0800")
        book.receive(messages.siu("S12", start=NINE, filler="YY002").replace("心内科", "皮肤科"))
        assert Appointment.objects.filter(slot=None).count() == 2 and not Reservation.objects.exists()

    def test_in_a_slot_already_sold_it_is_overbooked_and_not_lost(self, book):
        held = book.hold(resident=book.scene.resident.pk)
        book.siu("S12")
        row = Appointment.objects.get()
        assert (row.state, row.slot, row.reservation, book.findings()) == ("booked", book.slot(), None, ["slot_overbooked"])
        client = Client()
        username = Account.objects.get(pk=book.scene.office.account).username
        client.post("/login/", {"username": username, "password": PASSWORD})
        week = client.get("/schedules/?on=2026-12-01").content.decode()
        assert "院方超约 1" in week and messages.NAME in week and "YY001" in week
        entry = schedules.join(actor=book.scene.township, resident=book.scene.resident.pk, by_institution=book.scene.county.township.id, urgency="urgent",
                               pool=schedules.count_beds(actor=book.scene.office, institution=book.hospital.id, department=None, total=1, occupied=1, at=book.at).pk, at=book.at)  # fmt: skip
        schedules.release(actor=book.scene.township, number=held.number, because="不来了", at=book.at)
        row.refresh_from_db()
        assert row.reservation is not None and book.slot().taken == 1, "the first place that comes free is theirs"
        assert entry.state == "waiting"
        counted()

    def test_the_overbooked_come_before_who_waits(self, book):
        numbers = [book.hold(start, resident=book.scene.resident.pk).number for start in (NINE, "20261201093000+0800", TEN, "20261201103000+0800")]
        other = factories.residents.register(actor=book.scene.township, at=book.at, identifiers=[], demographics=factories.residents.Demographics(
            name="柳青", sex="1", born_on=None, phone="", address="", home=book.scene.county.township.id)).resident  # fmt: skip
        schedules.join(actor=book.scene.township, resident=other.pk, by_institution=book.scene.county.township.id, urgency="urgent", department=book.scene.cardiology.id, at=book.at)
        book.siu("S12")
        schedules.release(actor=book.scene.township, number=numbers[0], because="不来了", at=book.at)
        assert Reservation.objects.get(state="confirmed").resident == book.patient
        schedules.release(actor=book.scene.township, number=numbers[1], because="不来了", at=book.at)
        assert Reservation.objects.get(waiting__isnull=False).resident == other

    def test_a_slot_freed_by_the_hospital_goes_to_who_waits(self, book):
        for number, start in enumerate((NINE, "20261201093000+0800", TEN, "20261201103000+0800")):
            book.siu("S12", start, filler=f"YY{number}")
        schedules.join(actor=book.scene.township, resident=book.scene.resident.pk, by_institution=book.scene.county.township.id, urgency="urgent",
                       department=book.scene.cardiology.id, at=book.at)  # fmt: skip
        book.siu("S15", TEN, filler="YY2")
        with pytest.raises(Refused, match="约满"):
            book.hold(TEN)
        assert Reservation.objects.get(waiting__isnull=False).slot == book.slot(TEN)

    def test_what_was_booked_before_the_slots_were_opened_occupies_them(self, at):
        book = Book(at)
        book.siu("S12")
        assert Appointment.objects.get().slot is None
        book.open()
        assert (Appointment.objects.get().slot, book.slot().taken) == (book.slot(), 1)

    def test_a_reservation_of_another_is_not_met(self, book):
        held = book.hold(TEN, resident=book.scene.resident.pk)
        book.siu("S12", placer=held.number)
        held.refresh_from_db()
        assert (held.state, book.findings(), book.slot().taken) == ("held", ["reservation_of_other"], 1)

    def test_a_batch_that_fails_halfway_leaves_no_place_taken_twice(self, book):
        good, bad = messages.siu("S12", start=NINE, filler="YY1"), messages.siu("S15", filler="YY9")
        answers = book.receive(good, bad, messages.siu("S12", start=TEN, filler="YY2"), good)
        assert [code_of(answer) for answer in answers] == ["AA", "AE", "AA", "AA"]
        assert Reservation.objects.count() == 2
        counted()

    def test_a_referral_is_awaited_when_the_hospital_has_moved_its_place(self, book):
        made = referrals.submit(actor=book.scene.township, resident=book.patient.pk, application=factories.application(book.scene, reservation=book.hold().number),
                                client_key=uuid4(), consent_basis="signed", at=book.at)  # fmt: skip
        referrals.accept(actor=book.scene.office, number=made.number, appointment_at=None, slot=book.slot().pk, at=book.at)
        book.siu("S12", placer=made.reservation)
        book.siu("S13", TEN, placer=made.reservation)
        for entry in JournalEntry.objects.filter(word__in=schedule_to_referral.WORDS).order_by("id"):
            schedule_to_referral.hand_over(entry)
        made.refresh_from_db()
        assert made.appointment_at == made.expected_at == moment(TEN)
        place_to_inbox.hand_over(JournalEntry.objects.get(word="schedules.place_moved"))
        item = Item.objects.get()
        assert made.number in item.title and "12月01日 10:00" in item.title and item.link == f"/referrals/{made.number}/"

    @pytest.mark.skipif(not FOLDER.exists(), reason="../shared/data/hl7v2_ms is absent")
    def test_the_shared_samples_take_move_and_give_back_a_slot(self, at):
        """Booked, confirmed by S14, missed: in a department and at the time the samples speak of."""
        book = Book(at)
        day = datetime.fromisoformat("2021-09-24T09:30:00+02:15")
        before = day - timedelta(days=9)
        session = schedules.Session(book.scene.cardiology.id, day, day + 2 * HALF, 30)
        schedules.open_schedule(actor=book.scene.office, institution=book.hospital.id, session=session, at=before)
        book.scene.cardiology.name, book.scene.cardiology.code = "GENOPD", "GENOPD"
        book.scene.cardiology.save()
        slot = Slot.objects.get(starts_at=day)

        def send(name: str, again: str = "") -> int:
            text = (FOLDER / f"{name}.hl7").read_text().replace("GHHSFacility^2.16.840.1.122848.1.30^ISO", "YXXRMYY").replace("|MSG0", f"|{again}MSG0")
            text = text.replace("|055^Room01^^GH Clinic^^^|||GENOPD", "|GENOPD^Room01^^GH Clinic^^^|||GENOPD").replace("|055^Room01^^GH Clinic^^^|C^", "|GENOPD^Room01^^GH Clinic^^^|C^")
            assert str(foreign.parse(text.replace("\n", "\r")).segment("SCH")[2]) == "36996", "a foreign parser reads the same number"
            assert code_of(book.receive(text)[0]) == "AA", name
            slot.refresh_from_db()
            return slot.taken

        assert [send(name) for name in ("SIU-S12-01", "SIU-S12-01", "SIU-S13-01", "SIU-S14-01", "SIU-S26-01")] == [1, 1, 1, 1, 0]
        assert [send(name, "2") for name in ("SIU-S13-01", "SIU-S15-01", "SIU-S12-01")] == [1, 0, 1]


def hand_over(word: str) -> None:
    reservation_to_hl7v2.hand_over(JournalEntry.objects.filter(word=word).latest("id"))


class TestOutbound:
    @pytest.fixture
    def told(self, book):
        outbox.destination(book.hospital, at=book.at, wants=("place_of_ours",))
        return book

    def test_confirmed_exchanged_and_given_back_are_told_in_words_a_foreign_program_reads(self, told):
        held = told.hold()
        schedules.exchange(actor=told.scene.township, number=held.number, slot=told.slot(TEN).pk, at=told.at)
        hand_over("schedules.exchanged")
        assert not Outgoing.objects.exists(), "only held: nobody's appointment"
        schedules.confirm(actor=told.scene.office, number=held.number, at=told.at)
        hand_over("schedules.confirmed")
        hand_over("schedules.confirmed")
        schedules.exchange(actor=outbox.SYSTEM, number=held.number, slot=told.slot().pk, at=told.at)
        hand_over("schedules.exchanged")
        schedules.confirm(actor=outbox.SYSTEM, number=held.number, at=told.at)
        schedules.release(actor=outbox.SYSTEM, number=held.number, because="撤回", at=told.at)
        hand_over("schedules.released")
        rows = list(Outgoing.objects.order_by("id"))
        assert [row.kind for row in rows] == ["SIU^S12", "SIU^S13", "SIU^S15"]
        for row, start, status in zip(rows, (TEN, NINE, NINE), ("Booked", "Booked", "Cancelled"), strict=True):
            text = bytes(row.payload).decode()
            assert parse_message(text, validation_level=VALIDATION_LEVEL.STRICT, find_groups=True).validate()
            read = foreign.parse(text)
            assert str(read.segment("SCH")[1][0][0]) == held.number and str(read.segment("SCH")[25]) == status
            assert str(read.segment("TQ1")[7]) == str(read.segment("AIS")[4]) == start and str(read.segment("PV1")[10]) == "XNK"
            assert str(read.segment("PID")[5]) == messages.NAME and str(read.segment("PID")[3][0][0]) == "ZY0001", "the hospital's own number of its patient"

    def test_what_we_say_comes_back_as_what_we_hold(self, told):
        """The hospital echoes our S12 as its own appointment: no second place, and no echo of the echo."""
        held = told.hold()
        schedules.confirm(actor=told.scene.office, number=held.number, at=told.at)
        hand_over("schedules.confirmed")
        said = foreign.parse(bytes(Outgoing.objects.get().payload).decode())
        told.siu("S12", str(said.segment("TQ1")[7]), placer=str(said.segment("SCH")[1][0][0]), filler="HIS-77")
        assert Appointment.objects.get().reservation == held and told.slot().taken == 1
        assert not JournalEntry.objects.filter(word="schedules.place_booked").exists()
        schedules.release(actor=outbox.SYSTEM, number=held.number, because="撤回", at=told.at)
        hand_over("schedules.released")
        last = foreign.parse(bytes(Outgoing.objects.latest("id").payload).decode())
        assert str(last.segment("SCH")[2]) == "HIS-77"

    def test_who_did_not_ask_and_what_only_lapsed_are_not_told(self, book):
        held = book.hold()
        schedules.confirm(actor=book.scene.office, number=held.number, at=book.at)
        hand_over("schedules.confirmed")
        other = book.hold(TEN)
        schedules.release(actor=book.scene.township, number=other.number, because="改约", at=book.at)
        outbox.destination(book.hospital, at=book.at, wants=("place_of_ours",))
        hand_over("schedules.released")
        assert not Outgoing.objects.exists()

"""SIU, RDE and AL1: appointments, medicines and allergies from hospital systems."""

from __future__ import annotations

import pathlib

import pytest

from tests.hl7 import messages
from tests.hl7.serving import code_of, place_of
from yilianti.capacity.schedules.models import Appointment, AppointmentVersion
from yilianti.gateways.hl7v2.mllp import Frame
from yilianti.gateways.hl7v2.models import Message
from yilianti.gateways.hl7v2.receiving import Receiver
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.record.prescriptions import api as prescriptions
from yilianti.record.prescriptions.models import Allergy, AllergyVersion, Prescription, PrescriptionVersion
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents.models import Resident

pytestmark = pytest.mark.django_db
FOLDER = pathlib.Path(__file__).parents[3] / "shared/data/hl7v2_ms"


@pytest.fixture
def receive(at):
    institutions.provisional(system="hl7v2", value="YXXRMYY", at=at)

    def _receive(*texts: str) -> list[str]:
        return [answer.decode() for answer in Receiver().receive("t", [Frame(text.encode()) for text in texts], at=at)]

    return _receive


def codes() -> list[str]:
    return [finding["code"] for finding in Message.objects.latest("id").findings]


def test_an_appointment_is_booked_moved_changed_and_cancelled(receive):
    answers = receive(messages.siu("S12"), messages.siu("S13", start="20261203100000+0800"), messages.siu("S14", start="20261203100000+0800", doctor="D002^李^医生"),
                      messages.siu("S15", start="20261203100000+0800"))  # fmt: skip
    assert [code_of(answer) for answer in answers] == ["AA"] * 4
    row = Appointment.objects.get()
    assert (row.filler_number, row.placer_number, row.state, row.department, row.practitioner) == ("YY001", "ZZ1", "cancelled", "心内科", "李医生")
    assert row.starts_at.isoformat() == "2026-12-03T02:00:00+00:00" and (row.ends_at - row.starts_at).total_seconds() == 1800
    assert list(AppointmentVersion.objects.order_by("version").values_list("change", flat=True)) == ["booked", "rescheduled", "modified", "cancelled"]
    assert JournalEntry.objects.filter(subject=f"schedules:{row.number}").count() == 4


def test_moving_an_unknown_appointment_books_it_and_says_so(receive):
    assert code_of(receive(messages.siu("S13"))[0]) == "AA"
    assert "booking_implied" in codes() and Appointment.objects.get().state == "booked"


@pytest.mark.parametrize("trigger", ["S15", "S26"])
def test_ending_an_unknown_appointment_is_refused_with_the_place(receive, trigger):
    (answer,) = receive(messages.siu(trigger))
    assert (code_of(answer), place_of(answer)) == ("AE", "SCH^1^2")
    assert not Appointment.objects.exists() and not Resident.objects.exists()


def test_who_did_not_come_may_be_given_another_time(receive):
    receive(messages.siu("S12"), messages.siu("S26"))
    assert Appointment.objects.get().state == "no_show"
    receive(messages.siu("S13", start="20261210090000+0800"))
    assert Appointment.objects.get().state == "booked"


@pytest.mark.parametrize(("spoil", "place"), [
    (lambda m: m.replace("SCH|ZZ1|YY001", "SCH||"), "SCH^1^2"), (lambda m: m.replace("20261201093000+0800", ""), "TQ1^1^7"), (lambda m: m.replace("SCH|", "ZCH|"), "SCH^1"),
])  # fmt: skip
def test_what_an_appointment_lacks_is_named(receive, spoil, place):
    (answer,) = receive(spoil(messages.siu("S12")))
    assert (code_of(answer), place_of(answer)) == ("AE", place)


def test_another_persons_appointment_number_is_refused(receive):
    receive(messages.siu("S12"))
    (answer,) = receive(messages.siu("S13", patient=messages.pid("OTHER", name="完全另一人")))
    assert (code_of(answer), place_of(answer)) == ("AE", "SCH^1^2")


def test_a_prescription_is_filed_amended_and_ended(receive):
    receive(messages.adt("A01"))
    answers = receive(messages.rde(), messages.rde(dose="50"), messages.rde("DC", dose="50"), messages.rde("DC", dose="50", control="AGAIN"))
    assert [code_of(answer) for answer in answers] == ["AA"] * 4
    row = Prescription.objects.get()
    assert (row.drug, row.code, row.dose, row.route, row.frequency, row.days, row.prescriber) == ("阿司匹林肠溶片", "86900", "50 mg", "口服", "每日一次", "7 d", "陈医生")
    assert row.state == "ended" and row.encounter.visit_number == "V0001"
    assert PrescriptionVersion.objects.count() == 3
    words = JournalEntry.objects.filter(subject=f"prescriptions:{row.number}").order_by("id").values_list("word", flat=True)
    assert list(words) == ["prescriptions.filed", "prescriptions.amended", "prescriptions.ended"]


def test_an_order_without_number_or_medicine_is_refused(receive):
    assert place_of(receive(messages.rde().replace("ORC|NW|YZ001", "ORC|NW|"))[0]) == "ORC^1^2"
    assert place_of(receive(messages.rde().replace("RXE|", "ZXE|"))[0]) == "RXE^1"


def test_allergies_of_any_message_are_kept_once(receive):
    told = "AL1|1|DA|P001^青霉素^LOCAL|SV|皮疹~喉头水肿|20190501"
    receive(messages.adt("A01", extra=(told,)), messages.adt("A08", extra=(told,), at="20261121090000+0800"), messages.rde(extra=(told,)))
    row = Allergy.objects.get()
    assert (row.kind, row.substance, row.severity, row.reaction) == ("drug", "青霉素", "severe", "皮疹；喉头水肿")
    assert AllergyVersion.objects.count() == 1
    assert prescriptions.known(row.resident_id).text == "青霉素（严重）" and prescriptions.known(row.resident_id).warns


def test_none_known_is_other_than_not_asked(receive):
    receive(messages.adt("A01"))
    resident = Resident.objects.get().pk
    assert prescriptions.known(resident).text == "未记录过敏史"
    receive(messages.adt("A08", extra=("AL1|1|DA|NKA^无已知过敏",), at="20261121090000+0800"))
    assert prescriptions.known(resident).text == "无已知过敏"
    receive(messages.adt("A08", extra=("AL1|1|DA|^青霉素|MO",), at="20261122090000+0800"))
    assert prescriptions.known(resident).text == "青霉素"
    receive(messages.adt("A08", extra=("AL1|1|DA|NKA^无已知过敏",), at="20261123090000+0800"))
    assert "allergy_not_taken" in codes() and prescriptions.known(resident).text == "青霉素"


def test_an_allergy_entered_in_error_leaves_the_banner_and_stays_in_the_history(receive, at):
    from yilianti.record.prescriptions import actions, queries

    receive(messages.adt("A01", extra=("AL1|1|FA|^花生|MI",)))
    row = Allergy.objects.get()
    with pytest.raises(Refused):
        actions.withdraw(actor=Actor.system(), number=row.number, because=" ", at=at)
    actions.withdraw(actor=Actor.system("李医生"), number=row.number, because="录错了人", at=at)
    assert prescriptions.known(row.resident_id).text == "未记录过敏史"
    assert queries.allergies([row.resident_id], closed=True)[0].closed_because == "录错了人"
    assert [v.content["standing"] for v in AllergyVersion.objects.order_by("version")] == ["open", "withdrawn"]


@pytest.mark.skipif(not FOLDER.exists(), reason="../shared/data/hl7v2_ms is absent")
def test_the_shared_samples_are_taken(at):
    names = ["SIU-S12-01", "SIU-S13-01", "SIU-S14-01", "SIU-S26-01", "RDE-O11-01"]
    answers = {name: Receiver(provisional=True).receive("t", [Frame((FOLDER / f"{name}.hl7").read_bytes())], at=at)[0].decode() for name in names}
    assert {name: code_of(answer) for name, answer in answers.items()} == dict.fromkeys(names, "AA")
    row = Appointment.objects.get()
    assert (row.filler_number, row.state, row.practitioner) == ("36996", "no_show", "GE Robert C") and row.service.startswith("Biopsy of colon")
    assert "NICARDIPINE" in Prescription.objects.get().drug

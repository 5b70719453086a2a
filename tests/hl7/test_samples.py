"""Every shared message: applied and found in the record, or refused with its reason."""

from __future__ import annotations

import json
import pathlib

import pytest

from tests.hl7.serving import code_of
from yilianti.gateways.hl7v2 import encoding
from yilianti.gateways.hl7v2.mllp import Frame
from yilianti.gateways.hl7v2.models import Message
from yilianti.gateways.hl7v2.receiving import Receiver
from yilianti.record.documents.models import Document
from yilianti.record.encounters.models import Encounter, EncounterVersion
from yilianti.record.results.models import Report
from yilianti.registry.residents.models import Identifier, Resident
from yilianti.registry.residents.tests.factories import numbered

FOLDER = pathlib.Path(__file__).parents[3] / "shared/data/hl7v2_ms"
pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not FOLDER.exists(), reason="../shared/data/hl7v2_ms is absent")]

#: In the order in which such a stay happens: the discharge is undone before the admission is.
APPLIED = ["ADT-A01-01", "ADT-A02-01", "ADT-A03-01", "ADT-A13-01", "ADT-A08-01", "ADT-A11-01", "ADT-A04-01", "ADT01-23",
           "ORU-R01-01", "LAB-ORU-1", "MDM-T02-01", "ADT-A40-01", "ADT-A47-01",
           "SIU-S12-01", "SIU-S13-01", "SIU-S14-01", "SIU-S26-01", "SIU-S15-01", "RDE-O11-01"]
#: Of the supported triggers, refused when sent alone, because nothing was announced that could be undone.
REFUSED_ALONE = {"ADT-A11-01": "there is no admission of this visit number to cancel",
                 "SIU-S15-01": "there is no such appointment to cancel", "SIU-S26-01": "there is no such appointment to miss"}


def send(at, *names):
    receiver = Receiver(provisional=True)
    return {name: receiver.receive("samples", [Frame((FOLDER / f"{name}.hl7").read_bytes())], at=at)[0].decode() for name in names}


def test_all_of_our_triggers_are_applied_and_found(at):
    answers = send(at, *APPLIED)
    assert {name: code_of(answer) for name, answer in answers.items()} == dict.fromkeys(APPLIED, "AA")
    assert Message.objects.filter(state="applied").count() == len(APPLIED)
    _the_stay_of_everyman()
    _the_stay_of_a_duck()
    _the_reports()
    _the_document()


def _resident(identifier):
    (found,) = [row for row in Identifier.objects.filter(system="local") if row.value.startswith(identifier)]
    return found.resident


def _the_stay_of_everyman():
    person = _resident("PATID1234")
    assert person.name == "EVERYMAN ADAM A" and person.sex == "1" and str(person.born_on) == "1988-08-18"
    assert "Hospital Lane" in person.address and "Ann Arbor" in person.address and person.phone == "78788788"
    stay = Encounter.objects.get(resident=person)
    assert stay.visit_number == "40007716" and stay.department == "SUR" and stay.ward == "HUH AE OMU" and stay.doctor == "Alaz Mohammed Mahi"
    assert stay.state == "open", "registered again by A04 after A11"
    assert stay.diagnoses[0]["code"] == "422504002" and stay.diagnoses[0]["name"].startswith("Ischemic stroke")
    assert [v.change for v in EncounterVersion.objects.filter(encounter=stay).order_by("version")][:2] == ["opened", "transferred"]
    kept = json.dumps(stay.details, ensure_ascii=False)
    for said in ("PENICILLIN", "Blue Advantage HMO", "Biopsy of colon", "Woolfson Kathleen", "heartrate", "60；120", "Highway", "Chronic pharyngitis",
                 "RADIANT", "Methodist Church", "spinal fracture", "Route 50 intersection", "ICCU"):
        assert said in kept, said
    changes = set(EncounterVersion.objects.filter(encounter=stay).values_list("change", flat=True))
    assert {"opened", "transferred", "closed", "reopened", "cancelled"} <= changes


def _the_stay_of_a_duck():
    stay = Encounter.objects.get(resident=Identifier.objects.get(numbered("123121234"), system="insurance").resident)
    assert (stay.kind, stay.visit_number, stay.ward, stay.bed) == ("inpatient", "40007716", "PREOP", "101-1")
    assert stay.opened_at.isoformat() == "2005-01-09T21:55:02+00:00"
    assert stay.diagnoses[0]["name"].startswith("OSTEOARTHROS") and "DUCK HUEY" in json.dumps(stay.details)


def _the_reports():
    culture = Report.objects.get(code="625-4")
    assert culture.name.startswith("Bacteria identified in Stool") and culture.status == "final" and culture.resident.name == "Finn Huckleberry"
    lines = list(culture.observations.order_by("position").values_list("value", flat=True))
    assert "Salmonella（27268008） Salmonella species" in lines and "27\n25" in lines and any("testurl.com" in line for line in lines)
    assert "E.coli O157:H7 & other STECs" in culture.conclusion and "Allergy to peanuts" in culture.conclusion
    assert culture.observations.count() == 5
    blood = Report.objects.get(code="24317-0")
    assert {float(o.value_number) for o in blood.observations.all() if o.value_number is not None} == {4.06, 40.1, 221.0}
    assert blood.observations.get(code="11273-0").unit == "tera.l-1"
    differential = Report.objects.get(code="26464-8")
    assert differential.observations.count() == 5 and blood.resident == differential.resident
    assert Resident.objects.filter(name="DUCK DONALD D").count() == 1, "the same person in both facilities by PID-19"


def _the_document():
    document = Document.objects.get()
    assert document.unique_name == "1.2.840.317.5947431.51.20080131160038" and document.author == "IvanDoctorovich"
    assert document.resident.name == "PROSOLV SAMPLE" and "1.2.840.317.5947431.51" in document.body and "Antibodies Detected" in document.body


@pytest.mark.parametrize("name", APPLIED)
def test_each_alone_on_an_empty_record(at, name):
    answer = send(at, name)[name]
    assert code_of(answer) == ("AE" if name in REFUSED_ALONE else "AA"), answer
    if name in REFUSED_ALONE:
        assert Message.objects.get().refusal


def test_every_other_message_is_refused_with_its_reason(at):
    others = sorted(p.stem for p in FOLDER.glob("*.hl7") if p.stem not in APPLIED)
    assert len(others) == 59 - len(APPLIED)
    answers = send(at, *others)
    for name in [name for name in others if name.startswith("REF")]:  # no receiver of this county, no consent
        answer = answers.pop(name)
        assert code_of(answer) == "AE" and ("ERR||PRD^" in answer or "ERR||RF1^1^6" in answer), name
    orders = {name: answers.pop(name) for name in [name for name in answers if name.startswith(("ORM", "OMG"))]}
    assert orders and all(code_of(answer) == "AE" and "ERR||" in answer for answer in orders.values()), orders  # nothing the centres do, or nobody known
    for name, answer in answers.items():
        assert code_of(answer) == "AR" and "ERR||MSH^1^9|20" in answer, name
    for message in Message.objects.all():
        assert message.state == "refused" and message.refusal
        if message.kind.startswith(("REF", "ORM", "OMG")):
            continue  # the place in its answer was looked at above
        assert message.refusal_code in ("hl7_200", "hl7_201") and message.kind.split("^")[0] in message.refusal
    assert not Resident.objects.exists()


def test_all_59_twice_over_one_line_leave_each_once(at):
    names = sorted(p.stem for p in FOLDER.glob("*.hl7"))
    frames = [Frame((FOLDER / f"{name}.hl7").read_bytes()) for name in names]
    receiver = Receiver(provisional=True)
    first = receiver.receive("samples", frames, at=at)
    counts = (Encounter.objects.count(), Report.objects.count(), Document.objects.count(), EncounterVersion.objects.count(), Message.objects.count())
    again = receiver.receive("samples", frames, at=at)
    assert len(first) == len(again) == 59
    applied = [name for name, answer in zip(names, again, strict=True) if code_of(answer.decode()) == "AA"]
    # In the order of the file names the stay is cancelled (A11) after it was closed (A03): that one is refused; nor can a cancelled appointment (S15) be missed (S26).
    assert set(APPLIED) - set(applied) <= {"ADT-A11-01", "SIU-S26-01"}
    assert Message.objects.count() == counts[4] == 59
    assert (Encounter.objects.count(), Report.objects.count(), Document.objects.count()) == counts[:3]


def test_the_byte_order_mark_and_line_feeds_are_tolerated():
    reading = encoding.read((FOLDER / "ADT01-23.hl7").read_bytes())
    assert reading.text.startswith("MSH|") and reading.codec == "utf-8"

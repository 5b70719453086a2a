"""What messages do to the record, through the receiver and a real database."""

from __future__ import annotations

import hl7
import pytest

from tests.hl7 import messages
from tests.hl7.serving import code_of, place_of
from yilianti.gateways.hl7v2.mllp import Frame
from yilianti.gateways.hl7v2.models import CodeMapping, Message
from yilianti.gateways.hl7v2.receiving import Receiver
from yilianti.kernel.models import JournalEntry
from yilianti.record.documents.models import Document
from yilianti.record.encounters.models import Encounter
from yilianti.record.results.models import Report
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents.models import Identifier, Resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def receive(at):
    """Sends texts in one hand-over; answers as text. The facility YXXRMYY is registered."""
    institutions.provisional(system="hl7v2", value="YXXRMYY", at=at)

    def _receive(*texts, codec="utf-8", provisional=False):
        frames = [Frame(text if isinstance(text, bytes) else text.encode(codec)) for text in texts]
        return [answer.decode(codec) for answer in Receiver(provisional=provisional).receive("test", frames, at=at)]

    return _receive


def kept():
    return Message.objects.latest("id")


def codes(message):
    return [finding["code"] for finding in message.findings]


def test_admission_opens_an_encounter_and_registers_the_resident(receive):
    patient = messages.pid(identity=messages.ID_CARD, insurance="YB530102001", card="JKK0001")
    (answer,) = receive(messages.adt("A01", "C1", patient=patient))
    assert code_of(answer) == "AA"
    encounter = Encounter.objects.get(visit_number="V0001")
    assert (encounter.kind, encounter.state, encounter.department, encounter.doctor) == ("inpatient", "open", "CARD", "陈医生")
    assert encounter.ward == "心内科" and encounter.bed == "301-02"
    assert encounter.diagnoses[0]["code"] == "I25.101" and encounter.diagnoses[0]["kind"] == "admitting"
    assert encounter.opened_at.isoformat() == "2026-11-20T01:00:00+00:00"
    resident = encounter.resident
    assert (resident.name, resident.sex, str(resident.born_on), resident.phone) == (messages.NAME, "2", "1990-03-07", "13800000001")
    held = {(i.system, i.value) for i in Identifier.objects.filter(resident=resident)}
    assert held == {("id_card", messages.ID_CARD), ("insurance", "YB530102001"), ("health_card", "JKK0001"), ("local", "ZY0001@HIS")}
    message = kept()
    assert message.state == "applied" and message.resident == resident and message.subjects == [f"encounters:{encounter.number}"]
    assert JournalEntry.objects.filter(word="encounter.opened", resident=resident.id).exists()


def test_transfer_discharge_and_the_undoing_of_both(receive):
    receive(messages.adt("A01"))
    receive(messages.adt("A02", ward="康复科^201^01", at="20261122080000+0800"))
    encounter = Encounter.objects.get()
    assert (encounter.ward, encounter.bed) == ("康复科", "201-01")
    receive(messages.adt("A03", discharged="20261126100000+0800", at="20261126101000+0800"))
    encounter.refresh_from_db()
    assert encounter.state == "closed" and encounter.closed_at.isoformat() == "2026-11-26T02:00:00+00:00"
    assert code_of(receive(messages.adt("A13", at="20261126110000+0800"))[0]) == "AA"
    encounter.refresh_from_db()
    assert encounter.state == "open" and encounter.closed_at is None
    assert code_of(receive(messages.adt("A11", at="20261126120000+0800"))[0]) == "AA"
    encounter.refresh_from_db()
    assert encounter.state == "cancelled"
    assert [v.change for v in encounter.versions.order_by("version")] == ["opened", "transferred", "closed", "reopened", "cancelled"]


def test_registration_in_the_out_patient_clinic(receive):
    receive(messages.adt("A04", kind="O", visit="MZ1"))
    assert Encounter.objects.get().kind == "outpatient"


def test_update_changes_visit_and_person(receive):
    receive(messages.adt("A01"))
    receive(messages.adt("A08", patient=messages.pid(phone="13900000002"), at="20261121090000+0800", kind="I", ward="心内科^305^01"))
    assert Encounter.objects.get().bed == "305-01" and Resident.objects.get().phone == "13900000002"


def test_update_of_the_person_only(receive):
    receive(messages.adt("A01"))
    only_person = "\r".join([messages.msh("ADT^A08"), "EVN|A08|20261121090000+0800", messages.pid(phone="13900000003"), ""])
    assert code_of(receive(only_person)[0]) == "AA"
    assert Resident.objects.get().phone == "13900000003" and Encounter.objects.get().version == 1


def test_cancelling_what_was_never_opened_is_refused_with_the_place(receive):
    (answer,) = receive(messages.adt("A11"))
    assert code_of(answer) == "AE" and place_of(answer) == "PV1^1^19"
    assert kept().state == "refused" and not Encounter.objects.exists() and not Resident.objects.exists()


def test_laboratory_report_with_every_line(receive):
    receive(messages.adt("A01"))
    extra = ("OBX|3|SN|DD^D-二聚体^LOCAL||<^0.2|mg/L||N|||F", "OBX|4|CWE|BT^血型^LOCAL||A^A型^LOCAL||||||F", "OBX|5|FT|REM^说明^LOCAL||一行\\.br\\二行||||||F",
             "OBX|6|TM|T^时间^L||0830||||||F", "OBX|7|ED|PDF^附件^L||^application^pdf^Base64^JVBERi0=||||||F", "OBX|8|NM|X^未出^L||||||||I",
             "OBX|9|ST|M^多值^L||甲~乙||||||F")
    (answer,) = receive(messages.oru(extra=extra))
    assert code_of(answer) == "AA"
    report = Report.objects.get()
    assert (report.category, report.code, report.name, report.status, report.filler_number) == ("laboratory", "ELEC", "电解质", "final", "LIS0001")
    assert report.encounter == Encounter.objects.get() and "钠：标本无溶血" in report.conclusion and "未出：标本已收，结果待出" in report.conclusion
    lines = {o.code: o for o in report.observations.all()}
    assert float(lines["K"].value_number) == 4.2 and (lines["K"].unit, lines["K"].reference_range, lines["K"].flag) == ("mmol/L", "3.5-5.3", "N")
    assert lines["DD"].value == "<0.2" and lines["BT"].value == "A型（A）" and lines["REM"].value == "一行\n二行"
    assert lines["T"].value == "0830" and lines["PDF"].value.endswith("Base64^JVBERi0=") and lines["M"].value == "甲\n乙"


def test_a_corrected_report_supersedes(receive):
    receive(messages.oru(status="P", potassium="6.9"))
    receive(messages.oru(status="F", potassium="6.8"))
    receive(messages.oru(status="C", potassium="4.8"))
    current = Report.objects.current().get()
    assert current.status == "corrected" and float(current.observations.get(code="K").value_number) == 4.8
    assert current.supersedes.status == "final" and current.supersedes.supersedes.status == "preliminary"


def test_discharge_summary(receive):
    receive(messages.adt("A01"))
    (answer,) = receive(messages.mdm())
    assert code_of(answer) == "AA"
    document = Document.objects.get()
    assert (document.kind, document.title, document.author, document.unique_name) == ("discharge_summary", "出院小结", "陈医生", "DOC0001")
    assert document.encounter == Encounter.objects.get() and "两周后复诊" in document.body


def test_gb18030_and_utf_8_give_the_same_person(receive):
    patient = messages.pid(identity=messages.ID_CARD)
    receive(messages.adt("A01", visit="V1", patient=patient))
    (answer,) = receive(messages.adt("A01", visit="V2", patient=patient, header={"charset": "GB 18030-2000"}), codec="gb18030")
    assert code_of(answer) == "AA" and "GB 18030-2000" in answer
    assert Resident.objects.count() == 1 and Encounter.objects.count() == 2


def test_a_repeat_is_answered_and_not_applied_again(receive):
    text = messages.oru("C9")
    first, again, third = receive(text)[0], *receive(text, text)
    assert {code_of(first), code_of(again), code_of(third)} == {"AA"}
    assert Report.objects.count() == 1 and Message.objects.count() == 1 and kept().attempts == 3


def test_the_same_number_with_other_bytes_is_applied_with_a_finding(receive):
    receive(messages.adt("A01", "C1"))
    (answer,) = receive(messages.adt("A08", "C1", ward="心内科^309^09", at="20261121090000+0800"))
    assert code_of(answer) == "AA" and "control_id_reused" in codes(kept())
    assert Encounter.objects.get().bed == "309-09"
    receive(messages.adt("A08", "C2", visit="VX"), messages.oru("C2"))
    assert "control_id_reused" in codes(kept())


@pytest.mark.parametrize(("spoil", "answer_code", "place"), [
    (lambda m: m.replace("ZY0001^^^HIS^MR", ""), "AE", "PID^1^3"),
    (lambda m: m.replace(messages.NAME, ""), "AE", "PID^1^5"),
    (lambda m: m.replace("PV1|", "ZV1|"), "AE", "PV1^1"),
    (lambda m: m.replace("PID|", "ZID|"), "AE", "PID^1"),
    (lambda m: m.replace("|V0001", "|"), "AE", "PV1^1^19"),
    (lambda m: m.replace("|P|2.5.1", "|P|3.0"), "AR", "MSH^1^12"),
    (lambda m: m.replace("ADT^A01", "ADT^A40"), "AE", "MRG^1"),
    (lambda m: m.replace("ADT^A01", "ADT^A05"), "AR", "MSH^1^9"),
    (lambda m: m.replace("ADT^A01", "QRY^A19"), "AR", "MSH^1^9"),
    (lambda m: m.replace("|C1|", "||"), "AR", "MSH^1^10"),
    (lambda m: m.replace("YXXRMYY", "WEIZHI"), "AR", "MSH^1^4"),
    (lambda m: m.replace("YXXRMYY", "").replace("HIS|", "X|"), "AR", "MSH^1^3"),
    (lambda m: m[: m.index("PV1") + 2], "AE", "PID^1"),
    (lambda m: m.replace("ZY0001^^^HIS^MR", messages.WRONG_ID_CARD + "^^^PSB^NI"), "AE", "PID^1^3"),
])
def test_bad_messages_name_the_place_and_leave_nothing_behind(receive, spoil, answer_code, place):
    (answer,) = receive(spoil(messages.adt("A01", "C1")))
    assert (code_of(answer), place_of(answer)) == (answer_code, place)
    message = kept()
    assert message.state == "refused" and message.refusal and message.place == place and bytes(message.raw)
    assert not Resident.objects.exists() and not Encounter.objects.exists()


def test_an_unknown_area_code_with_a_right_check_digit_is_accepted_with_a_finding(receive):
    (answer,) = receive(messages.adt("A01", patient=messages.pid(identity=messages.id_card(area="999999"))))
    assert code_of(answer) == "AA"
    assert any("area" in code or "region" in code for code in codes(kept())), codes(kept())
    assert Identifier.objects.filter(system="id_card").exists()


def test_a_card_number_that_fails_its_check_is_kept_unverified_beside_a_local_number(receive):
    (answer,) = receive(messages.adt("A01", patient=messages.pid(identity=messages.WRONG_ID_CARD)))
    assert code_of(answer) == "AA" and "identifier_unverified" in codes(kept())
    assert not Identifier.objects.filter(system="id_card").exists()


def test_provisional_files_an_unknown_sender(receive):
    (answer,) = receive(messages.adt("A01", header={"facility": "XINYY"}), provisional=True)
    assert code_of(answer) == "AA" and kept().institution.standing == "provisional"


def test_the_same_local_number_of_two_issuers_is_two_people(receive):
    receive(messages.adt("A01", visit="V1", patient="PID|1||77^^^HIS^MR||云甲||19700101|M"))
    receive(messages.adt("A01", visit="V2", patient="PID|1||77^^^LIS^MR||云乙||19800101|F"))
    receive(messages.adt("A01", visit="V3", patient="PID|1||77^^^HIS^MR||云丙||19600101|F", header={"facility": "ERYY"}), provisional=True)
    assert Resident.objects.count() == 3


def test_a_poison_message_spoils_nobody_else(receive, monkeypatch, caplog):
    from yilianti.gateways.hl7v2.applying import adt

    original = adt.content

    def explode(context, visit):
        if context.message.header.component(10) == "BOOM":
            raise ZeroDivisionError(messages.NAME)
        return original(context, visit)

    monkeypatch.setattr(adt, "content", explode)
    answers = receive(messages.adt("A01", "C1", visit="V1"), messages.adt("A01", "BOOM", visit="V2"), messages.adt("A01", "C3", visit="V3"))
    assert [code_of(a) for a in answers] == ["AA", "AE", "AA"]
    assert set(Encounter.objects.values_list("visit_number", flat=True)) == {"V1", "V3"}
    poisoned = Message.objects.get(control_id="BOOM")
    assert poisoned.state == "refused" and poisoned.refusal_code == "internal_error" and str(poisoned.id) in poisoned.refusal
    assert "ZeroDivisionError" in caplog.text and messages.NAME not in caplog.text


def test_a_mapping_changes_how_a_code_is_read(receive, at):
    place = institutions.by_facility_code("hl7v2", "YXXRMYY")
    text = messages.adt("A01", "C1", kind="Q")
    receive(text)
    assert Encounter.objects.get().kind == "inpatient" and "code_unmapped" in codes(kept())
    CodeMapping.objects.create(institution=place, table="patient_class", local_code="Q", standard_code="emergency", changed_at=at)
    receive(messages.adt("A08", "C2", kind="Q", at="20261122090000+0800"))
    assert Encounter.objects.get().kind == "emergency"


def test_a_reading_by_a_foreign_parser(receive):
    (answer,) = receive(messages.adt("A01", "C42"))
    parsed = hl7.parser.parse(answer) if hasattr(hl7, "parser") else hl7.parse(answer)
    assert str(parsed.segment("MSA")[2]) == "C42"


def test_unknown_segments_are_kept(receive):
    receive(messages.adt("A01", extra=("ZYL|医联体|自定义内容",)))
    assert Encounter.objects.get().details["other_segments"] == ["ZYL|医联体|自定义内容"]


def test_an_explicit_null_deletes_and_an_empty_field_does_not(receive):
    receive(messages.adt("A01"))
    receive(messages.adt("A08", ward="", at="20261121090000+0800"))
    assert Encounter.objects.get().ward == "心内科"
    receive(messages.adt("A08", ward='""', at="20261121100000+0800"))
    assert Encounter.objects.get().ward == ""

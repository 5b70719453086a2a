"""ORM and OMG from a member's system become exams of the centre, one an order; the issued report goes back as ORU. The `hl7` package sends, receives and judges."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import hl7 as foreign
import pytest
from django.test import Client
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message

from tests.hl7 import messages
from tests.hl7.hospital import Hospital, pdf_of
from tests.hl7.serving import code_of, listening, place_of, send
from yilianti.care.diagnosis import actions
from yilianti.care.diagnosis.models import Exam, IssuedReport
from yilianti.care.diagnosis.terms import Order
from yilianti.care.diagnosis.tests import factories
from yilianti.gateways.hl7v2 import api as hl7v2
from yilianti.gateways.hl7v2.mllp import Frame
from yilianti.gateways.hl7v2.models import CodeMapping, Message
from yilianti.gateways.hl7v2.receiving import Receiver
from yilianti.gateways.outbound import sending
from yilianti.gateways.outbound.models import Outgoing
from yilianti.gateways.outbound.tests import factories as outbox
from yilianti.handovers import diagnosis_to_hl7v2
from yilianti.kernel.models import JournalEntry
from yilianti.record.recordings import api as recordings
from yilianti.registry.access.models import Account
from yilianti.registry.institutions.models import FacilityCode
from yilianti.registry.residents.models import Resident

PDF = b"%PDF-1.4 \xe6\x8a\xa5\xe5\x91\x8a | ^ ~ & \\ \r\n" + bytes(range(256)) * 40


@pytest.fixture
def scene(db, at):
    made = factories.scene(at)
    FacilityCode.objects.create(institution=made.county.township, system="hl7v2", value="LHWSY")
    return made


@pytest.fixture
def receive(at):
    return lambda *texts: [answer.decode() for answer in Receiver().receive("t", [Frame(text.encode()) for text in texts], at=at)]


def order(control: str = "NW", number: str = "SQ0001", *, kind: str = "ORM^O01", priority: str = "", complaint: str = "胸闷三天，活动后加重", service: str = "XDT^常规心电图^LOCAL",
          patient: str = "", reason: str = "", notes: tuple[str, ...] = (), charset: str = "UNICODE UTF-8") -> str:
    """As a hospital's system would write it, through the `hl7` package: what it cannot parse is not sent."""
    timing = f"TQ1|1||||||||{priority}" if priority else ""
    lines = [
        messages.msh(kind, facility="LHWSY", charset=charset), patient or messages.pid("LH001"), "PV1|1|I|内科^3^12", f"ORC|{control}|{number}|||||||20261126090000|||D7^周^医生",
        timing, f"OBR|1|{number}||{service}|||||||||{complaint}|||D7^周^医生|||||||||||||||{reason}", *(f"NTE|{n}||{text}" for n, text in enumerate(notes, 1)),
        "DG1|1||I20.000^不稳定性心绞痛^ICD10|||W",
    ]  # fmt: skip
    return str(foreign.parse("\r".join(filter(None, lines)) + "\r"))


class TestOrders:
    def test_a_new_order_is_an_exam_with_what_the_message_says(self, scene, receive):
        (answer,) = receive(order(priority="S", notes=("心电监护中",)))
        exam = Exam.objects.get()
        assert code_of(answer) == "AA"
        assert (exam.state, exam.modality, exam.urgency, exam.institution, exam.centre) == ("ordered", "ecg", "emergency", scene.county.township, scene.county.hospital)
        assert (exam.placer_number, exam.complaint, exam.impression, exam.bed, exam.orderer) == ("SQ0001", "胸闷三天，活动后加重；心电监护中", "不稳定性心绞痛", "3 12", "周医生")
        assert exam.source == f"hl7v2:{Message.objects.get().pk}" and exam.resident == Resident.objects.get(name=messages.NAME)

    @pytest.mark.parametrize("codec", [("utf-8", "UNICODE UTF-8"), ("gb18030", "GB 18030-2000"), ("gb18030", "UNICODE UTF-8")])
    def test_character_sets_as_the_door_knows_them(self, scene, codec, at):
        Receiver().receive("t", [Frame(order(charset=codec[1]).encode(codec[0]))], at=at)
        assert Exam.objects.get().complaint == "胸闷三天，活动后加重"

    @pytest.mark.parametrize("again", [{}, {"kind": "OMG^O19"}])
    def test_a_repeat_is_acknowledged_without_a_second_exam(self, scene, receive, again):
        receive(order())
        assert code_of(receive(order(**again))[0]) == "AA"
        assert Exam.objects.count() == 1

    def test_an_order_entered_on_the_page_before_is_the_same_exam(self, scene, receive, at):
        receive(messages.adt("A04", patient=messages.pid("LH001"), header={"facility": "LHWSY"}))
        patient = Resident.objects.get(name=messages.NAME)
        first = actions.order(actor=scene.doctor, resident=patient.pk, institution=scene.county.township.pk, order=Order(complaint="心悸", placer_number="SQ0001"), client_key=uuid4(), at=at)
        assert code_of(receive(order())[0]) == "AA"
        assert Exam.objects.get() == first

    def test_the_same_number_of_another_member_is_another_order(self, scene, receive):
        FacilityCode.objects.create(institution=scene.county.hospital, system="hl7v2", value="YXXRMYY")
        receive(order(), order().replace("LHWSY", "YXXRMYY"))
        assert Exam.objects.count() == 2

    def test_cancelled_twice_is_cancelled_once_and_never_new_again(self, scene, receive):
        receive(order())
        assert [code_of(answer) for answer in receive(order("CA", notes=("患者拒绝",)), order("DC"))] == ["AA", "AA"]
        assert Exam.objects.get().state == "cancelled"
        assert JournalEntry.objects.get(word="diagnosis.cancelled").facts["because"] == "患者拒绝"
        (answer,) = receive(order())
        assert (code_of(answer), place_of(answer)) == ("AE", "ORC^1^2") and Exam.objects.count() == 1

    def test_a_cancellation_after_reading_began_is_refused_and_says_who_reads(self, scene, receive, at):
        receive(order())
        read(scene, Exam.objects.get(), at)
        (answer,) = receive(order("CA"))
        assert (code_of(answer), place_of(answer)) == ("AE", "ORC^1^1")
        assert "诊断中" in answer and Exam.objects.get().state == "reading"

    def test_a_change_reaches_whoever_will_read_and_its_limits(self, scene, receive, at):
        receive(order())
        queued(scene, Exam.objects.get(), at)
        before = Exam.objects.get()
        assert code_of(receive(order("XO", priority="S", complaint="胸痛两小时"))[0]) == "AA"
        exam = Exam.objects.get()
        assert (exam.urgency, exam.complaint, exam.sent_at) == ("emergency", "胸痛两小时", before.sent_at) and exam.written_due_at < before.written_due_at
        actions.claim(actor=scene.reader, number=exam.number, at=at)
        (answer,) = receive(order("XO", complaint="又改"))
        assert (code_of(answer), place_of(answer)) == ("AE", "ORC^1^1") and Exam.objects.get().complaint == "胸痛两小时"

    @pytest.mark.parametrize(("said", "place"), [
        (order("SN"), "ORC^1^1"), (order(number=""), "ORC^1^2"), (order("CA", "SQ9"), "ORC^1^2"), (order("XO", "SQ9"), "ORC^1^2"), (order(complaint=""), "OBR^1^13"),
        (order(service="CT^胸部CT^LOCAL"), "OBR^1^4"), (order(service=""), "OBR^1^4"), (order(number="9" * 97), "ORC^1^2"), (order().replace("OBR|1|SQ0001", "OBR|1|SQ0002"), "OBR^1^2"),
        (order().replace("OBR|", "ZBR|"), "OBR^1"), (order().replace("ORC|", "ZRC|"), "ORC^1"), (order().replace("PID|", "ZID|"), "PID^1"),
    ])  # fmt: skip
    def test_what_is_wrong_is_refused_with_its_place(self, scene, receive, said, place):
        (answer,) = receive(said)
        assert (code_of(answer), place_of(answer)) == ("AE", place)
        assert not Exam.objects.exists()

    def test_a_number_used_for_another_person_is_refused(self, scene, receive):
        receive(order())
        for control in ("NW", "XO", "CA"):
            (answer,) = receive(order(control, patient=messages.pid("LH002", name="柳青", phone="13800000002")))
            assert (code_of(answer), place_of(answer)) == ("AE", "PID^1^3")
        assert Exam.objects.get().state == "ordered"

    @pytest.mark.parametrize(("local", "more"), [(("order", "XDT2", "ecg_chest_pain"), {"service": "XDT2^床旁描记^LOCAL"}), (("priority", "XT", "chest_pain"), {"priority": "XT"}),
                                                 (("priority", "R07", "chest_pain"), {"reason": "R07^喉痛^LOCAL"})])  # fmt: skip
    def test_chest_pain_is_what_the_institution_maps_to_it(self, scene, receive, at, local, more):
        table, code, standard = local
        CodeMapping.objects.create(institution=scene.county.township, table=table, local_code=code, standard_code=standard, changed_at=at)
        assert code_of(receive(order(complaint="", **more))[0]) == "AA"
        assert Exam.objects.get().urgency == "chest_pain"

    def test_a_message_with_two_orders_makes_two_exams_or_none(self, scene, receive):
        second = order(number="SQ0002").split("\r")
        both = order().rstrip("\r") + "\r" + "\r".join(line for line in second if line[:3] in ("ORC", "OBR")) + "\r"
        bad = both.replace("SQ0001", "SQ0003").replace("OBR|1|SQ0002||XDT^常规心电图^LOCAL", "OBR|1|SQ0002||CT^胸部CT^LOCAL")
        assert [code_of(answer) for answer in receive(bad, both)] == ["AE", "AA"]
        assert sorted(Exam.objects.values_list("placer_number", flat=True)) == ["SQ0001", "SQ0002"]


def queued(scene, exam, at):
    kept = recordings.keep(actor=scene.doctor, institution_id=exam.institution_id, content=exam.number.encode(), format="csv", tracing=factories.tracing(), at=at)
    actions.acquire(actor=scene.doctor, number=exam.number, recording=kept, quality=(), measured={"HR": 72.0}, suggested=["SR"], at=at)
    return actions.send(actor=scene.doctor, number=exam.number, at=at)


def read(scene, exam, at):
    return actions.claim(actor=scene.reader, number=queued(scene, exam, at).number, at=at)


def issue(scene, exam, at, *, pdf=PDF, statements=("SR", "CLBBB"), measurements=None):
    said = {"statements": statements, "conclusion": "窦性心律\n完全性左束支阻滞 | 请结合临床", "measurements": measurements or {"HR": 72.0, "QTC": 431.0, "RV5": 1.25}}
    actions.conclude(actor=scene.reader, number=read(scene, exam, at).number, at=at, **said)
    return actions.issue(actor=scene.auditor, number=exam.number, draw=lambda exam: pdf, at=at, **said)


def amend(scene, exam, at, pdf):
    return actions.amend(actor=scene.head, number=exam.number, statements=["SR"], conclusion="窦性心律", measurements={"HR": 72.0}, because="复核图形", draw=lambda exam: pdf, at=at)


def hand_over(word: str) -> None:
    diagnosis_to_hl7v2.hand_over(JournalEntry.objects.filter(word=word).latest("id"))


class TestReports:
    def test_each_version_is_one_message_with_the_bytes_that_were_issued(self, scene, receive, at):
        outbox.destination(scene.county.township, at=at, wants=("report_of_ours",))
        receive(order())
        exam = issue(scene, Exam.objects.get(), at)
        hand_over("diagnosis.issued")
        hand_over("diagnosis.issued")
        amend(scene, exam, at + timedelta(hours=1), PDF + b"2")
        hand_over("diagnosis.amended")
        rows = list(Outgoing.objects.order_by("id"))
        assert [row.kind for row in rows] == ["ORU^R01"] * 2 and len({row.control_id for row in rows}) == 2
        for row, report, state in zip(rows, IssuedReport.objects.order_by("version"), ("F", "C"), strict=True):
            text = bytes(row.payload).decode()
            told = foreign.parse(text)
            short = text.replace(base64.b64encode(report.content).decode(), "JVBERg==")  # the validator allows no text longer than 199 in any place
            assert parse_message(short, validation_level=VALIDATION_LEVEL.STRICT, find_groups=True).validate()
            assert (str(told["OBR.F2"]), told["OBR.F3.R1.C1"], told["OBR.F4.R1.C1"], str(told["OBR.F25"])) == ("SQ0001", exam.number, "11524-6", state)
            assert {str(line[11]) for line in told.segments("OBX")} == {state}
            assert pdf_of(told) == bytes(report.content)

    def test_measurements_statements_conclusion_and_the_critical_flag(self, scene, receive, at):
        outbox.destination(scene.county.township, at=at, wants=("report_of_ours",))
        receive(order())
        issue(scene, Exam.objects.get(), at, statements=("VF",), measurements={"HR": 30.0, "RV5": 1.25})
        hand_over("diagnosis.issued")
        told = foreign.parse(bytes(Outgoing.objects.get().payload).decode())
        lines = [(str(line[2]), line[3][0][0][0], line[5][0], str(line[8])) for line in told.segments("OBX")]
        by_code = {what: (kind, value, flag) for kind, what, value, flag in lines}
        assert str(by_code["8867-4"][1]) == "30"
        assert str(by_code["RV5"][1]) == "1.25", "no LOINC code is guessed"
        assert by_code["8601-7"][1][0][0] == "VF"
        assert (by_code["CRITICAL"][1][0][0], by_code["CRITICAL"][2], by_code["CRITICAL_VALUE"][2]) == ("Y", "AA", "AA")
        assert str(by_code["CONCLUSION"][1]) == "窦性心律\\.br\\完全性左束支阻滞 \\F\\ 请结合临床"

    def test_who_did_not_ask_hears_nothing(self, scene, receive, at):
        outbox.destination(scene.county.township, at=at, wants=("referral_of_ours",))
        outbox.destination(scene.county.hospital, at=at, wants=("report_of_ours",))
        receive(order())
        issue(scene, Exam.objects.get(), at)
        hand_over("diagnosis.issued")
        assert not Outgoing.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestOverTheWire:
    def test_from_the_order_to_the_report_and_its_correction(self, scene, at):
        hospital = Hospital()
        try:
            outbox.destination(scene.county.township, at=at, wants=("report_of_ours",), port=hospital.port)
            with listening(provisional=False) as door:
                (answer,) = send(door.port, order(kind="OMG^O19", priority="S"))
            assert code_of(answer) == "AA"
            exam = issue(scene, Exam.objects.get(), at)
            hand_over("diagnosis.issued")
            amend(scene, exam, at + timedelta(minutes=5), PDF * 3)
            hand_over("diagnosis.amended")
            while sending.send_next({"hl7v2": hl7v2.CARRIER}, at + timedelta(minutes=6)):
                pass
        finally:
            hospital.stop()
        assert [str(told["OBR.F25"]) for told in hospital.taken] == ["F", "C"], "a correction never overtakes"
        assert [pdf_of(told) for told in hospital.taken] == [bytes(one.content) for one in IssuedReport.objects.order_by("version")]
        assert set(Outgoing.objects.values_list("state", flat=True)) == {"acknowledged"}

    def test_eight_lines_bring_one_order_at_once(self, scene):
        with listening(provisional=False) as door, ThreadPoolExecutor(8) as lines:
            answers = list(lines.map(lambda text: send(door.port, text)[0], [order() for _ in range(8)]))
        assert [code_of(answer) for answer in answers] == ["AA"] * 8
        assert Exam.objects.count() == 1 and JournalEntry.objects.filter(word="diagnosis.ordered").count() == 1


class TestShown:
    """What the page of an exam says of the member's system."""

    @pytest.fixture
    def exam(self, scene, receive, at):
        receive(order())
        return issue(scene, Exam.objects.get(), at)

    def test_where_the_order_came_from_and_whether_the_report_arrived(self, scene, exam, at, django_assert_max_num_queries):
        place = outbox.destination(scene.county.township, at=at, wants=("report_of_ours",))
        client = signed_in(scene.doctor)
        assert "医院系统申请（HL7）" in client.get(f"/diagnosis/{exam.number}/").content.decode()
        first = client.get(f"/hl7v2/exams/{exam.number}").content.decode()
        assert "SQ0001" in first and "还没有发给医院系统" in first and "补发报告" in first
        assert client.post(f"/hl7v2/exams/{exam.number}/resend").status_code in (204, 302)
        row = Outgoing.objects.get()
        for state, said in (("waiting", "待发"), ("acknowledged", "对方已确认"), ("parked", "停下待处理")):
            Outgoing.objects.filter(pk=row.pk).update(state=state, parked_at=at, acknowledged_at=at)
            with django_assert_max_num_queries(20):
                shown = client.get(f"/hl7v2/exams/{exam.number}").content.decode()
            assert said in shown and place.name in shown and ("补发报告" in shown) is (state == "parked")
        client.post(f"/hl7v2/exams/{exam.number}/resend")
        row.refresh_from_db()
        assert row.state == "waiting" and Outgoing.objects.count() == 1
        again = client.post(f"/hl7v2/exams/{exam.number}/resend", HTTP_HX_REQUEST="true")
        assert again.status_code == 409 or "没有停下的报告消息" in again.content.decode()

    def test_strangers_and_readers_send_nothing(self, scene, exam, at):
        outbox.destination(scene.county.township, at=at, wants=("report_of_ours",))
        assert signed_in(scene.stranger).get(f"/hl7v2/exams/{exam.number}").status_code == 404
        assert "补发报告" not in signed_in(scene.reader).get(f"/hl7v2/exams/{exam.number}").content.decode()
        assert signed_in(scene.reader).post(f"/hl7v2/exams/{exam.number}/resend").status_code == 403
        assert not Outgoing.objects.exists()


def signed_in(actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=actor.account))
    return client

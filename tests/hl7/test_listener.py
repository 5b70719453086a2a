"""The real listener over a real socket, with the `hl7` package's client as the foreign sender."""

from __future__ import annotations

import threading

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message

from tests.hl7 import messages
from tests.hl7.serving import code_of, listening, raw_exchange, send
from yilianti.gateways.hl7v2.models import Message
from yilianti.kernel.models import Heartbeat
from yilianti.record.encounters.models import Encounter
from yilianti.registry.residents.models import Resident

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_foreign_client_is_answered_and_the_foreign_validator_agrees():
    with listening() as running:
        answers = send(running.port, messages.adt("A01", "C1"), messages.oru("C2"), messages.mdm("C3"), "MSH|^~\\&|X|Y\r", messages.adt("A99", "C5"))
    assert [code_of(answer) for answer in answers] == ["AA", "AA", "AA", "AR", "AR"]
    for answer in (answers[0], answers[1], answers[2], answers[4]):
        assert parse_message(answer.replace("\r\n", "\r"), validation_level=VALIDATION_LEVEL.STRICT).validate()
    assert Encounter.objects.count() == 1 and Message.objects.filter(state="refused").count() == 2


def test_a_thousand_control_ids_come_back_once_and_in_order():
    texts = [messages.adt("A01", f"N{n}", visit=f"V{n}", patient=messages.pid(f"P{n}", name=f"云{chr(0x4E00 + n)}")) for n in range(300)]
    with listening() as running:
        data = b"".join(b"\x0b" + text.encode() + b"\x1c\x0d" for text in texts)
        found = raw_exchange(running.port, data, seconds=60)
    answers = [piece.decode() for piece in found.split(b"\x1c\x0d") if piece]
    assert [answer.split("MSA|AA|")[1].split("\r")[0] for answer in answers] == [f"N{n}" for n in range(300)]
    assert Encounter.objects.count() == 300


def test_eight_senders_of_one_new_patient_make_one_resident():
    patient = messages.pid(identity=messages.ID_CARD)
    answers: list[str] = []

    def one(place: int, port: int) -> None:
        for n in range(6):
            answers.extend(send(port, messages.adt("A01", f"S{place}-{n}", visit=f"V{place}-{n}", patient=patient, header={"facility": f"F{place % 3}"})))

    with listening() as running:
        threads = [threading.Thread(target=one, args=(place, running.port)) for place in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [code_of(answer) for answer in answers] == ["AA"] * 48
    assert Resident.objects.count() == 1 and Encounter.objects.count() == 48


def test_the_same_bytes_from_many_lines_are_applied_once():
    text, answers = messages.oru("SAME"), []
    with listening() as running:
        threads = [threading.Thread(target=lambda: answers.extend(send(running.port, text, text))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [code_of(answer) for answer in answers] == ["AA"] * 12
    message = Message.objects.get()
    assert message.attempts == 12 and len(message.subjects) == 1


def test_gb18030_over_the_wire():
    text = messages.adt("A01", header={"charset": "GB 18030-2000"})
    with listening() as running:
        (answer,) = send(running.port, text, codec="gb18030")
    assert code_of(answer) == "AA" and Resident.objects.get().name == messages.NAME


def test_an_overlong_message_is_refused_and_the_line_lives_on():
    with listening(limits={"max_frame": 20_000}) as running:
        answers = send(running.port, messages.adt("A01", "BIG", extra=("NTE|1||" + "长" * 20_000,)), messages.adt("A01", "SMALL"))
    assert [code_of(answer) for answer in answers] == ["AR", "AA"] and "MSA|AR|BIG" in answers[0]
    assert Message.objects.get(state="refused").refusal.startswith("消息超过")


def test_unknown_facilities_are_refused_unless_provisional():
    with listening(provisional=False) as running:
        (answer,) = send(running.port, messages.adt("A01"))
    assert code_of(answer) == "AR" and "MSH^1^4" in answer and not Resident.objects.exists()


def test_stopping_finishes_what_was_received_and_the_heart_beats():
    with listening() as running:
        send(running.port, messages.adt("A01"))
        assert Heartbeat.objects.get(process="hl7").detail["port"] == running.port

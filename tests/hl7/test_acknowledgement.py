"""The answer, read by validators that others wrote."""

from datetime import datetime, timedelta, timezone

import hl7
import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message

from tests.hl7 import messages
from yilianti.gateways.hl7v2 import acknowledgement, encoding
from yilianti.gateways.hl7v2.acknowledgement import ACCEPTED, Answer
from yilianti.gateways.hl7v2.parsing import Message

AT = datetime(2026, 11, 22, 10, tzinfo=timezone(timedelta(hours=8)))
REFUSAL = Answer("AE", "101", "PID-3 为空：请填写患者标识后重发。", "PID-3 is required | really", "PID", 1, 3)
VERSIONS = ["2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8", "2.8.1", "2.8.2"]  # hl7apy knows no ACK before 2.3.1


def write(answer, version="2.5.1", charset="GB 18030-2000", codec="gb18030"):
    raw = messages.adt("A01", "C77", header={"version": version, "charset": charset}).encode(codec)
    reading = encoding.read(raw)
    message = Message(reading.text, reading.codec)
    return acknowledgement.write(answer, message=message, raw=raw, codec=reading.codec, declared=reading.declared, at=AT)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("answer", [ACCEPTED, REFUSAL])
def test_hl7apy_strict_accepts_it(version, answer):
    parsed = parse_message(write(answer, version).decode("gb18030"), validation_level=VALIDATION_LEVEL.STRICT)
    assert parsed.validate()
    assert parsed.msa.msa_1.value == answer.code and parsed.msa.msa_2.value == "C77"


def test_hl7apy_strict_can_say_no():
    spoiled = write(ACCEPTED).decode("gb18030").replace("|P|2.5.1", "||2.5.1")
    with pytest.raises(Exception):  # noqa: B017 any complaint of the foreign validator will do
        parse_message(spoiled, validation_level=VALIDATION_LEVEL.STRICT).validate()


def test_it_names_the_place_and_is_written_in_the_senders_set():
    answer = write(REFUSAL)
    assert "请填写患者标识" in answer.decode("gb18030")
    parsed = hl7.parse(answer.decode("gb18030"))
    assert str(parsed.segment("ERR")[2]) == "PID^1^3"
    assert str(parsed.segment("ERR")[7]) == "PID-3 is required \\F\\ really"
    header = parsed.segment("MSH")
    assert (str(header[3]), str(header[5]), str(header[6]), str(header[9]), str(header[12]), str(header[18])) == (
        "YLT", "HIS", "YXXRMYY", "ACK^A01^ACK", "2.5.1", "GB 18030-2000")


def test_before_2_5_the_place_stands_in_err_1():
    assert "ERR|PID^1^3^101&Required field missing&HL70357" in write(REFUSAL, "2.4").decode("gb18030")
    assert "MSA|AE|C77|PID-3 is required" in write(REFUSAL, "2.3").decode("gb18030")


def test_what_is_echoed_cannot_end_the_frame():
    raw = b"MSH|^~\\&|A\x0b|B|C|D|||ADT^A01|Q1\x1c|P|2.5"
    answer = acknowledgement.write(ACCEPTED, message=None, raw=raw, codec="utf-8", declared="", at=AT)
    assert b"\x1c" not in answer and b"\x0b" not in answer and b"MSA|AA|Q1\r" in answer


@pytest.mark.parametrize("raw", [b"", b"rubbish", b"MSH", b"MSH|^~\\&", b"\xff\xfe\x00", b"MSH|^~\\&|A|B|C|D|||ADT^A01|Q1|P|9\xff"])
def test_rubbish_is_answered_too(raw):
    answer = acknowledgement.write(Answer("AR", "100", "不是消息", "no message"), message=None, raw=raw, codec="utf-8", declared="", at=AT)
    assert hl7.parse(answer.decode()).segment("MSA")[1][0] == "AR"

"""The parser: delimiters, escapes, repetitions, and what it refuses."""

import glob
import pathlib

import pytest

from yilianti.gateways.hl7v2 import encoding, parsing
from yilianti.gateways.hl7v2.parsing import Delimiters, Malformed, Message, escape, unescape

SAMPLES = sorted(glob.glob(str(pathlib.Path(__file__).parents[3] / "shared/data/hl7v2_ms/*.hl7")))
STANDARD = Delimiters("|", "^~\\&")


def test_reads_fields_components_repetitions_and_subcomponents():
    message = Message("MSH|^~\\&|HIS|A\rPID|1||1^^^X&Y^MR~2^^^^NI||张^三\rZXX|自定义|1\r")
    patient = message.first("PID")
    assert patient.component(3) == "1"
    assert patient.component(3, 4, 2) == "Y"
    assert [f.component(5) for f in patient.repetitions(3)] == ["MR", "NI"]
    assert patient.component(5, 2) == "三"
    assert patient.field(40) == "" and patient.component(40, 2) == ""
    assert message.first("ZXX").text(1) == "自定义"
    assert message.header.field(1) == "|" and message.header.field(2) == "^~\\&" and message.header.field(3) == "HIS"


def test_takes_the_senders_own_delimiters():
    message = Message("MSH*:!?%*HIS*A\rPID*1**7:::X%Y:MR!8\r")
    assert message.first("PID").component(3, 4, 2) == "Y"
    assert [f.raw for f in message.first("PID").repetitions(3)] == ["7:::X%Y:MR", "8"]


@pytest.mark.parametrize(("written", "meant"), [
    ("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f", "a|b^c&d~e\\f"), ("一行\\.br\\二行", "一行\n二行"), ("\\X4142\\", "AB"),
    ("\\XE4BDA0\\好", "你好"), ("C:\\temp", "C:\\temp"), ("\\Zabc\\", "\\Zabc\\"), ("\\H\\重\\N\\", "重"), ("\\", "\\"),
    ("\\Xzz\\", "\\Xzz\\"), ("\\.sp2\\x", "\n\nx"), ("\\\\", "\\\\"),
])
def test_unescapes(written, meant):
    assert unescape(written, STANDARD) == meant


def test_escape_is_undone_by_unescape():
    text = "a|b^c&d~e\\f\nE\\X41\\"
    assert unescape(escape(text, STANDARD), STANDARD) == text


def test_explicit_null_is_not_a_value():
    patient = Message('MSH|^~\\&|H\rPID|1||7||""\r').first("PID")
    assert patient.is_null(5) and patient.component(5) == "" and not patient.has(5)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", ""])
def test_any_line_end_and_trailing_junk(end):
    message = Message(end.join(["MSH|^~\\&|HIS|A", "PID|1||7" if end else ""]) + end + "\x00\x1c \r")
    assert message.header.field(3) == "HIS"


def test_a_line_break_inside_a_field_loses_nothing():
    message = Message("MSH|^~\\&|HIS\rOBX|1|TX|A||第一行\n第二行\rNTE|1\r")
    assert message.first("OBX").field(5) == "第一行\n第二行"
    assert message.joined_lines == 1 and message.first("NTE") is not None


@pytest.mark.parametrize(("text", "field"), [
    ("", 0), ("PID|1", 0), ("MSH", 0), ("MSH|^~^&|A|B|C", 2), ("MSHA^~\\&A", 2), ("MSH\x1c^~\\&\x1cA\x1cB", 2), ("MSH¿^~\\&¿A¿B", 2), ("MSH|^~\\&|A|B\rPID|1||7\rPV", 0),
    ("MSH|^~\\&|A|B\rPID|1\rMSH|^~\\&|A|B\r", 0),
])
def test_refuses_what_is_no_message(text, field):
    with pytest.raises(Malformed) as refusal:
        Message(text)
    assert refusal.value.zh and refusal.value.en and refusal.value.field == field


@pytest.mark.skipif(not SAMPLES, reason="../shared/data/hl7v2_ms is absent")
def test_reads_every_shared_message_without_losing_a_character():
    assert len(SAMPLES) == 59
    for path in SAMPLES:
        reading = encoding.read(pathlib.Path(path).read_bytes())
        message = parsing.Message(reading.text, reading.codec)
        lines = [line for line in reading.text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
        assert [s.raw.strip() for s in message] == [line.strip() for line in lines], path

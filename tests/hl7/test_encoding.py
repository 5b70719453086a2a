"""MSH-18, and what is done when it lies."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hl7 import messages
from yilianti.gateways.hl7v2 import encoding
from yilianti.gateways.hl7v2.parsing import Malformed, Message


@pytest.mark.parametrize(("declared", "codec", "read_as"), [
    ("UNICODE UTF-8", "utf-8", "utf-8"), ("UNICODE", "utf-8", "utf-8"), ("", "utf-8", "utf-8"), ("", "gb18030", "gb18030"),
    ("GB 18030-2000", "gb18030", "gb18030"), ("GBK", "gbk", "gb18030"), ("gb2312", "gb2312", "gb18030"),
])
def test_reads_what_is_declared(declared, codec, read_as):
    text = messages.adt("A01", header={"charset": declared})
    reading = encoding.read(text.encode(codec))
    assert (reading.text, reading.codec, reading.findings) == (text, read_as, ())


@pytest.mark.parametrize(("declared", "codec", "finding"), [
    ("UNICODE UTF-8", "gb18030", "charset_lied"), ("GB 18030-2000", "utf-8", "charset_lied"), ("8859/1", "utf-8", "charset_lied"),
    ("8859/1", "gb18030", "charset_lied"), ("ASCII", "gb18030", "charset_lied"), ("EBCDIC", "utf-8", "charset_unknown"),
])
def test_recognises_the_bytes_when_msh_18_lies(declared, codec, finding):
    text = messages.adt("A01", header={"charset": declared})
    reading = encoding.read(text.encode(codec))
    assert reading.text == text
    assert [f.code for f in reading.findings] == [finding]


def test_trail_bytes_that_look_like_delimiters_cut_nothing():
    name = "倈亅俕亊"  # their GB 18030 trail bytes are 0x7C 0x5C 0x7E among others
    assert any(b in name.encode("gb18030") for b in b"|\\^~")
    raw = messages.adt("A01", patient=messages.pid(name=name), header={"charset": "GB 18030-2000", "application": name}).encode("gb18030")
    reading = encoding.read(raw)
    message = Message(reading.text, reading.codec)
    assert message.first("PID").component(5) == name and message.header.component(3) == name
    assert reading.declared == "GB 18030-2000"


def test_a_four_byte_character_survives():
    name = "云𠮷"
    text = messages.adt("A01", patient=messages.pid(name=name), header={"charset": "GB18030"})
    assert encoding.read(text.encode("gb18030")).text == text


def test_latin_names_without_a_declaration():
    text = messages.msh("ADT^A01", charset="") + "\rPID|1||7||García^José\r"
    reading = encoding.read(text.encode("latin-1"))
    assert reading.text == text and [f.code for f in reading.findings] == ["charset_lied"]


def test_a_damaged_message_is_refused_not_guessed():
    raw = bytearray(messages.adt("A01").encode())
    raw[raw.index(messages.NAME.encode()) + 1] = 0xFF
    with pytest.raises(Malformed) as refusal:
        encoding.read(bytes(raw))
    assert refusal.value.field == 18


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw):
    with contextlib.suppress(Malformed):
        assert encoding.read(b"MSH|^~\\&|" + raw).codec in ("utf-8", "gb18030", "latin-1")


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=12))
def test_any_chinese_name_is_the_same_in_both_sets(name):
    read = {}
    for declared, codec in (("UNICODE UTF-8", "utf-8"), ("GB 18030-2000", "gb18030")):
        text = messages.adt("A01", patient=messages.pid(name=name), header={"charset": declared})
        read[codec] = Message(encoding.read(text.encode(codec)).text).first("PID").component(5)
    assert read == {"utf-8": name, "gb18030": name}

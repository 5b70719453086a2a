"""What readers of every format share: names of leads, character sets, sizes and gaps."""

import numpy as np
import pytest

from yilianti.record.recordings import leads, soundness, texts
from yilianti.record.recordings.terms import Lead, Tracing, Unreadable


@pytest.mark.parametrize(("said", "name"), [
    ("MDC_ECG_LEAD_AVR", "aVR"), ("Lead aVF (Goldberger)", "aVF"), ("avl", "aVL"), ("Lead I (Einthoven)", "I"), ("导联 II", "II"), ("Ⅲ", "III"), ("v6", "V6"), ("C1", "V1"), ("V3R", "V3R"),
    ("LEAD_V9", "V9"), ("MLII", "MLII"), ("V1 [uV]", "V1"), ("", ""), ("x" * 99, "x" * 20),
])  # fmt: skip
def test_a_lead_has_one_name(said, name):
    assert leads.lead_name(said) == name


def test_what_is_a_lead():
    assert leads.is_lead("avr") and leads.is_lead("MDC_ECG_LEAD_V1") and not leads.is_lead("time") and not leads.is_lead("")


def test_numbers_of_the_standard():
    assert [leads.BY_NUMBER[number] for number in (1, 2, 61, 62, 63, 64, 3, 8)] == ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V6"]
    assert len(set(leads.BY_NUMBER.values())) == len(leads.BY_NUMBER)


@pytest.mark.parametrize(("name", "codec"), [("GB2312", "gb18030"), ("gbk", "gb18030"), ("UTF-8", "utf-8"), ("latin-1", "iso8859-1"), ("klingon", ""), ("zlib", ""), ("rot13", ""), ("", "")])
def test_character_sets_by_any_name(name, codec):
    assert texts.codec(name) == codec


def test_latin_and_chinese_are_told_apart():
    assert texts.mislabelled("王小明".encode("gbk")) == "王小明"
    assert [texts.mislabelled(name.encode("latin-1")) for name in ("Müller", "José", "Æther", "Özgür", "plain")] == [None] * 5
    assert texts.undeclared("王".encode("gbk"))[0] == texts.undeclared("王".encode())[0] == "王" and "�" in texts.undeclared(b"\xff\xff")[0]


def test_names_of_people():
    assert (texts.full_name("王", "小明"), texts.full_name("Smith", "Ann"), texts.full_name("", " x\x00y ")) == ("王小明", "Smith Ann", "x y")


def test_pieces_stand_where_they_were_recorded():
    one, other = Lead("I", np.array([1, 2, 3])), Lead("I", np.array([7, 8]))
    found, notes = soundness.side_by_side([(one, 10), (other, 12)])
    assert [lead.name for lead in found] == ["I", "I#2"] and notes
    assert found[0].samples.tolist()[:3] == [1, 2, 3] and np.isnan(found[0].samples[3]) and found[1].samples.tolist()[2:] == [7, 8]
    assert soundness.side_by_side([(one, 5)])[0][0].samples is one.samples, "what needs no place of its own stays as it is"


@pytest.mark.parametrize(("series", "rate", "code"), [
    ((), 500.0, "no_leads"), ((Lead("I", np.zeros(5)),), 0.0, "no_rate"), ((Lead("I", np.zeros(5)),), float("nan"), "no_rate"), ((Lead("I", np.zeros(5)), Lead("II", np.zeros(4))), 500.0, "lengths_differ"),
    ((Lead("I", np.zeros(0)),), 500.0, "lengths_differ"), ((Lead("I", np.zeros(5), 0.0),), 500.0, "no_scale"), ((Lead("I", np.zeros(5), float("inf")),), 500.0, "no_scale"),
    (tuple(Lead(f"V{n}", np.zeros(2)) for n in range(70)), 500.0, "too_many_leads"), ((Lead("I", np.zeros(soundness.MAX_SAMPLES + 1, dtype=np.int8)),), 500.0, "too_long"),
])  # fmt: skip
def test_what_is_no_tracing(series, rate, code):
    with pytest.raises(Unreadable) as refusal:
        soundness.checked(Tracing("csv", series, rate))
    assert refusal.value.code == code

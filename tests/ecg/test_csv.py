"""CSV: layouts that vendors have, mappings, and what is not guessed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ecg.mutation import csv
from yilianti.gateways.ecg_devices.api import found_in, load, read
from yilianti.record.recordings.api import Unreadable

ROWS = "\n".join(f"{n},{2 * n},{-n}" for n in range(50))


def test_a_head_in_chinese_and_gbk():
    found = read(csv())
    assert (found.rate, found.subject.name, found.names()) == (500, "王小明", ("I", "II", "V1", "III", "aVR", "aVL", "aVF"))
    assert found.leads[0].samples.dtype == np.int32 and any("GB18030" in note for note in found.notes)


@pytest.mark.parametrize(("text", "rate", "first"), [
    (f"Sample rate: 250 Hz\nV1 (mV),V2 (mV),V3 (mV)\n{ROWS}", 250, [0, 1000]), (f"unit,uV\ntime(ms),V1,V2\n{ROWS}", 1000, [0, 2]),
    (f"单位：微伏\n采样率：500\nV1;V2;V3\n{ROWS.replace(',', ';')}", 500, [0, 1]), (f"fs=200\nunit=uV\nV1\tV2\tV3\n{ROWS.replace(',', chr(9))}", 200, [0, 1]),
    (f'"fs","100"\n"unit","uV"\n"V1","V2","V3"\n{ROWS}', 100, [0, 1]),
])  # fmt: skip
def test_layouts_without_a_mapping(text, rate, first):
    found = read(text.encode())
    assert found.rate == rate and found.leads[0].microvolts()[:2].tolist() == first


def test_a_county_s_own_mapping():
    mapping = load("acme", 'detect = ["ACME"]\nheader_lines = 1\nseparator = "comma"\ncolumns = ["V1", "", "V2"]\nmicrovolts_per_count = 2.5\nrate = 400.0\ntitle = "ACME"\n')
    found = read(f"ACME export 3\n{ROWS}".encode(), mappings=(mapping,))
    assert (found.names(), found.rate, found.leads[1].microvolts()[:3].tolist()) == (("V1", "V2"), 400, [0, -2.5, -5])


def test_layouts_of_a_folder(tmp_path):
    assert found_in(tmp_path / "none") == ()
    (tmp_path / "b.toml").write_text('title = "B"')
    (tmp_path / "a.toml").write_text('title = "A"')
    assert [one.name for one in found_in(tmp_path)] == ["a", "b"]


@pytest.mark.parametrize("text", ["colour = 3", "separator = 'tabs'", "detect = ["])
def test_a_wrong_mapping_says_what_is_wrong(text):
    with pytest.raises(ValueError, match="colour|separator|mapping|Invalid|Unclosed|array"):
        load("mapping", text)


@pytest.mark.parametrize(("text", "code"), [
    (f"unit,uV\nV1,V2,V3\n{ROWS}", "no_rate"), (f"fs,500\nV1,V2,V3\n{ROWS}", "unknown_unit"), (f"fs,500\nunit,uV\nred,green,blue\n{ROWS}", "no_leads"), (f"fs,500\nunit,uV\nV1,V2,V3\n{ROWS}\n1,2", "damaged"),
    (f"fs,500\nunit,uV\nV1,V2,V3\n{ROWS}\n1,2,x", "damaged"), ("one line 1", "damaged"), (f"fs,500\nunit,kg\nV1,V2,V3\n{ROWS}", "unknown_unit"), ("hello, world", "unknown_format"), ('{"a": 1}', "unknown_format"), ("report 2026", "damaged"),
])  # fmt: skip
def test_what_is_not_said_is_not_guessed(text, code):
    with pytest.raises(Unreadable) as refusal:
        read(text.encode(), "x.csv")
    assert refusal.value.code == code


def test_numbers_with_blanks_between_are_no_wfdb_header():
    mapping = load("plain", 'separator = "space"\nheader_lines = 0\ncolumns = ["I", "II"]\nunit = "mV"\nrate = 500.0\n')
    found = read(b"0 12\n1 13\n2 14\n", mappings=(mapping,))
    assert found.lead("II").microvolts().tolist() == [12000, 13000, 14000]


def test_roman_numerals_and_capitals():
    assert read("fs,500\nunit,uV\nⅠ,Ⅱ,AVR,c1\n1,2,3,4\n5,6,7,8\n".encode()).names()[:4] == ("I", "II", "aVR", "V1")


def test_gaps_stay_gaps():
    found = read(b"fs,500\nunit,uV\nV1,V2\n1,2\n,3\n4,5\n")
    assert np.isnan(found.leads[0].microvolts()).tolist() == [False, True, False]

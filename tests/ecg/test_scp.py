"""SCP-ECG: every mode of EN 1064 written by an encoder of our own and read back; biosig as a witness where it is installed."""

from __future__ import annotations

import struct
from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.ecg import scp_encoding
from tests.ecg.scp_encoding import Record, encode, machine
from yilianti.gateways.ecg_devices.api import read
from yilianti.gateways.ecg_devices.scp import huffman, layout, rhythm
from yilianti.record.recordings.api import Unreadable

TWELVE = (1, 2, 61, 62, 63, 64, 3, 4, 5, 6, 7, 8)
TAGS = (
    (0, "王".encode("gb18030") + b"\0"), (1, "小明".encode("gb18030") + b"\0"), (2, b"ZL-0017\0"), (4, b"\x3f\0\x01"), (5, struct.pack("<HBB", 1962, 7, 4)), (8, b"\x02"), (14, machine(0x27)),
    (16, "石桥镇卫生院".encode("gb18030") + b"\0"), (25, struct.pack("<HBB", 2026, 3, 1)), (26, bytes([8, 30, 5])), (27, struct.pack("<H", 5)), (28, struct.pack("<H", 150)), (29, b"\x02"),
    (30, "胸闷 2 小时".encode("gb18030") + b"\0"), (31, b"EC20260301007\0"), (34, struct.pack("<hH", 480, 0)),
)  # fmt: skip


def wave(samples: int, lead: int) -> np.ndarray:
    """Something like a lead, in counts."""
    at = np.arange(samples)
    return np.rint(180 * np.exp(-(((at % 400) - 150) ** 2) / 60) * (1 + lead / 3) + 12 * np.sin(at / 40 + lead) + 3 * np.sin(at / 3)).astype(np.int64)


def same(found, truth, limit=0):
    for lead, values in zip(found.leads, truth, strict=False):
        assert np.abs(np.asarray(lead.samples) - values).max() <= limit, lead.name


@pytest.mark.parametrize("differences", [0, 1, 2])
@pytest.mark.parametrize("coding", ["", "default", "switching"])
def test_lossless_modes_come_back_exactly(differences, coding):
    samples = [wave(5000, lead) for lead in range(12)]
    found = read(encode(Record(TWELVE, samples, differences=differences, huffman=coding, tags=TAGS)))
    assert found.names() == ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
    assert (found.rate, found.leads[0].scale, found.leads[0].samples.dtype) == (500.0, 5.0, np.int32)
    same(found, samples)


@settings(max_examples=60, deadline=None)
@given(
    leads=some.lists(some.lists(some.integers(-4000, 4000), min_size=2, max_size=60), min_size=1, max_size=3),
    differences=some.integers(0, 2), coding=some.sampled_from(["", "default", "switching"]), nanovolts=some.integers(1, 65535), microseconds=some.sampled_from([1000, 2000, 4000, 2003]),
)  # fmt: skip
def test_any_samples_come_back(leads, differences, coding, nanovolts, microseconds):
    length = min(map(len, leads))
    samples = [np.array(lead[:length]) for lead in leads]
    found = read(encode(Record((3, 4, 5)[: len(samples)], samples, nanovolts, microseconds, differences, coding)))
    assert found.rate == pytest.approx(1e6 / microseconds) and found.leads[0].scale == nanovolts / 1000
    same(found, samples)


@settings(max_examples=60, deadline=None)
@given(
    data=some.data(), length=some.integers(30, 200), differences=some.integers(0, 2), coding=some.sampled_from(["", "default", "switching"]), factor=some.sampled_from([1, 2, 4]), subtract=some.booleans()
)
def test_reference_beats_and_protected_zones(data, length, differences, coding, factor, subtract):
    """Exact inside the zones and wherever all is at full rate; outside, a straight line through the middle of the groups."""
    numbers = some.integers(-300, 300)
    samples = [np.array(data.draw(some.lists(numbers, min_size=length, max_size=length))) for _ in range(2)]
    reference = [np.array(data.draw(some.lists(numbers, min_size=20, max_size=20))) for _ in range(2)]
    firsts = sorted(data.draw(some.sets(some.integers(1, length - 12), max_size=4)))
    beats, zones, last = [], [], 0
    for first in firsts:
        if first > last:
            kind, size = data.draw(some.sampled_from([0, 0, 1])), data.draw(some.integers(3, 12))
            beats.append((kind, first, first + 2, first + size - 1))
            zones.append((first + 1, min(first + size - 2, length)) if size > 3 else (0, 0))
            last = first + size
    record = Record((1, 7), samples, differences=differences, huffman=coding, reference=reference, fiducial=5, beats=beats, zones=zones, subtract=subtract, factor=factor, reference_differences=differences)
    found = read(encode(record))
    assert [np.asarray(lead.samples).tolist() for lead in found.median] == [one.tolist() for one in reference] and found.rate == 500
    kept = np.zeros(length, dtype=bool)
    for first, end in zones:
        kept[max(first - 1, 0) : end] = True
    for number, (lead, values) in enumerate(zip(found.leads, samples, strict=False)):
        exact = np.ones(length, dtype=bool) if factor == 1 else kept
        assert np.abs(lead.samples - values)[exact].max(initial=0) == 0
        rest = scp_encoding.taken_away(values, 1, record, number) if subtract else values
        drawn = straightened(rest, zones, factor)
        assert np.allclose(np.asarray(lead.samples) - (values - rest), drawn)


def straightened(values: np.ndarray, zones, factor: int) -> np.ndarray:
    """What a reader must make of a decimated lead, sample by sample and stretch by stretch."""
    if factor == 1:
        return values.astype(float)
    inside = [any(first <= place + 1 <= last for first, last in zones) for place in range(len(values))]
    out, place = [], 0
    while place < len(values):
        end = place
        while end < len(values) and inside[end] == inside[place]:
            end += 1
        part = [int(value) for value in values[place:end]]
        if inside[place]:
            out += part
        else:
            means = [round(sum(part[group : group + factor]) / factor) for group in range(0, len(part) - factor + 1, factor)]
            for sample in range(len(means) * factor):
                position = (sample - factor // 2) / factor
                left = min(max(int(np.floor(position)), 0), len(means) - 1)
                right, share = min(left + 1, len(means) - 1), min(max(position - left, 0), 1)
                out.append(means[left] + (means[right] - means[left]) * share)
            out += part[len(means) * factor :]
        place = end
    return np.array(out)


def test_a_smooth_lead_loses_little_in_bimodal_compression():
    """A slow wave with QRS complexes, protected: what is interpolated stays within the wave's own curvature."""
    at = np.arange(5000)
    samples = [np.rint(100 * np.sin(at / 80) + 400 * np.exp(-(((at % 400) - 200) ** 2) / 40)).astype(np.int64)]
    beats = [(0, 400 * n + 101, 400 * n + 201, 400 * n + 301) for n in range(13)]
    zones = [(400 * n + 170, min(400 * n + 232, 5000)) for n in range(13)]
    record = Record((2,), samples, differences=2, reference=[np.zeros(200, dtype=int)], fiducial=101, beats=beats, zones=zones, subtract=True, factor=4)
    found = read(encode(record))
    same(found, samples, 2.5)
    assert any("线性内插" in note for note in found.notes)


def test_a_reference_beat_in_another_unit_is_added_in_microvolts():
    samples, reference = [wave(400, 1)], [np.array([10, 20, 30, 20, 10])]
    beats = [(0, 101, 103, 105)]
    plain = read(encode(Record((2,), samples, reference=reference, fiducial=3, beats=beats, zones=[(0, 0)])))
    data = bytearray(encode(Record((2,), samples, reference=reference, reference_nanovolts=2500, fiducial=3, beats=beats, zones=[(0, 0)], subtract=True)))
    found = read(bytes(data))
    expected = plain.leads[0].microvolts()
    expected[100:105] += reference[0] * (2.5 - 5.0)  # the writer took whole counts away, the reader adds half of them
    assert np.allclose(found.leads[0].microvolts(), expected)


def test_version_one_has_no_zones_of_its_own():
    samples, reference = [wave(600, 2)], [wave(120, 1)]
    beats = [(0, 101, 150, 200), (1, 300, 350, 390)]
    spans = [(first, last) for _, first, _, last in beats]
    found = read(encode(Record((2,), samples, version=10, reference=reference, fiducial=50, beats=beats, zones=spans, subtract=True)))
    same(found, samples)


def test_leads_one_after_another_keep_their_time():
    samples = [wave(250, lead) for lead in range(4)]
    found = read(encode(Record((1, 2, 3, 4), samples, starts=(1, 1, 251, 251))))
    assert len(found.leads[0].samples) == 500 and np.isnan(found.lead("V1").samples[:250]).all()
    assert np.array_equal(found.lead("V1").samples[250:], samples[2])
    assert any("不是同时记录" in note for note in found.notes)


def test_header_in_chinese():
    found = read(encode(Record((1, 2), [wave(600, 0), wave(600, 1)], tags=TAGS)))
    person = found.subject
    assert (person.name, person.identifier, person.sex, person.born_on, person.age_years) == ("王小明", "ZL-0017", "F", date(1962, 7, 4), 63)
    assert found.started_at == datetime(2026, 3, 1, 8, 30, 5, tzinfo=timezone(timedelta(hours=8)))
    assert (found.device.model, found.device.maker, found.device.serial, found.device.institution) == ("EC-1", "Maker", "S-7", "石桥镇卫生院")
    assert (found.filters.high_pass, found.filters.low_pass, found.filters.notch) == (0.05, 150.0, 50.0)
    assert found.order == "EC20260301007" and any("胸闷" in note for note in found.notes)
    assert [lead.name for lead in found.leads if lead.derived] == ["III", "aVR", "aVL", "aVF"]


@pytest.mark.parametrize(("language", "codec"), [(0x00, "gb18030"), (0x27, "gbk"), (0x37, "utf-8"), (0x00, "utf-8"), (0x07, "utf-16-le")])
def test_names_in_the_sets_that_devices_use(language, codec):
    end = b"\0\0" if codec.startswith("utf-16") else b"\0"
    found = read(encode(Record((2,), [wave(600, 0)], tags=((0, "欧阳海燕".encode(codec) + end), (14, machine(language))))))
    assert found.subject.name == "欧阳海燕"
    assert bool(found.notes) == (language == 0), "a set that the file does not name is noted"


def test_measurements_and_statements():
    seven = struct.pack("<BBHH", 1, 0, 850, 840) + struct.pack("<5H3h", 100, 210, 260, 352, 640, 44, -30, 999) + struct.pack("<HHHHBH", 0, 71, 29999, 431, 1, 0)
    eight = bytes([0]) + struct.pack("<HBB", 2026, 3, 1) + bytes([8, 31, 0, 2]) + struct.pack("<BH", 1, 13) + "窦性心律".encode("gb18030")[:8] + b"\0\0\0\0\0" + struct.pack("<BH", 2, 4) + b"AVB\0"
    eleven = bytes([1]) + struct.pack("<HBB", 2026, 3, 1) + bytes([8, 31, 0, 1]) + struct.pack("<BH", 1, 4) + b"\x01SR\0"
    values = [29999] * 31
    values[0], values[10], values[28] = 108, 912, 55
    ten = struct.pack("<HH", 1, 0) + struct.pack("<HH", 2, 62) + struct.pack("<31h", *values)
    found = read(encode(Record((2,), [wave(600, 0)], tags=TAGS, others={7: seven, 8: eight, 10: ten, 11: eleven})))
    whole = {one.code: one.value for one in found.given if not one.lead}
    assert whole == {"RR": 850, "PP": 840, "P_DUR": 110, "PR": 160, "QRS": 92, "QT": 380, "P_AXIS": 44, "QRS_AXIS": -30, "HR": 71, "QTC": 431}
    assert {(one.code, one.value) for one in found.given if one.lead == "II"} == {("P_DUR", 108), ("R_AMPLITUDE", 912), ("ST_J80", 55)}
    assert found.statements == ("窦性心律", "AVB", "SR")


def test_the_default_table_is_that_of_the_standard():
    """Annex C: nineteen codes; a code of each length and both escapes."""
    table = huffman.DEFAULT_TABLE
    assert [code.prefix for code in table] == [1, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 10, 10]
    assert [code.bits for code in table[:9]] == [0, 1, 5, 3, 11, 7, 23, 15, 47] and [code.bits for code in table[-2:]] == [511, 1023]
    assert huffman.decode(bytes([0b01001010]), (table,), 3).tolist() == [0, 1, -1]


def test_empty_sections_are_as_good_as_none():
    """Some devices write sections 2, 4 and 5 with a header only."""
    found = read(encode(Record((2,), [wave(600, 0)], huffman="", others={2: b"", 4: b"", 5: b""})))
    same(found, [wave(600, 0)])


def test_a_broken_reference_beat_that_is_not_needed_is_left_out():
    four, five = struct.pack("<HHH", 1200, 10, 0), struct.pack("<HHBBH", 5000, 2000, 0, 0, 4) + bytes(4)
    found = read(encode(Record((2,), [wave(600, 0)], huffman="", others={4: four, 5: five})))
    assert not found.median and any("参考心搏" in note for note in found.notes)
    same(found, [wave(600, 0)])


def test_a_bimodal_lead_of_nothing_but_left_over_samples():
    place = layout.Place(2, 1, 3)
    assert rhythm.stored_length(place, [], 4) == 3
    assert rhythm.expanded(np.array([5, 6, 7]), place, [], 4).tolist() == [5, 6, 7]


@pytest.mark.parametrize(("spoil", "code"), [
    (lambda raw: raw[:-1], "truncated"), (lambda raw: raw[:200], "truncated"), (lambda raw: raw[:500] + bytes([raw[500] ^ 1]) + raw[501:], "checksum"),
    (lambda raw: raw[:2] + struct.pack("<I", 20) + raw[6:], "damaged"), (lambda raw: raw[:2] + b"\xff\xff\xff\x7f" + raw[6:], "truncated"),
])  # fmt: skip
def test_broken_records_are_refused_with_a_reason(spoil, code):
    with pytest.raises(Unreadable) as refusal:
        read(spoil(encode(Record((1, 2), [wave(600, 0), wave(600, 1)]))))
    assert refusal.value.code == code and refusal.value.zh.endswith("。")


def test_trailing_bytes_after_the_record_do_no_harm():
    raw = encode(Record((2,), [wave(600, 0)]))
    assert len(read(raw + b"\0" * 300).leads[0].samples) == 600


@pytest.mark.parametrize(("bodies", "code"), [
    ({3: b"\0\0", 6: b""}, "no_leads"), ({3: b"\1\4" + struct.pack("<IIB", 1, 0xFFFFFFF0, 2), 6: bytes(8)}, "too_long"), ({3: b"\1\4" + struct.pack("<IIB", 9, 3, 2), 6: bytes(8)}, "damaged"),
    ({3: b"\1\4" + struct.pack("<IIB", 1, 500, 2), 6: struct.pack("<HHBBH", 0, 2000, 0, 0, 0)}, "no_scale"),
    ({3: b"\1\4" + struct.pack("<IIB", 1, 500, 2), 6: struct.pack("<HHBBH", 5000, 0, 0, 0, 0)}, "no_rate"),
    ({3: b"\1\4" + struct.pack("<IIB", 1, 500, 2), 6: struct.pack("<HHBBH", 5000, 2000, 7, 0, 0)}, "encoding"),
    ({3: b"\1\4" + struct.pack("<IIB", 1, 500, 2), 6: struct.pack("<HHBBH", 5000, 2000, 0, 0, 0)}, "truncated"),
    ({3: b"\1\5" + struct.pack("<IIB", 1, 500, 2), 6: struct.pack("<HHBBH", 5000, 2000, 0, 0, 0)}, "damaged"), ({1: b"\xff\0\0"}, "no_leads"),
    ({2: struct.pack("<HH", 1, 0), 3: b"\1\4" + struct.pack("<IIB", 1, 500, 2), 6: struct.pack("<HHBBH", 5000, 2000, 0, 0, 0)}, "damaged"),
    ({2: struct.pack("<HH", 1, 1) + struct.pack("<BBBhI", 0, 0, 1, 0, 0), 3: b"\1\4" + struct.pack("<IIB", 1, 500, 2), 6: struct.pack("<HHBBH", 5000, 2000, 0, 0, 0)}, "damaged"),
])  # fmt: skip
def test_records_that_make_no_sense_are_refused(bodies, code):
    with pytest.raises(Unreadable) as refusal:
        read(scp_encoding.framed(bodies))
    assert refusal.value.code == code

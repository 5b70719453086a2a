"""WFDB: what the wfdb package writes in every storage format is read as it reads it."""

from __future__ import annotations

import numpy as np
import pytest
import wfdb

from tests.ecg.mutation import wfdb_zip
from yilianti.gateways.ecg_devices.api import read
from yilianti.gateways.ecg_devices.wfdb import signals
from yilianti.record.recordings.api import Unreadable


@pytest.mark.parametrize(("kind", "low", "high"), [("16", -32000, 32000), ("212", -2000, 2000), ("24", -(2**22), 2**22), ("32", -(2**30), 2**30), ("80", -120, 120), ("61", -3000, 3000), ("160", -3000, 3000)])
@pytest.mark.parametrize("length", [1, 2, 751])
def test_every_storage_format(tmp_path, kind, low, high, length):
    counts = np.random.default_rng(3).integers(low, high, (length, 3))
    if kind in ("61", "160"):  # the package reads these and does not write them
        by_hand(tmp_path, counts, kind)
    else:
        wfdb.wrsamp("r", 500, ["mV", "uV", "mV"], ["I", "aVF", "V1"], d_signal=counts, fmt=[kind] * 3, adc_gain=[200.0, 1.0, 812.5], baseline=[0, 12, -7], write_dir=str(tmp_path))
    truth = wfdb.rdrecord(str(tmp_path / "r")).p_signal
    found = read((tmp_path / "r.hea").read_bytes(), "r.hea", {"r.dat": (tmp_path / "r.dat").read_bytes()})
    assert found.names() == ("I", "aVF", "V1") and found.rate == 500
    for place, (lead, unit) in enumerate(zip(found.leads, (1000, 1, 1000), strict=True)):
        assert np.abs(lead.microvolts() - truth[:, place] * unit).max() < 1e-6 * max(1, np.abs(truth[:, place] * unit).max())


def by_hand(folder, counts, kind):
    raw = counts.astype(">i2").tobytes() if kind == "61" else (counts + 32768).astype("<u2").tobytes()
    lines = [f"r.dat {kind} {gain}({zero})/{unit} 16 0 0 {int(np.int64(counts[:, place].sum()).astype(np.int16))} 0 {name}" for place, (gain, zero, unit, name) in enumerate(((200, 0, "mV", "I"), (1, 12, "uV", "aVF"), (812.5, -7, "mV", "V1")))]
    (folder / "r.dat").write_bytes(raw)
    (folder / "r.hea").write_text("\n".join([f"r 3 500 {len(counts)}", *lines]) + "\n")


def test_odd_numbers_of_twelve_bit_samples():
    raw = bytes([0x21, 0x43, 0x65, 0xFF, 0x0F])
    assert signals.frames(raw, 212, 1, 3)[:, 0].tolist() == [0x321, 0x465, -1]


def test_what_was_not_recorded_is_empty():
    counts = np.array([[5, 7], [-32768, 8], [9, 10]], dtype="<i2")
    found = read(b"r 2 250 3\nr.dat 16 1000/mV 16 0 5 0 0 I\nr.dat 16 1000/mV 16 0 7 0 0 V1\n".replace(b" 5 0 0 I", b" 5 -32754 0 I").replace(b" 7 0 0 V1", b" 7 25 0 V1"), "", {"r.dat": counts.tobytes()})
    assert np.isnan(found.lead("I").microvolts()).tolist() == [False, True, False] and found.lead("V1").microvolts().tolist() == [7, 8, 10]


def test_skew_and_prolog():
    raw = b"prolog--" + np.array([[1, 10], [2, 20], [3, 30]], dtype="<i2").tobytes()
    found = read(b"r 2 500 3\nr.dat 16+8 1000/mV 16 0 1 6 0 I\nr.dat 16:1+8 1000/mV 16 0 10 60 0 V2\n", "", {"r.dat": raw})
    assert found.lead("I").microvolts().tolist() == [1, 2, 3]
    assert found.lead("V2").microvolts()[:2].tolist() == [20, 30] and np.isnan(found.lead("V2").microvolts()[2])


@pytest.mark.parametrize(("header", "code"), [
    (b"r 1 500 3\nr.dat 16 1000/mV 16 0 1 7 0 I\n", "checksum"), (b"r 1 500 900\nr.dat 16 1000/mV 16 0 1 6 0 I\n", "truncated"), (b"r 1 0 3\nr.dat 16 1000/mV 16 0 1 6 0 I\n", "no_rate"),
    (b"r 1 500 3\nr.dat 77 1000/mV 16 0 1 6 0 I\n", "storage_format"), (b"r 1 500 3\nr.dat 16x4 1000/mV 16 0 1 6 0 I\n", "mixed_rates"), (b"r/3 1 500 3\nr.dat 16 1000/mV 16 0 1 6 0 I\n", "segments"),
    (b"r 1 500 3\nr.dat 16 1000/mmHg 16 0 1 6 0 I\n", "unknown_unit"), (b"r 1 500 3\nr.dat 16+90 1000/mV 16 0 1 6 0 I\n", "truncated"), (b"r 1 500 999999999999\nr.dat 16 1000/mV 16 0 1 6 0 I\n", "too_long"),
    (b"r 900 500 3\nr.dat 16 1000/mV 16 0 1 6 0 I\n", "absurd_size"), (b"r 2 500 3\nr.dat 16 1000/mV 16 0 1 6 0 I\n", "damaged"), (b"r 1 500 3\nother.dat 16 1000/mV 16 0 1 6 0 I\n", "companion_missing"),
])  # fmt: skip
def test_broken_records_are_refused_with_a_reason(header, code):
    with pytest.raises(Unreadable) as refusal:
        read(header, "r.hea", {"r.dat": np.array([1, 2, 3], dtype="<i2").tobytes()})
    assert refusal.value.code == code and refusal.value.zh.endswith("。")


def test_both_formats_hold_the_same():
    one, other = read(wfdb_zip(kind=16)), read(wfdb_zip(kind=212))
    assert all(np.array_equal(a.microvolts(), b.microvolts()) for a, b in zip(one.leads, other.leads, strict=True))

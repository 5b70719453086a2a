"""A folder that carts write to: nothing half written is taken, nothing is taken twice, nothing is lost."""

from __future__ import annotations

import os
from datetime import date

import pytest

from tests.ecg.mutation import muse, wfdb_zip
from yilianti.gateways.ecg_devices import archive, watching
from yilianti.gateways.ecg_devices.api import read
from yilianti.record.recordings.api import Unreadable

NOW = 1_800_000_000.0
DAY = date(2026, 11, 26)


def put(folder, name: str, content: bytes = b"x", age: float = 60):
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (NOW - age, NOW - age))
    return path


def names(found) -> list[list[str]]:
    return [[path.name for path in one.paths] for one in found]


def test_only_complete_files_are_taken_the_oldest_first(tmp_path):
    put(tmp_path, "b.xml", age=60)
    put(tmp_path, "a.xml", age=30)
    put(tmp_path, "now.xml", age=1)
    put(tmp_path, "empty.xml", b"")
    for name in (".hidden", "c.xml.part", "c.tmp", "~$c.xml", "c.xml~"):
        put(tmp_path, name)
    (tmp_path / "folder.xml").mkdir()
    (tmp_path / "link.xml").symlink_to(tmp_path / "a.xml")
    assert names(watching.arrivals(tmp_path, now=NOW)) == [["b.xml"], ["a.xml"]]


def test_a_record_waits_for_both_halves(tmp_path):
    put(tmp_path, "r.mat", age=60)
    assert watching.arrivals(tmp_path, now=NOW) == []
    header = put(tmp_path, "r.hea", age=2)
    assert watching.arrivals(tmp_path, now=NOW) == []
    os.utime(header, (NOW - 20, NOW - 20))
    assert names(watching.arrivals(tmp_path, now=NOW)) == [["r.hea", "r.mat"]]


def test_a_lone_half_is_given_up_after_its_patience(tmp_path):
    put(tmp_path, "r.mat", age=watching.PATIENCE_SECONDS + 1)
    assert names(watching.arrivals(tmp_path, now=NOW)) == [["r.mat"]]


def test_what_was_filed_is_moved_and_a_name_that_comes_again_replaces_nothing(tmp_path):
    for turn, place in enumerate(("x.xml", "x-2.xml", "x-3.xml")):
        put(tmp_path, "x.xml", f"{turn}".encode())
        (arrival,) = watching.arrivals(tmp_path, now=NOW)
        assert [path.name for path in watching.done(arrival, on=DAY)] == [place]
    assert watching.arrivals(tmp_path, now=NOW) == []
    assert sorted(path.read_text() for path in (tmp_path / "done/2026-11-26").iterdir()) == ["0", "1", "2"]


def test_what_was_refused_says_why_beside_it(tmp_path):
    put(tmp_path, "x.xml", muse()[:700])
    (arrival,) = watching.arrivals(tmp_path, now=NOW)
    content, companions, _ = watching.taken(arrival)
    with pytest.raises(Unreadable) as refusal:
        read(content, "x.xml", companions)
    (place,) = watching.refused(arrival, refusal.value, on=DAY)
    said = place.with_name("x.xml.reason.txt").read_text(encoding="utf-8")
    assert "文件已损坏" in said and "[damaged]" in said and place.read_bytes() == content


def test_a_record_is_read_from_its_two_files(tmp_path):
    for name, content in archive.unzipped(wfdb_zip()).items():
        put(tmp_path, name, content)
    (arrival,) = watching.arrivals(tmp_path, now=NOW)
    content, companions, first = watching.taken(arrival)
    assert read(content, "", companions).names()[:2] == ("I", "II")
    moved = watching.done(arrival, on=DAY)
    assert [path.name for path in moved] == ["r.hea", "r.dat"]
    again = watching.taken(watching.Arrival(moved[0], moved[1:]))[2]
    assert again == first, "the same bytes have the same key: a record that was filed before the move is known again"

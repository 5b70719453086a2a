"""The shelf in a running process: changes are seen, faults do not stop it, the past stays."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from yilianti.kernel.actor import Scope
from yilianti.policybook import PolicyError, fingerprints, shelf
from yilianti.policybook.shelf import Shelf
from yilianti.policybook.tests.shelves import edition, put

CODE, DAY, HERE = "clinical.potassium", date(2026, 5, 1), Scope("yunxi", "349901")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "LOOK_EVERY", 0.0)


def test_a_change_on_disk_is_seen_without_restart(tmp_path: Path, at_once: None) -> None:
    put(tmp_path, "national", edition("2024-01-01", "low = 1\n"))
    running = Shelf(tmp_path)
    assert running.book().in_force(CODE, DAY, HERE).low == 1
    put(tmp_path, "national", edition("2024-01-01", "low = 1\n"), edition("2026-01-01", "low = 2\n"))
    assert running.book().in_force(CODE, DAY, HERE).low == 2


def test_unchanged_files_are_not_read_again(tmp_path: Path, at_once: None) -> None:
    put(tmp_path, "national", edition("2024-01-01"))
    running = Shelf(tmp_path)
    assert running.book() is running.book()


def test_disk_is_left_alone_between_looks(tmp_path: Path) -> None:
    put(tmp_path, "national", edition("2024-01-01", "low = 1\n"))
    running = Shelf(tmp_path)
    running.book()
    put(tmp_path, "national", edition("2024-01-01", "low = 7\n"))
    assert running.book().in_force(CODE, DAY, HERE).low == 1
    assert running.refresh().in_force(CODE, DAY, HERE).low == 7


def test_a_faulty_change_leaves_the_last_good_book(tmp_path: Path, at_once: None) -> None:
    path = put(tmp_path, "national", edition("2024-01-01", "low = 1\n"))
    good = path.read_text(encoding="utf-8")
    running = Shelf(tmp_path)
    running.book()
    path.write_text(good + "x = = 1", encoding="utf-8")
    assert running.book().in_force(CODE, DAY, HERE).low == 1
    assert running.trouble is not None and "potassium.toml" in running.trouble.zh
    path.write_text(good, encoding="utf-8")
    os.utime(path, ns=(1, 1))
    running.book()
    assert running.trouble is None


def test_locked_editions_may_not_change_or_vanish(tmp_path: Path) -> None:
    path = put(tmp_path, "national", edition("2024-01-01", "low = 1\n"))
    lock, editions = Shelf(tmp_path).locks()[0]
    fingerprints.add(lock, fingerprints.missing(lock, editions, DAY))
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace('（示例）"', '说明可以改"', 1) + edition("2025-01-01", "low = 2\n"), encoding="utf-8")
    assert len(Shelf(tmp_path).book()) == 2
    path.write_text(good.replace("low = 1", "low = 3"), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"potassium\.toml.*已经生效，内容却被改动.*corrects"):
        Shelf(tmp_path).book()
    path.write_text(good.replace("2024-01-01", "2023-01-01"), encoding="utf-8")
    with pytest.raises(PolicyError, match="不见了"):
        Shelf(tmp_path).book()


def test_a_changed_table_of_a_locked_edition_is_found(tmp_path: Path) -> None:
    path = put(tmp_path, "national", edition("2024-01-01", 'table = "t.csv"\n'))
    table = path.with_name("t.csv")
    table.write_text("a,b\n1,2\n", encoding="utf-8")
    lock, editions = Shelf(tmp_path).locks()[0]
    fingerprints.add(lock, editions)
    table.write_bytes(b"\xef\xbb\xbfa,b\r\n1,2\r\n")  # the same cells as a spreadsheet saves them
    Shelf(tmp_path).book()
    table.write_text("a,b\n1,3\n", encoding="utf-8")
    with pytest.raises(PolicyError, match="内容却被改动"):
        Shelf(tmp_path).book()


def test_locking_only_adds(tmp_path: Path) -> None:
    put(tmp_path, "national", edition("2024-01-01"), edition("2027-01-01"))
    lock, editions = Shelf(tmp_path).locks()[0]
    assert [e.policy_ref for e in fingerprints.missing(lock, editions, DAY)] == [
        "clinical.potassium@2024-01-01#national"
    ]
    kept = fingerprints.add(lock, editions[:1])
    forged = fingerprints.Lock(kept.path, {editions[0].policy_ref: "0" * 64})
    assert fingerprints.add(forged, editions).prints[editions[0].policy_ref] == "0" * 64


def test_a_spoiled_lock_is_named(tmp_path: Path) -> None:
    put(tmp_path, "national", edition("2024-01-01"))
    (tmp_path / fingerprints.LOCK).write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"editions\.lock.*第 1 行"):
        Shelf(tmp_path).book()

"""A home with the demonstration schemes, and the commands run in it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from yilianti import policybook
from yilianti.cli.commands import dip, drg

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).parent / "cases"
INSTITUTIONS = ROOT / "policies/local/sample-pay-points/settlement/payment/institutions.csv"
Rows = list[dict[str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("YILIANTI_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    assert drg.main(["import", str(ROOT / "demo/drg_tables"), "--scheme", "demo"]) == 0
    assert dip.main(["import", str(ROOT / "demo/dip_tables"), "--scheme", "demo"]) == 0
    yield tmp_path
    policybook.open_at(None)


@pytest.fixture
def pay(home: Path) -> Callable[..., tuple[int, Rows]]:
    def run(source: Path, place: str, *more: str, day: str = "2026-11-30") -> tuple[int, Rows]:
        target = home / "pay.csv"
        code = drg.main(["pay", "--scheme", "demo", "--in", str(source), "--place", place, "--date", day, "--out", str(target), *more])
        return code, read(target)

    return run


def read(path: Path) -> Rows:
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))

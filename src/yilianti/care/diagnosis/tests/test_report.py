"""The printed report: true to scale as rendered by another program, sensible for any lead set and length."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from yilianti.care.diagnosis import report, strips
from yilianti.record.recordings.api import CHEST, LEADS, Filters, Lead, Tracing

AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
DPI = 300
HEAD = report.Head("稻香镇青禾村卫生室", "云溪县人民医院", "苏禾", "女", "79", "XD1", "YX-1", "胸闷三天", "2026-11-26 09:30:00", "甲", "乙", "2026-11-26 09:50:00", "窦性心律")


def square(seconds: float = 10.0, names: tuple[str, ...] = LEADS, rate: float = 500.0) -> Tracing:
    """A millivolt up for half a second, down for half: every edge a whole or half second."""
    t = np.arange(int(seconds * rate)) / rate
    wave = np.where(t % 1.0 < 0.5, 0, 1000).astype(np.int32)
    wave[0] = 0
    return Tracing("csv", tuple(Lead(name, wave) for name in names), rate)


def rendered(pdf: bytes, folder: Path, page: int = 1) -> np.ndarray:
    """One page as pixels of another program, shape (height, width, 3)."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is not installed: apt-get install poppler-utils")
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", str(DPI), "-f", str(page), "-l", str(page), "-singlefile", str(path), str(folder / "page")], check=True, timeout=60)
    raw = (folder / "page.ppm").read_bytes()
    head = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", raw)
    assert head is not None
    return np.frombuffer(raw, np.uint8, offset=head.end()).reshape(int(head[2]), int(head[1]), 3).astype(int)


def px(mm: float) -> float:
    return mm / 25.4 * DPI


def middles(marked: np.ndarray) -> np.ndarray:
    """The middle of each run of marked pixels."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], marked.astype(int), [0]))))
    return (edges[::2] + edges[1::2] - 1) / 2


def test_a_printed_millimetre_is_a_millimetre(tmp_path: Path) -> None:
    page = rendered(report.sheet(HEAD, {"HR": 60.0}, square(), AT), tmp_path)
    assert page.shape[:2] == (pytest.approx(px(210), abs=2), pytest.approx(px(297), abs=2))
    red = (page[:, :, 0] > 200) & (page[:, :, 1] < 200) & (page[:, :, 2] < 200)
    across, down = middles(red.mean(axis=0) > 0.3), middles(red.mean(axis=1) > 0.3)
    for lines, length in ((across, report.WIDTH_MM), (down, report.HEIGHT_MM - 3)):
        assert len(lines) == length // 5 + 1
        assert np.diff(lines) == pytest.approx(px(5), rel=0.02)
        assert lines[-1] - lines[0] == pytest.approx(px(5 * (len(lines) - 1)), rel=0.001)


def test_a_second_and_a_millivolt_measured_on_the_page(tmp_path: Path) -> None:
    page = rendered(report.sheet(HEAD, {}, square(), AT), tmp_path)
    ink = page.sum(axis=2) < 250
    top = report.TOP_MM + 3 * report.TALLEST_LANE_MM  # the rhythm strip
    lane = ink[round(px(top + 0.5)) : round(px(top + report.TALLEST_LANE_MM - 0.5))]
    edges = middles(lane.sum(axis=0) > px(8))  # upright strokes: of the pulse, then every half second
    pulse, beats = edges[:2], edges[2:]
    assert pulse[1] - pulse[0] == pytest.approx(px(5), rel=0.01)
    assert len(beats) >= 18
    assert beats[2::2] - beats[:-2:2] == pytest.approx(px(25), rel=0.01)
    assert beats[18] - beats[0] == pytest.approx(px(9 * 25), rel=0.002)
    for column in (pulse[0] + px(2.5), (beats[1] + beats[2]) / 2, (beats[0] + beats[1]) / 2):
        rows = middles(lane[:, round(column)])
        assert len(rows) == 1
    high = middles(lane[:, round(pulse[0] + px(2.5))])[0]
    low = middles(lane[:, round(pulse[1] + px(0.8))])[0]
    assert low - high == pytest.approx(px(10), rel=0.01)
    levels = sorted(middles(lane[:, round((one + other) / 2)])[0] for one, other in ((beats[0], beats[1]), (beats[1], beats[2])))
    assert levels[1] - levels[0] == pytest.approx(px(10), rel=0.01)


def names(plan: strips.Plan, page: int = 0) -> list[list[str]]:
    return [[piece.lead for piece in row] for row in plan.pages[page]]


def test_twelve_leads_are_three_rows_of_four_and_a_rhythm() -> None:
    plan = strips.plan(square())
    assert names(plan) == [["I", "aVR", "V1", "V4"], ["II", "aVL", "V2", "V5"], ["III", "aVF", "V3", "V6"], ["II"]]
    assert [(piece.start, piece.end) for piece in plan.pages[0][0]] == [(0, 2.5), (2.5, 5), (5, 7.5), (7.5, 10)]


@pytest.mark.parametrize(
    ("leads", "expected"),
    [
        (("I", "II", "III"), [["I"], ["II"], ["III"]]),
        (("II",), [["II"]]),
        ((*LEADS, "V7", "V8", "V9"), [["I", "aVR", "V1", "V4"], ["II", "aVL", "V2", "V5"], ["III", "aVF", "V3", "V6"], ["V7", "V8", "V9"], ["II"]]),
        (("I", "II", *CHEST), [["I", "V2", "V5"], ["II", "V3", "V6"], ["V1", "V4"], ["II"]]),
        (("X", "Y", "Z", "V1"), [["V1", "Z"], ["X"], ["Y"], ["V1"]]),
    ],
)
def test_other_lead_sets_take_the_same_places(leads: tuple[str, ...], expected: list[list[str]]) -> None:
    assert names(strips.plan(square(names=leads))) == expected


def test_what_lasts_longer_goes_on_further_pages() -> None:
    plan = strips.plan(square(35.0))
    assert len(plan.pages) == 2 and names(plan, 1) == [["II"]] * 3 and plan.pages[1][2][0].end == 35.0
    three = strips.plan(square(25.0, ("I", "II", "III")))
    assert names(three, 1) == [["I"], ["II"], ["III"]] * 2
    long = strips.plan(square(1800.0, ("II",), 100.0))
    assert len(long.pages) == 1 + strips.MOST_PAGES and long.unprinted_from == 190.0
    assert len(strips.plan(square(10.3)).pages) == 1 and len(strips.plan(replace(square(), leads=())).pages) == 1


@pytest.mark.parametrize(("seconds", "leads", "conclusion", "pages"), [(10, LEADS, "窦性心律", 1), (35, LEADS, "窦性心律", 2), (12, ("I", "II", "III"), "窦性心律", 2), (10, (*LEADS, "V7"), "很长的话。" * 300, 2), (1800, ("II",), "窦性心律", 4)])
def test_any_recording_prints(seconds: float, leads: tuple[str, ...], conclusion: str, pages: int) -> None:
    pdf = report.sheet(replace(HEAD, conclusion=conclusion), {"HR": 60.0}, square(seconds, leads, 100.0), AT)
    assert len(re.findall(rb"/Type /Page\b", pdf)) == pages


def test_derived_leads_filters_and_pages_are_told(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: apt-get install poppler-utils")
    tracing = replace(square(35.0, ("I", "II", *CHEST)), filters=Filters(0.05, 150.0, 50.0))
    path = tmp_path / "report.pdf"
    path.write_bytes(report.sheet(HEAD, {"HR": 60.0, "QTCF": 410.0}, tracing, AT))
    said = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True, timeout=60).stdout
    for words in ("= II − I", "= −(I + II) / 2", "高通 0.05 Hz，低通 150 Hz，陷波 50 Hz", "25 mm/s", "10 mm/mV", "第 1 页，共 2 页", "第 2 页，共 2 页", "续图：第 10 秒起"):
        assert words in said, (words, said)
    assert said.count("姓名：苏禾") == 2


def test_the_time_in_the_file_is_told_where_it_is_another() -> None:
    at = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
    assert report._by_the_device(at, replace(square(), started_at=datetime(2026, 11, 26, 9, 32))) == ""  # noqa: DTZ001 - carts write local time
    assert report._by_the_device(at, replace(square(), started_at=datetime(2025, 3, 4, 9, 4))) == "（文件内时间 2025-03-04 09:04）"  # noqa: DTZ001
    assert report._by_the_device(at, square()) == report._by_the_device(None, square()) == ""

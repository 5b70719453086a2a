"""Measurements against hearts of known truth."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from yilianti.care.diagnosis.ecg import MEASURES, examine
from yilianti.care.diagnosis.tests.synthetic import Heart, record
from yilianti.record.recordings.api import Lead, Tracing, twelve

TOLERANCE = {"HR": 1.0, "P_DUR": 18.0, "PR": 12.0, "QRS": 10.0, "QT": 18.0, "P_AXIS": 8.0, "QRS_AXIS": 5.0, "T_AXIS": 5.0, "RR_MAX": 5.0, "RR_MIN": 5.0}
SPOILT: dict[str, dict[str, Any]] = {"clean": {}, "noise": {"noise": 20.0}, "mains": {"mains": 60.0}, "wander": {"wander": 400.0}}


def truth(heart: Heart) -> dict[str, float]:
    return {
        "HR": 60_000 / float(np.mean(heart.rr)), "P_DUR": heart.p_dur, "PR": heart.pr, "QRS": heart.qrs, "QT": heart.qt, "P_AXIS": heart.p_axis,
        "QRS_AXIS": heart.qrs_axis, "T_AXIS": heart.t_axis, "RR_MAX": max(heart.rr), "RR_MIN": min(heart.rr),
    }  # fmt: skip


def measured(tracing: Tracing) -> dict[str, float]:
    return examine(tracing).measured


HEARTS = {
    "usual": Heart(), "slow": Heart(rr=(1450.0,), qt=440.0), "fast": Heart(rr=(430.0,), qt=270.0, pr=130.0, p_dur=80.0), "wide": Heart(qrs=150.0, qt=440.0),
    "long PR": Heart(pr=260.0), "long QT": Heart(qt=480.0, rr=(900.0,)), "left axis": Heart(qrs_axis=-50.0), "right axis": Heart(qrs_axis=120.0),
}  # fmt: skip


@pytest.mark.parametrize("spoilt", SPOILT)
@pytest.mark.parametrize("name", HEARTS)
@pytest.mark.parametrize("rate", [500.0, 1000.0])
def test_measurements_keep_their_tolerance(name: str, spoilt: str, rate: float) -> None:
    found, true = measured(record(HEARTS[name], rate=rate, **SPOILT[spoilt])), truth(HEARTS[name])
    off = {code: (found.get(code), true[code]) for code in TOLERANCE if abs(found.get(code, 1e9) - true[code]) > TOLERANCE[code]}
    assert not off


@pytest.mark.parametrize("bpm", [40, 60, 90, 120, 150, 180, 200, 220, 250])
@pytest.mark.parametrize("qrs", [80.0, 160.0])
def test_beats_are_counted_from_40_to_250(bpm: int, qrs: float) -> None:
    rr = 60_000 / bpm
    heart = Heart(rr=(rr,), qrs=min(qrs, 0.45 * rr), qt=min(400.0, 0.62 * rr + min(qrs, 0.45 * rr) * 0.3), p=0.0, pr=0.0)
    assert measured(record(heart, noise=15.0))["HR"] == pytest.approx(bpm, abs=1.5)


def test_voltages_and_corrected_qt() -> None:
    heart = Heart()
    found = measured(record(heart))
    assert found["RV5"] == pytest.approx(1.1 * heart.r / 1000, abs=0.08)
    assert found["SV1"] == pytest.approx(3.0 * 0.2 * heart.r / 1000, abs=0.08)
    assert found["RV5_SV1"] == pytest.approx(found["RV5"] + found["SV1"], abs=0.011)
    assert found["QTC"] == pytest.approx(found["QT"] / np.sqrt(0.8), abs=1) and found["QTCF"] == pytest.approx(found["QT"] / 0.8 ** (1 / 3), abs=1)


def test_st_is_told_per_lead_in_microvolts() -> None:
    tracing = record(Heart(t=0.0))
    v3 = tracing.lead("V3")
    assert v3 is not None
    flat = measured(tracing)
    t = np.arange(len(v3.samples)) / tracing.rate * 1000.0
    since = (t - 350.0) % 800.0
    raised = np.asarray(v3.samples) + 200 * ((since > 90) & (since < 300))
    lifted = measured(replace(tracing, leads=tuple(Lead("V3", raised) if lead.name == "V3" else lead for lead in tracing.leads)))
    assert abs(flat["ST60_V3"]) < 15 and lifted["ST60_V3"] == pytest.approx(200, abs=25) and lifted["ST80_V3"] == pytest.approx(200, abs=25)
    assert abs(lifted["ST60_V5"]) < 15


def test_early_strange_beats_do_not_change_the_median() -> None:
    found, true = measured(record(Heart(early=(4, 8)), noise=10.0)), truth(Heart())
    assert all(abs(found[code] - true[code]) <= TOLERANCE[code] for code in ("PR", "QRS", "QT", "QRS_AXIS"))
    assert found["RR_MIN"] < 600 and found["RR_MAX"] > 1000


def test_what_is_not_there_is_not_measured() -> None:
    irregular = (620.0, 900.0, 710.0, 1040.0, 560.0, 830.0)
    assert not {"P_DUR", "PR", "P_AXIS"} & measured(record(Heart(rr=irregular, flutter=60.0), noise=10.0)).keys()
    assert not {"P_DUR", "PR", "P_AXIS"} & measured(record(Heart(p=0.0), noise=10.0)).keys()
    assert not {"QT", "QTC", "T_AXIS"} & measured(record(Heart(t=0.0), noise=5.0)).keys()


def test_limb_leads_alone_are_measured_without_chest_voltages() -> None:
    whole = record(Heart())
    found = measured(replace(whole, leads=tuple(lead for lead in whole.leads if lead.name in ("I", "II"))))
    assert found["QRS_AXIS"] == pytest.approx(40, abs=5) and "RV5" not in found


@pytest.mark.parametrize("kind", ["nothing", "zeros", "noise", "nan", "huge", "short", "ragged", "slow"])
def test_nothing_raises_and_nothing_is_guessed(kind: str) -> None:
    random = np.random.default_rng(5)
    samples = {
        "nothing": [], "zeros": [np.zeros(5000, int)] * 8, "noise": [random.normal(0, 40, 5000) for _ in range(8)], "nan": [np.full(5000, np.nan)] * 8,
        "huge": [random.integers(-(2**31), 2**31 - 1, 5000) for _ in range(8)], "short": [np.arange(7)] * 8, "ragged": [np.zeros(5000 - 400 * n, int) for n in range(8)],
        "slow": [np.zeros(20, int)] * 8,
    }[kind]  # fmt: skip
    names = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")
    found = examine(Tracing("csv", tuple(Lead(name, one) for name, one in zip(names, samples, strict=False)), 2.0 if kind == "slow" else 500.0))
    assert kind in ("noise", "huge") or not found.measured
    assert not {"PR", "QT", "P_AXIS"} & found.measured.keys()


def test_every_measurement_is_known_and_plausible() -> None:
    found = measured(record(Heart(), noise=15.0))
    assert all(one.plausible[0] <= found[one.code] <= one.plausible[1] for one in MEASURES)
    assert {code for code in found if not code.startswith("ST")} == {one.code for one in MEASURES}


def test_one_recording_takes_well_under_a_second() -> None:
    tracing = twelve(record(Heart(), rate=1000.0, noise=15.0))
    started = time.process_time()
    examine(tracing)
    assert time.process_time() - started < 0.8

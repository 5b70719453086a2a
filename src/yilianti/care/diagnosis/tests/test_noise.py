"""Disturbances are told apart, and a clean recording is left alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from yilianti.care.diagnosis.ecg import examine
from yilianti.care.diagnosis.tests.synthetic import Heart, record
from yilianti.record.recordings.api import Tracing


def said(tracing: Tracing) -> dict[str, str]:
    return {found.code: found.severity.value for found in examine(tracing).findings}


@pytest.mark.parametrize("rr", [420.0, 800.0, 1450.0])
def test_a_clean_heart_raises_nothing(rr: float) -> None:
    assert not said(record(Heart(rr=(rr,), qt=min(400.0, 0.62 * rr)), noise=4.0))


@pytest.mark.parametrize(
    ("spoilt", "code", "severity"),
    [
        ({"wander": 400.0}, "baseline_wander", "info"), ({"wander": 900.0}, "baseline_wander", "warning"), ({"mains": 30.0}, "mains_noise", "info"),
        ({"mains": 90.0}, "mains_noise", "warning"), ({"noise": 35.0}, "muscle_noise", "info"), ({"noise": 90.0}, "muscle_noise", "warning"),
    ],
)  # fmt: skip
def test_each_disturbance_has_its_name(spoilt: dict[str, Any], code: str, severity: str) -> None:
    assert said(record(Heart(), **spoilt)) == {code: severity}


def test_the_leads_are_named() -> None:
    clean = record(Heart())
    shaken = np.asarray(clean.lead("V2").samples) + np.random.default_rng(2).normal(0, 60, 5000)  # type: ignore[union-attr]
    (found,) = examine(replace(clean, leads=tuple(replace(lead, samples=shaken) if lead.name == "V2" else lead for lead in clean.leads))).findings
    assert (found.code, found.because) == ("muscle_noise", "V2") and "V2" in found.sentence


def test_a_calibration_pulse_behind_the_heart_is_not_the_heart() -> None:
    heart = record(Heart(), seconds=10.0)
    pulse = np.concatenate([np.zeros(80, int), np.full(100, 1000), np.zeros(70, int)])
    longer = replace(heart, leads=tuple(replace(lead, samples=np.concatenate([lead.samples, pulse])) for lead in heart.leads))
    assert examine(longer) == examine(heart)

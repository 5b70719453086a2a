"""First words by rule, each on a heart that has what it says, and not on one that has not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from yilianti.care.diagnosis.ecg import examine
from yilianti.care.diagnosis.tests.synthetic import CHEST, Heart, record
from yilianti.record.recordings.api import Subject, Tracing

WIDE_LEFT = {**CHEST, "s": (-3.0, -4.0, -2.0, 0.5, 1.0, 1.0), "R": (0.1, 0.2, 0.4, 0.8, 1.0, 1.0)}
IRREGULAR = (620.0, 900.0, 710.0, 1040.0, 560.0, 830.0, 680.0)
HEARTS = {
    "SR": Heart(), "STACH": Heart(rr=(500.0,), qt=310.0), "SBRAD": Heart(rr=(1250.0,), qt=430.0), "SARRH": Heart(rr=(800.0, 840.0, 900.0, 960.0, 900.0, 840.0)),
    "AFIB": Heart(rr=IRREGULAR, flutter=60.0), "PVC": Heart(early=(4, 8)), "1AVB": Heart(pr=260.0), "LAD": Heart(qrs_axis=-55.0), "RAD": Heart(qrs_axis=120.0),
    "LVHV": Heart(r=3000.0), "LVOLT": Heart(r=380.0, qrs_axis=35.0), "LNGQT": Heart(qt=510.0), "CLBBB": Heart(qrs=150.0, qt=430.0, s=0.3, shown=WIDE_LEFT),
    "CRBBB": Heart(qrs=140.0, qt=430.0, shown={**CHEST, "s": (-3.0, -2.0, 0.5, 1.0, 1.0, 1.0)}), "IVCD": Heart(qrs=135.0, qt=430.0),
}  # fmt: skip


def suggested(tracing: Tracing) -> tuple[str, ...]:
    return examine(tracing).suggested


def test_a_usual_heart_is_in_sinus_rhythm_and_nothing_else() -> None:
    assert suggested(record(Heart(), noise=8.0)) == ("SR",)


@pytest.mark.parametrize("code", HEARTS)
def test_each_word_is_said_of_its_heart(code: str) -> None:
    assert code in suggested(record(HEARTS[code], noise=5.0))


@pytest.mark.parametrize("code", [code for code in HEARTS if code not in ("SR", "SARRH")])
def test_no_word_is_said_of_a_usual_heart(code: str) -> None:
    assert code not in suggested(record(Heart(), noise=12.0, mains=20.0, wander=150.0))


def test_bigeminy_is_no_fibrillation() -> None:
    assert "AFIB" not in suggested(record(Heart(rr=(520.0, 980.0, 505.0, 955.0), p=0.0, qt=350.0), noise=5.0))


@pytest.mark.parametrize(("by", "code"), [(250.0, "STE"), (-120.0, "STD")])
def test_st_in_two_leads(by: float, code: str) -> None:
    heart = record(Heart(), noise=5.0)
    since = (np.arange(5000) / heart.rate * 1000.0 - 350.0) % 800.0
    moved = {name: np.asarray(heart.lead(name).samples) + by * ((since > 92) & (since < 300)) for name in ("V4", "V5")}  # type: ignore[union-attr]
    both = replace(heart, leads=tuple(replace(lead, samples=moved.get(lead.name, lead.samples)) for lead in heart.leads))
    one = replace(heart, leads=tuple(replace(lead, samples=moved["V4"]) if lead.name == "V4" else lead for lead in heart.leads))
    assert code in suggested(both) and code not in suggested(one)


def test_high_voltage_depends_on_the_sex() -> None:
    heart = record(Heart(r=2150.0), noise=5.0)
    assert "LVHV" in suggested(replace(heart, subject=Subject(sex="F"))) and "LVHV" not in suggested(replace(heart, subject=Subject(sex="M")))


def test_exchanged_arms_silence_all_other_words() -> None:
    heart = record(Heart(), noise=5.0)
    names = {"II": "III", "III": "II", "aVR": "aVL", "aVL": "aVR"}
    leads = tuple(replace(lead, name=names.get(lead.name, lead.name), samples=-np.asarray(lead.samples) if lead.name == "I" else lead.samples) for lead in heart.leads)
    assert suggested(replace(heart, leads=leads)) == ("REVERSED",)

"""The gate speaks of each fault, and is silent on a good recording."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from yilianti.care.diagnosis.ecg import examine
from yilianti.record.recordings.api import LEADS, Lead, Tracing

RATE = 500.0


def good(seconds: float = 10.0) -> Tracing:
    """Twelve leads that keep Einthoven's and Goldberger's laws over two generators."""
    t = np.arange(int(seconds * RATE)) / RATE
    one, two = 300 * np.sin(2 * np.pi * 1.2 * t), 500 * np.sin(2 * np.pi * 1.2 * t + 0.3)
    limb = {"I": one, "II": two, "III": two - one, "aVR": -(one + two) / 2, "aVL": one - two / 2, "aVF": two - one / 2}
    chest = {f"V{n}": 400 * np.sin(2 * np.pi * 1.2 * t + n / 3) for n in range(1, 7)}
    return Tracing("csv", tuple(Lead(name, np.round(({**limb, **chest})[name]).astype(np.int32)) for name in LEADS), RATE)


def codes(tracing: Tracing) -> set[tuple[str, str]]:
    return {(found.code, found.because) for found in examine(tracing).findings}


def changed(tracing: Tracing, name: str, samples: np.ndarray) -> Tracing:
    return replace(tracing, leads=tuple(replace(lead, samples=samples) if lead.name == name else lead for lead in tracing.leads))


def test_a_good_recording_raises_nothing() -> None:
    assert not {code for code, _ in codes(good())} & {"too_short", "leads_missing", "lead_off", "saturated", "inconsistent"}


@pytest.mark.parametrize(("seconds", "short"), [(9.4, True), (9.5, False), (10.0, False)])
def test_length(seconds: float, short: bool) -> None:
    assert (("too_short", "") in codes(good(seconds))) is short


def test_a_flat_and_a_railed_lead_are_named() -> None:
    noise = np.random.default_rng(3).integers(-2, 3, 5000)
    assert ("lead_off", "V2") in codes(changed(good(), "V2", noise))
    railed = np.clip(good().lead("V4").samples * 5, -900, 900)  # type: ignore[union-attr]
    assert ("saturated", "V4") in codes(changed(good(), "V4", railed))


def test_leads_of_two_recordings_are_found_out() -> None:
    mixed = changed(good(), "III", np.roll(good().lead("III").samples, 40))  # type: ignore[union-attr]
    assert ("inconsistent", "") in codes(mixed)


def test_missing_chest_leads_are_named_and_derived_limb_leads_are_not() -> None:
    two = replace(good(), leads=tuple(lead for lead in good().leads if lead.name in ("I", "II", "V1", "V2", "V3", "V4", "V5")))
    missing = [found for found in examine(two).findings if found.code == "leads_missing"]
    assert len(missing) == 1 and "V6" in missing[0].sentence and "aVR" not in missing[0].sentence

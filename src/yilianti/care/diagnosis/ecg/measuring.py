"""The measurements of a tracing, by the codes of `terms.MEASURES`; beside them ST60_<lead> and ST80_<lead>, in µV. What cannot be measured is absent."""

from __future__ import annotations

import math

import numpy as np

from yilianti.care.diagnosis.ecg.beats import Beats, Median
from yilianti.care.diagnosis.ecg.delineating import Waves
from yilianti.record.recordings.api import LEADS

#: An axis is not told from less net area than this, in µV·s.
SMALLEST_AREA = 0.5


def measure(beats: Beats, beat: Median | None, waves: Waves | None) -> dict[str, float]:
    """Every measurement that the beats and the waves of the median beat allow."""
    found = _rates(beats)
    if beat is not None and waves is not None:
        found |= _intervals(waves, beat.rate, found["HR"]) | _axes(beat, waves) | _voltages(beat, waves) | _segments(beat, waves)
    return {code: round(float(value), 2) for code, value in found.items() if math.isfinite(value)}


def _rates(beats: Beats) -> dict[str, float]:
    rr = beats.intervals
    return {"HR": 60_000.0 / float(np.mean(rr)), "RR_MAX": float(rr.max()), "RR_MIN": float(rr.min())}


def _intervals(waves: Waves, rate: float, per_minute: float) -> dict[str, float]:
    """In ms. QTc by Bazett divides by the root, by Fridericia by the cube root of RR in seconds."""
    ms = 1000.0 / rate
    found = {"QRS": (waves.qrs_off - waves.qrs_on) * ms}
    if waves.p_on is not None and waves.p_off is not None:
        found |= {"P_DUR": (waves.p_off - waves.p_on) * ms, "PR": (waves.qrs_on - waves.p_on) * ms}
    if waves.t_off is not None:
        qt, rr = (waves.t_off - waves.qrs_on) * ms, 60.0 / per_minute
        found |= {"QT": qt, "QTC": qt / math.sqrt(rr), "QTCF": qt / rr ** (1 / 3)}
    return found


def level(lead: np.ndarray, waves: Waves, rate: float) -> float:
    """The zero of a lead: its mean over 16 ms before QRS."""
    start = max(waves.qrs_on - max(round(0.016 * rate), 1), 0)
    return float(lead[start : max(waves.qrs_on, start + 1)].mean())


def _axes(beat: Median, waves: Waves) -> dict[str, float]:
    """Frontal axes from the net areas of I and aVF; aVF is scaled to the length of a bipolar lead."""
    one, foot = beat.lead("I"), beat.lead("aVF")
    if one is None or foot is None:
        return {}
    found = {}
    for code, start, end in (("P_AXIS", waves.p_on, waves.p_off), ("QRS_AXIS", waves.qrs_on, waves.qrs_off), ("T_AXIS", waves.t_on, waves.t_off)):
        if start is None or end is None:
            continue
        across, down = (area(lead, start, end, beat.rate, level(lead, waves, beat.rate) if code != "P_AXIS" else None) for lead in (one, foot))
        if math.hypot(across, down) >= SMALLEST_AREA:
            found[code] = math.degrees(math.atan2(down * 2 / math.sqrt(3), across))
    return found


def area(lead: np.ndarray, start: int, end: int, rate: float, zero: float | None) -> float:
    """The net area in µV·s over a level, or over the line from start to end where none is told."""
    part = lead[start:end]
    base = zero if zero is not None else np.linspace(lead[start], lead[min(end, len(lead) - 1)], len(part))
    return float(np.sum(part - base) / rate)


def peaks(beat: Median, waves: Waves, name: str) -> tuple[float, float] | None:
    """The highest and the lowest point of QRS in a lead, in µV from its zero."""
    lead = beat.lead(name)
    if lead is None:
        return None
    part = lead[waves.qrs_on : waves.qrs_off] - level(lead, waves, beat.rate)
    return max(float(part.max()), 0.0), min(float(part.min()), 0.0)


def _voltages(beat: Median, waves: Waves) -> dict[str, float]:
    """In mV, both as positive numbers."""
    found = {}
    if (five := peaks(beat, waves, "V5")) is not None:
        found["RV5"] = five[0] / 1000
    if (first := peaks(beat, waves, "V1")) is not None:
        found["SV1"] = -first[1] / 1000
    if len(found) == 2:
        found["RV5_SV1"] = found["RV5"] + found["SV1"]
    return found


def _segments(beat: Median, waves: Waves) -> dict[str, float]:
    found = {}
    for name in LEADS:
        lead = beat.lead(name)
        for after in (60, 80):
            at = waves.qrs_off + round(after / 1000 * beat.rate)
            if lead is not None and at < len(lead):
                found[f"ST{after}_{name}"] = float(lead[at] - level(lead, waves, beat.rate))
    return found

"""A machine's first words, by rule from the measurements alone; a physician has to look. Limits cited are those of the clinical reference §2.4
(PR 0.12–0.20 s, RR 0.60–1.00 s, QTc ≤ 0.44 s, ST); the others are the platform's own."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from yilianti.care.diagnosis.ecg.beats import Beats, Median
from yilianti.care.diagnosis.ecg.delineating import Waves
from yilianti.care.diagnosis.ecg.measuring import peaks
from yilianti.record.recordings.api import LIMB

# 依据：clinical reference §2.4
FASTEST, SLOWEST, LONGEST_PR, LONGEST_QTC = 100.0, 60.0, 200.0, 440.0
#: ST from which it is raised, in µV: limb leads and V4–V6, V1 and V2, V3; and lowered, in any lead.
RAISED = {**dict.fromkeys((*LIMB, "V4", "V5", "V6"), 100.0), "V1": 300.0, "V2": 300.0, "V3": 500.0}
LOWERED = -50.0
# The platform's own.
SINUS_AXIS = (-30.0, 100.0)
UNEVEN, WILD = 0.12, 0.15  # spread of RR: of a sinus rhythm in s (longest less shortest), of a fibrillation (SD over mean)
WIDE, BLOCKED = 110.0, 120.0
EARLY, STRANGE = 0.88, 0.8
HEAP = 0.08
LOW_LIMB = 500.0
HIGH = {"M": 4.0, "F": 3.5, "": 4.0}


def suggest(measured: Mapping[str, float], beats: Beats, beat: Median | None, waves: Waves | None, sex: str = "") -> tuple[str, ...]:
    """Statement codes in the order of a report: rhythm, conduction, axis and voltage, repolarization."""
    early = _early(beats)
    said = [*_rhythm(measured, beats, early), *(["PVC"] if _ventricular(beats, early) else [])]
    if beat is None or waves is None:
        return tuple(said)
    blocked = _conduction(measured, beat, waves)
    said += ["1AVB"] if measured.get("PR", 0.0) > LONGEST_PR else []
    return (*said, *blocked, *_axis(measured), *_voltage(measured, beat, waves, sex), *_repolarization(measured, blocked))


def _early(beats: Beats) -> np.ndarray:
    """Which beats come clearly sooner than usual."""
    rr = np.diff(beats.at)
    return np.concatenate([[False], rr < EARLY * np.median(rr)])


def _ventricular(beats: Beats, early: np.ndarray) -> bool:
    """An early beat of another shape, wider than the usual."""
    return any(_wide(beats, int(at)) for at in beats.at[early & (beats.alike < STRANGE)])


def _wide(beats: Beats, at: int) -> bool:
    """Whether a beat moves for longer than a usual one by a quarter."""
    usual = [_moving(beats, int(one)) for one in beats.at[beats.usual]]
    return bool(usual) and _moving(beats, at) >= 1.25 * float(np.median(usual))


def _moving(beats: Beats, at: int) -> float:
    """For how many samples around a beat the leads are more than a third of the way out."""
    half = int(0.16 * beats.rate)
    part = beats.values[:, max(at - half, 0) : at + half]
    size = np.sqrt(np.mean((part - np.median(part, axis=1, keepdims=True)) ** 2, axis=0))
    return float(np.sum(size > 0.33 * size.max()))


def _rhythm(measured: Mapping[str, float], beats: Beats, early: np.ndarray) -> list[str]:
    rr = beats.intervals
    sinus = "PR" in measured and SINUS_AXIS[0] <= measured.get("P_AXIS", 180.0) <= SINUS_AXIS[1]
    if not sinus:
        return ["AFIB"] if "PR" not in measured and _is_wild(rr) and float(np.mean(beats.usual)) > 0.6 else []
    rate = measured["HR"]
    said = ["STACH" if rate > FASTEST else "SBRAD" if rate < SLOWEST else "SR"]
    apart = rr[~early[1:] & ~np.concatenate([[False], early[1:-1]])]
    if apart.size >= 4 and float(np.ptp(apart)) / 1000.0 > UNEVEN and not np.any(early & (beats.alike < STRANGE)):
        said.append("SARRH")
    return said


def _is_wild(rr: np.ndarray) -> bool:
    """Intervals without order: spread out, from beat to beat too, and not in two heaps as of a bigeminy."""
    if rr.size < 5 or float(np.std(rr) / np.mean(rr)) <= WILD or float(np.std(np.diff(rr)) / np.mean(rr)) <= WILD:
        return False
    ordered = np.sort(rr)
    gap = int(np.argmax(np.diff(ordered))) + 1
    return any(len(heap) > 2 and float(np.std(heap) / np.mean(heap)) > HEAP for heap in (ordered[:gap], ordered[gap:]))


def _conduction(measured: Mapping[str, float], beat: Median, waves: Waves) -> list[str]:
    """Bundle branches by the end of QRS in V1 and V6."""
    width = measured.get("QRS", 0.0)
    if width <= WIDE:
        return []
    last = [_last(beat, waves, name) for name in ("I", "V1", "V6")]
    first, left = peaks(beat, waves, "V1"), peaks(beat, waves, "V6")
    if None not in last and first is not None and left is not None:
        one, chest, side = (value or 0.0 for value in last)
        if chest > 100.0 and (one < 0 or side < 0) and first[0] > 200.0:
            return ["CRBBB" if width >= BLOCKED else "IRBBB"]
        if width >= BLOCKED and -first[1] > 2.0 * first[0] and left[0] > 2.0 * -left[1] and one > 0 and side > 0:
            return ["CLBBB"]
    return ["IVCD"] if width >= BLOCKED else []


def _last(beat: Median, waves: Waves, name: str) -> float | None:
    """The mean of the last third of QRS in a lead."""
    lead = beat.lead(name)
    if lead is None:
        return None
    start = max(waves.qrs_on - max(round(0.016 * beat.rate), 1), 0)
    third = waves.qrs_off - max((waves.qrs_off - waves.qrs_on) // 3, 1)
    return float(lead[third : waves.qrs_off].mean() - lead[start : waves.qrs_on].mean())


def _axis(measured: Mapping[str, float]) -> list[str]:
    axis = measured.get("QRS_AXIS")
    if axis is None or -30.0 <= axis <= 90.0:
        return []
    return ["LAD"] if -90.0 <= axis < -30.0 else ["RAD"] if axis > 90.0 else ["NWAX"]


def _voltage(measured: Mapping[str, float], beat: Median, waves: Waves, sex: str) -> list[str]:
    if measured.get("RV5_SV1", 0.0) > HIGH.get(sex, HIGH[""]) or measured.get("RV5", 0.0) > 2.5:
        return ["LVHV"]
    found = {name: peaks(beat, waves, name) for name in LIMB}
    if any(one is None for one in found.values()):
        return []
    spans = {name: one[0] - one[1] for name, one in found.items() if one is not None}
    return ["LVOLT"] if all(span < LOW_LIMB for span in spans.values()) else []


def _repolarization(measured: Mapping[str, float], blocked: list[str]) -> list[str]:
    """QTc by both formulas, since Bazett's alone cries at every fast rate; ST in two leads at least, which a bundle branch moves by itself."""
    said = ["LNGQT"] if min(measured.get("QTC", 0.0), measured.get("QTCF", 0.0)) > LONGEST_QTC + 20 * bool(blocked) else []
    if blocked:
        return said
    raised = [name for name, limit in RAISED.items() if name != "aVR" and measured.get(f"ST80_{name}", 0.0) >= limit]
    lowered = [name for name in RAISED if name != "aVR" and measured.get(f"ST80_{name}", 0.0) < LOWERED]
    return [*said, *(["STE"] if len(raised) >= 2 else []), *(["STD"] if len(lowered) >= 2 else [])]

"""What lies over the heart in a recording: a wandering baseline, the mains, muscles. Thresholds are the platform's own, in µV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from yilianti.care.diagnosis.ecg.beats import LOWEST_RATE, band, mains, without_mains
from yilianti.kernel.finding import Finding, Severity
from yilianti.record.recordings.api import Lead, Tracing

#: From the first on it is said, from the second on the recording should be made again.
WANDER_UV = (500.0, 1000.0)
MAINS_UV = (25.0, 50.0)
MUSCLE_UV = (20.0, 40.0)


def findings(tracing: Tracing) -> list[Finding]:
    """One finding for each kind of disturbance, naming its leads; nothing for what is too short to tell."""
    leads = [lead for lead in tracing.leads if lead.samples.size]
    if not leads or tracing.rate < LOWEST_RATE or tracing.seconds < 4.0:
        return []
    raw = np.array([lead.microvolts() for lead in leads])
    if not np.all(np.isfinite(raw)):
        return []
    raw = raw - np.median(raw, axis=1, keepdims=True)
    found = []
    if (at := _leads(leads, wander(raw, tracing.rate), WANDER_UV)) is not None:
        found.append(Finding("baseline_wander", f"{at.names} 导联基线漂移明显；请让患者平静呼吸、不动，清洁皮肤后重新贴电极。", at.names, severity=at.severity, en="baseline wander"))
    if (at := _leads(leads, mains_size(raw, tracing.rate), MAINS_UV)) is not None:
        found.append(Finding("mains_noise", f"{at.names} 导联有 50 Hz 交流电干扰；请远离电源线和其他电器，检查接地后重新采集。", at.names, severity=at.severity, en="mains noise"))
    if (at := _leads(leads, muscle(raw, tracing.rate), MUSCLE_UV)) is not None:
        found.append(Finding("muscle_noise", f"{at.names} 导联有肌电干扰；请让患者保暖、放松四肢后重新采集。", at.names, severity=at.severity, en="muscle noise"))
    return found


def wander(values: np.ndarray, rate: float) -> np.ndarray:
    """How far each lead's baseline moves, under 0.5 Hz."""
    slow = band(values, rate, 0, 0.5)
    return np.asarray(np.percentile(slow, 99, axis=1) - np.percentile(slow, 1, axis=1))


def mains_size(values: np.ndarray, rate: float) -> np.ndarray:
    """The amplitude of the mains in each lead."""
    return np.asarray(np.sqrt(2.0) * mains(values, rate).std(axis=1))


def muscle(values: np.ndarray, rate: float) -> np.ndarray:
    """What trembles over 35 Hz between the beats, root of the mean of squares in 40 ms."""
    fast = band(without_mains(values, rate), rate, 35.0, 0) if rate > 100 else np.zeros_like(values)
    width = max(int(0.04 * rate), 1)
    power = np.cumsum(np.pad(fast**2, ((0, 0), (1, 0))), axis=1)
    return np.asarray(np.percentile(np.sqrt(np.maximum(power[:, width:] - power[:, :-width], 0) / width), 30, axis=1))


class _At(NamedTuple):
    names: str
    severity: Severity


def _leads(leads: Sequence[Lead], sizes: np.ndarray, limits: tuple[float, float]) -> _At | None:
    """The leads that pass the first limit, and how grave the worst of them is."""
    at = [lead.name for lead, size in zip(leads, sizes, strict=True) if size >= limits[0]]
    if not at:
        return None
    return _At("、".join(at), Severity.WARNING if float(sizes.max()) >= limits[1] else Severity.INFO)

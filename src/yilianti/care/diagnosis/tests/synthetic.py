"""A heart of known truth: waves of raised cosines, which begin and end at exact moments, in twelve leads that keep Einthoven's law."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from yilianti.record.recordings.api import LEADS, Lead, Tracing

#: What of a wave's size (in the frontal plane) each chest lead shows, for P, q, R, s and T.
CHEST = {
    "P": (0.4, 0.5, 0.5, 0.5, 0.5, 0.5), "q": (-0.6, -0.6, 0.0, 0.6, 0.9, 0.9), "R": (0.15, 0.4, 0.7, 1.2, 1.1, 0.9),
    "s": (3.0, 4.0, 2.5, 1.2, 0.6, 0.3), "T": (-0.3, 1.0, 1.3, 1.2, 1.0, 0.8),
}  # fmt: skip


@dataclass(frozen=True)
class Heart:
    """One heart: times in ms, axes in degrees, sizes in µV. `rr` repeats; `early` are the beats (by number) that come early, wide and strange."""

    rr: tuple[float, ...] = (800.0,)
    p_dur: float = 100.0
    pr: float = 160.0
    qrs: float = 90.0
    qt: float = 390.0
    p_axis: float = 55.0
    qrs_axis: float = 40.0
    t_axis: float = 45.0
    p: float = 130.0
    r: float = 1200.0
    t: float = 350.0
    s: float = -0.2  # of R
    early: tuple[int, ...] = ()
    flutter: float = 0.0  # fibrillating atria instead of P
    shown: Mapping[str, tuple[float, ...]] = field(default_factory=lambda: dict(CHEST))


def record(heart: Heart, *, rate: float = 500.0, seconds: float = 10.0, noise: float = 0.0, mains: float = 0.0, wander: float = 0.0, seed: int = 1) -> Tracing:
    """Ten seconds of it; `noise` is the SD of white noise, `mains` the amplitude at 50 Hz, `wander` at 0.25 Hz, all in µV."""
    random = np.random.default_rng(seed)
    t = np.arange(int(seconds * rate)) / rate * 1000.0
    one, foot, chest = np.zeros_like(t), np.zeros_like(t), np.zeros((6, len(t)))
    for number, at in enumerate(_onsets(heart, seconds)):
        for kind, size, axis, start, length in _waves(heart, strange=number in heart.early):
            shape = size * _hump(t, at + start, length)
            one += shape * math.cos(math.radians(axis))
            foot += shape * math.sin(math.radians(axis)) * math.sqrt(3) / 2
            chest += np.array(heart.shown[kind])[:, None] * shape * (-1 if number in heart.early and kind in "RT" else 1)
    if heart.flutter:
        waves = heart.flutter * np.sin(np.cumsum(2 * np.pi * (6 + 0.8 * np.sin(t / 700) + random.normal(0, 2, len(t))) / rate))
        foot, chest = foot + waves, chest + waves * np.array([[1], [0.5], [0.2], [0.1], [0.1], [0.1]])
    two = foot + one / 2
    basic = {"I": one, "II": two} | {f"V{n + 1}": chest[n] for n in range(6)}
    spoilt = {name: _spoilt(values, t / 1000, random, noise, mains, wander) for name, values in basic.items()}
    one, two = spoilt["I"], spoilt["II"]
    whole = spoilt | {"III": two - one, "aVR": -(one + two) / 2, "aVL": one - two / 2, "aVF": two - one / 2}
    return Tracing("csv", tuple(Lead(name, np.round(whole[name]).astype(np.int32)) for name in LEADS), rate)


def _onsets(heart: Heart, seconds: float) -> list[float]:
    """When QRS begins, in ms."""
    at = 350.0
    found: list[float] = []
    while at < seconds * 1000.0:
        early = len(found) in heart.early
        found.append(at - 0.35 * heart.rr[0] if early else at)
        at += heart.rr[len(found) % len(heart.rr)]
    return found


def _waves(heart: Heart, *, strange: bool) -> list[tuple[str, float, float, float, float]]:
    """Kind, size, axis, start and length of each wave, from the onset of QRS."""
    if strange:
        return [("R", 1.5 * heart.r, heart.qrs_axis + 120, 0, 160), ("T", -heart.t, heart.qrs_axis + 120, 180, 220)]
    atrium = [] if heart.flutter or not heart.p else [("P", heart.p, heart.p_axis, -heart.pr, heart.p_dur)]
    third, last = heart.qrs / 3, min(200.0, heart.qt - heart.qrs - 40)
    return [
        *atrium, ("q", -0.1 * heart.r, heart.qrs_axis, 0, third), ("R", heart.r, heart.qrs_axis, 0.5 * third, 2 * third),
        ("s", heart.s * heart.r, heart.qrs_axis, 1.8 * third, 1.2 * third), ("T", heart.t, heart.t_axis, heart.qt - last, last),
    ]  # fmt: skip


def _hump(t: np.ndarray, start: float, length: float) -> np.ndarray:
    inside = (t >= start) & (t <= start + length)
    return np.where(inside, 0.5 - 0.5 * np.cos(2 * np.pi * (t - start) / length), 0.0)


def _spoilt(values: np.ndarray, seconds: np.ndarray, random: np.random.Generator, noise: float, mains: float, wander: float) -> np.ndarray:
    phase = random.uniform(0, 2 * np.pi)
    return np.asarray(values + random.normal(0, noise, len(values)) + mains * np.sin(2 * np.pi * 50 * seconds) + wander * np.sin(2 * np.pi * 0.25 * seconds + phase))

"""Onset and end of P, QRS and T in a median beat, over all leads at once as carts do it. Thresholds are the platform's own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from yilianti.care.diagnosis.ecg.beats import INDEPENDENT, Beats, Median, band

#: QRS begins and ends where the spatial velocity falls under this part of its largest.
ONSET_PART = 0.03
END_PART = 0.045
#: A P wave is this large over the leads (root of the mean of squares, µV), and so much larger than the noise beside it.
SMALLEST_P_UV = 25.0
SMALLEST_T_UV = 30.0
#: A P wave looks like the median P in three beats of four at least; what flutters by chance does not.
STEADY_P = 0.3
#: And is larger than this part of what the single beats differ from it.
CLEAR_P = 0.8
#: A wave ends a little after the tangent of its flank meets zero.
FOOT = 1.15


@dataclass(frozen=True)
class Waves:
    """Samples of a median beat; None where a wave is not found. The end of a wave is the first sample after it."""

    qrs_on: int
    qrs_off: int
    p_on: int | None = None
    p_off: int | None = None
    t_on: int | None = None
    t_peak: int | None = None
    t_off: int | None = None


def delineate(beat: Median, rr: float) -> Waves | None:
    """The waves of a median beat; `rr` is the usual distance of beats in samples."""
    leads = beat.independent()
    qrs = _qrs(leads, beat.rate, beat.zero)
    if qrs is None:
        return None
    on, off = qrs
    leads = leads - leads[:, max(on - _samples(0.016, beat.rate), 0) : on].mean(axis=1, keepdims=True)
    t_on, t_peak, t_off = _t(leads, beat.rate, qrs, rr)
    earliest = max(0, int(t_off - rr + beat.rate * 0.01)) if t_off is not None else 0
    p_on, p_off = _p(leads, beat.rate, on, earliest)
    return Waves(on, off, p_on, p_off, t_on, t_peak, t_off)


def settled(waves: Waves, beat: Median, beats: Beats) -> Waves:
    """The waves without a P that the single beats do not show at its place."""
    if waves.p_on is None or waves.p_off is None:
        return waves
    rows = [beats.names.index(name) for name in INDEPENDENT if name in beats.names]
    smooth, model = band(beats.values[rows], beats.rate, 0, 30.0), _standing(beat.values[rows, waves.p_on : waves.p_off])
    starts = beats.at[beats.usual] - beat.zero + waves.p_on
    length = waves.p_off - waves.p_on
    cuts = [_standing(smooth[:, at : at + length]) for at in starts if at >= 0 and at + length <= smooth.shape[1]]
    alike = [float(np.corrcoef(cut, model)[0, 1]) for cut in cuts]
    apart = [float(np.std(cut - model)) for cut in cuts]
    steady = cuts and float(np.percentile(alike, 25)) >= STEADY_P and float(np.std(model)) >= CLEAR_P * float(np.median(apart))
    return waves if steady else replace(waves, p_on=None, p_off=None)


def _standing(part: np.ndarray) -> np.ndarray:
    """The leads of a stretch in one row, each on the line from its beginning to its end."""
    return np.asarray((part - np.linspace(part[:, 0], part[:, -1], part.shape[1], axis=1)).ravel())


def _samples(seconds: float, rate: float) -> int:
    return max(round(seconds * rate), 1)


def _magnitude(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(np.mean(values**2, axis=0)))


def _qrs(leads: np.ndarray, rate: float, zero: int) -> tuple[int, int] | None:
    """From the steepest place outwards, to where it stays calm for 12 ms."""
    speed = _magnitude(np.gradient(band(leads, rate, 0, 60.0), 1.0 / rate, axis=1))
    left, right = max(zero - _samples(0.14, rate), 0), min(zero + _samples(0.16, rate), leads.shape[1])
    top = float(speed[left:right].max(initial=0.0))
    if top < 1000.0:  # µV/s: no QRS is so slow
        return None
    noise = float(np.percentile(speed, 20))
    steep = np.flatnonzero(speed[left:right] >= 0.3 * top) + left
    calm = _samples(0.012, rate)
    on = _calm(speed, int(steep[0]), -1, max(ONSET_PART * top, 1.5 * noise), calm)
    off = _calm(speed, int(steep[-1]), 1, max(END_PART * top, 1.5 * noise), calm)
    return (on, off) if on is not None and off is not None and 0.03 <= (off - on) / rate <= 0.32 else None


def _calm(speed: np.ndarray, start: int, step: int, limit: float, length: int) -> int | None:
    """The first sample on the way from `start` after which `length` samples stay under the limit."""
    at, run = start, 0
    while 0 <= at < len(speed):
        run = run + 1 if speed[at] < limit else 0
        if run >= length:
            return at - step * (length - 1)
        at += step
    return None


def _t(leads: np.ndarray, rate: float, qrs: tuple[int, int], rr: float) -> tuple[int | None, int | None, int | None]:
    """The largest wave after QRS; it ends with the latest leads that show it clearly. Three quarters of RR after QRS begins the next P may come."""
    smooth = band(leads, rate, 0, 15.0)
    on, off = qrs
    first, last = off + _samples(0.06, rate), min(leads.shape[1], off + _samples(0.52, rate), on + int(0.75 * rr))
    if last - first < _samples(0.12, rate):
        return None, None, None
    waves = np.abs(smooth - _level(smooth, last, rate))
    whole = _magnitude(waves)
    peak = first + int(np.argmax(whole[first:last]))
    if peak == first:  # ST falls off slowly: T ends with it
        peak = first + int(np.flatnonzero(whole[first:last] >= 0.5 * whole[peak])[-1])
    if whole[peak] < SMALLEST_T_UV or peak >= last - _samples(0.03, rate):
        return None, None, None
    clear = waves[waves[:, peak] >= max(0.4 * float(whole[peak]), SMALLEST_T_UV)]
    ends = [end for wave in clear if (end := _tangent(wave, peak, rate, last)) is not None]
    before = np.flatnonzero(whole[off:peak] < 0.2 * whole[peak])
    return (off + int(before[-1]) + 1 if before.size else off), peak, (round(float(np.percentile(ends, 90))) if ends else None)


def _tangent(wave: np.ndarray, near: int, rate: float, last: int) -> int | None:
    """Where the tangent of the steepest fall after the top near `near` meets zero."""
    slack = _samples(0.06, rate)
    top = near - slack + int(np.argmax(wave[near - slack : min(near + slack, last)])) if near > slack else near
    fall = np.gradient(wave)[top : min(last, top + _samples(0.2, rate))]
    if fall.size < 2 or fall.min() >= 0:
        return None
    at = top + int(np.argmin(fall))
    end = at + round(FOOT * float(wave[at] / -fall[at - top]))
    return end if top < end <= last else None


def _level(smooth: np.ndarray, last: int, rate: float) -> np.ndarray:
    """The level after T: the calmest 40 ms in the second half of what follows QRS."""
    span = _samples(0.04, rate)
    begin = max(last - _samples(0.26, rate), 0)
    speed = _magnitude(np.gradient(smooth, axis=1))
    calm = np.convolve(speed[begin:last], np.ones(span) / span, mode="valid")
    at = begin + int(np.argmin(calm))
    return np.asarray(smooth[:, at : at + span].mean(axis=1, keepdims=True))


def _p(leads: np.ndarray, rate: float, on: int, earliest: int) -> tuple[int | None, int | None]:
    """The largest wave before QRS that rises from the line between the end of the T before it and the onset of QRS."""
    smooth = band(leads, rate, 0, 30.0)
    first, last = earliest, on - _samples(0.004, rate)
    if last - first < _samples(0.1, rate):
        return None, None
    wave = _magnitude(smooth - _line(smooth, first, last, rate))
    inner = wave[first:last]
    peak = first + int(np.argmax(inner))
    floor = float(np.percentile(inner, 20))
    if wave[peak] < max(SMALLEST_P_UV, 2.5 * floor) or not first + _samples(0.02, rate) <= peak < last - _samples(0.01, rate):
        return None, None
    start, end = _foot(wave, peak, -1, first, rate), _foot(wave, peak, 1, last - 1, rate)
    return (start, end) if 0.03 <= (end - start) / rate <= 0.24 else (None, None)


def _foot(wave: np.ndarray, peak: int, step: int, last: int, rate: float) -> int:
    """Where the tangent of the outermost steep flank of a wave meets its floor: a second hump over half the height still belongs to it."""
    reach = wave[peak : last + step if last + step >= 0 else None : step]
    high = np.flatnonzero(reach >= 0.5 * wave[peak])
    low = np.flatnonzero(reach < 0.5 * wave[peak])
    gap = next((int(at) for at in low if not np.any((high > at) & (high < at + 0.03 * rate))), len(reach) - 1)
    begin, end = max(gap - _samples(0.02, rate), 0), min(gap + _samples(0.02, rate), len(reach))
    slope = -np.gradient(reach)[begin:end] if len(reach) > 2 else np.zeros(1)
    steep = int(np.argmax(slope))
    beyond = float(reach[begin + steep] / slope[steep]) if slope[steep] > 0 else 0.0
    return peak + step * min(begin + steep + round(FOOT * beyond), len(reach) - 1)


def _line(smooth: np.ndarray, first: int, last: int, rate: float) -> np.ndarray:
    span = _samples(0.02, rate)
    begin, end = smooth[:, first : first + span].mean(axis=1), smooth[:, last - span : last].mean(axis=1)
    share = (np.arange(smooth.shape[1]) - first) / max(last - first, 1)
    return np.asarray(begin[:, None] + (end - begin)[:, None] * share[None, :])

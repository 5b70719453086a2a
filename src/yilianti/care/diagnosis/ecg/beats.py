"""Where the heart beats in a tracing, and the median beat of its usual kind. Thresholds are the platform's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yilianti.record.recordings.api import CHEST, LEADS, Tracing

#: The leads that are independent of each other; the rest follow from them.
INDEPENDENT = ("I", "II", *CHEST)
LOWEST_RATE = 100.0
#: What is looked at of a long recording, in seconds.
LONGEST = 60.0
#: Two beats lie no nearer than this (250 a minute are 240 ms apart).
REFRACTORY = 0.2
ALIKE = 0.9


@dataclass(frozen=True, eq=False)
class Beats:
    """The leads in µV without baseline wander, shape (leads, n); `at` the samples of the beats, `usual` which are of the commonest kind."""

    names: tuple[str, ...]
    values: np.ndarray
    rate: float
    at: np.ndarray
    usual: np.ndarray
    alike: np.ndarray  # how each resembles the usual kind, −1 … 1

    @property
    def intervals(self) -> np.ndarray:
        """RR in ms."""
        return np.diff(self.at) / self.rate * 1000.0


@dataclass(frozen=True, eq=False)
class Median:
    """The median of the usual beats, lead by lead, in µV; sample `zero` is the beat itself."""

    names: tuple[str, ...]
    values: np.ndarray
    rate: float
    zero: int

    def lead(self, name: str) -> np.ndarray | None:
        return self.values[self.names.index(name)] if name in self.names else None

    def independent(self) -> np.ndarray:
        """The independent leads alone, noisy ones left out."""
        return quiet(self.values[[self.names.index(name) for name in INDEPENDENT if name in self.names]])


def find(tracing: Tracing) -> Beats | None:
    """All beats of a tracing whose limb leads are completed; None where there are no signals to look at or fewer than three beats."""
    leads = [lead for name in LEADS if (lead := tracing.lead(name)) is not None]
    if not leads or not LOWEST_RATE <= tracing.rate <= 100_000 or tracing.seconds < 2.0:
        return None
    length = min(*(len(lead.samples) for lead in leads), int(LONGEST * tracing.rate))
    raw = np.array([lead.microvolts()[:length] for lead in leads])
    if length < 2.0 * tracing.rate or not np.all(np.isfinite(raw)):
        return None
    names = tuple(lead.name for lead in leads)
    values = _steady(raw, tracing.rate)
    at = _detect(quiet(values[[names.index(name) for name in INDEPENDENT if name in names]]), tracing.rate)
    if at.size < 3:
        return None
    at, alike = _aligned(values, at, tracing.rate)
    return Beats(names, values, tracing.rate, at, alike >= ALIKE, alike) if at.size >= 3 else None


def median(beats: Beats) -> Median | None:
    """The median beat from 0.45 s before to 0.75 s after, less where beats follow faster; None where fewer than two whole usual beats are there."""
    rr = float(np.median(np.diff(beats.at)))
    before, after = int(min(0.45 * beats.rate, 0.75 * rr)), int(min(0.75 * beats.rate, 0.95 * rr))
    whole = [at for at in beats.at[beats.usual] if at - before >= 0 and at + after < beats.values.shape[1]]
    if len(whole) < 2:
        return None
    cut = np.array([beats.values[:, at - before : at + after] for at in whole])
    cut -= np.median(cut, axis=2, keepdims=True)
    return Median(beats.names, np.median(cut, axis=0), beats.rate, before)


def band(values: np.ndarray, rate: float, low: float, high: float) -> np.ndarray:
    """Filtered without shift in time; `low` or `high` 0 leaves that side open."""
    high = min(high, 0.45 * rate)
    from scipy import signal  # imported here: most of a second and 40 MB that only who reads a tracing needs

    edges, kind = ((low, high), "bandpass") if low and high else (low, "highpass") if low else (high, "lowpass")
    return np.asarray(signal.sosfiltfilt(signal.butter(2, edges, kind, fs=rate, output="sos"), values, axis=-1))


def quiet(values: np.ndarray) -> np.ndarray:
    """Without the leads that are far noisier than their neighbours: a loose electrode must not decide for all."""
    if len(values) < 3:
        return values
    noise = np.median(np.abs(np.diff(values, 2, axis=1)), axis=1)
    kept = noise <= max(6.0 * float(np.median(noise)), 20.0)
    return values[kept] if np.any(kept) else values


def _steady(raw: np.ndarray, rate: float) -> np.ndarray:
    centred = raw - np.median(raw, axis=1, keepdims=True)
    return band(without_mains(centred, rate), rate, 0.3, 150.0)


def without_mains(values: np.ndarray, rate: float) -> np.ndarray:
    """Without the steady wave of the mains: fitted over the whole recording and taken away, so that no filter rings behind QRS."""
    return values - mains(values, rate)


def mains(values: np.ndarray, rate: float) -> np.ndarray:
    """The part of each lead that is one steady wave near 50 Hz, in µV."""
    if rate < 125.0:
        return np.zeros_like(values)
    t = np.arange(values.shape[1]) / rate
    window = np.hanning(len(t))
    steps = np.arange(49.6, 50.41, 0.05)
    turning = np.exp(-2j * np.pi * steps[:, None] * t[None, :])
    power = np.sum(np.abs((values * window) @ turning.T) ** 2, axis=0)
    wave = turning[int(np.argmax(power))]
    # The median over pieces: a single QRS is no mains.
    size = max(int(rate), 1)
    pieces = [2 * np.mean(values[:, at : at + size] * wave[at : at + size], axis=1) for at in range(0, len(t) - size + 1, size)]
    weight = np.median(np.real(pieces), axis=0) + 1j * np.median(np.imag(pieces), axis=0)
    return np.real(weight[:, None] * np.conj(wave)[None, :])


def _detect(values: np.ndarray, rate: float) -> np.ndarray:
    """Peaks of the smoothed spatial velocity in the band of the QRS, above a part of what the loudest second in each two reaches."""
    from scipy import signal

    slope = np.gradient(band(values, rate, 6.0, 28.0), 1.0 / rate, axis=1)
    width = max(int(0.09 * rate), 1)
    speed = signal.convolve(np.sqrt(np.mean(slope**2, axis=0)), np.ones(width) / width, mode="same")
    chunk = max(int(1.6 * rate), 1)
    loud = [float(speed[start : start + chunk].max()) for start in range(0, max(len(speed) - chunk // 2, 1), chunk)]
    usual = float(np.median(loud))
    if usual < 200.0:  # µV/s: nothing moves
        return np.empty(0, dtype=int)
    peaks, _ = signal.find_peaks(speed, height=0.3 * usual, distance=max(int(REFRACTORY * rate), 1), prominence=0.2 * usual)
    return _without_t(peaks, speed, rate)


def _without_t(peaks: np.ndarray, speed: np.ndarray, rate: float) -> np.ndarray:
    """A peak within 360 ms of a beat that is much slower than it is that beat's T wave; the weaker of two very near ones goes."""
    kept: list[int] = []
    for peak in map(int, peaks):
        if kept and peak - kept[-1] < 0.36 * rate and speed[peak] < 0.5 * speed[kept[-1]]:
            continue
        if kept and peak - kept[-1] < 0.36 * rate and speed[kept[-1]] < 0.5 * speed[peak] and (len(kept) < 2 or kept[-1] - kept[-2] > 0.36 * rate):
            kept.pop()  # what came before was a large P wave
        kept.append(peak)
    return np.array(kept, dtype=int)


def _aligned(values: np.ndarray, at: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Beats moved onto the commonest kind by correlation, and how alike each is to it."""
    smooth = band(values, rate, 1.0, 40.0)
    half, slack = int(0.1 * rate), int(0.05 * rate)
    at = at[(at >= half + slack) & (at < values.shape[1] - half - slack)]
    if at.size < 3:
        return at, np.empty(0)
    template = _window(smooth, at[0], half)
    for _ in range(2):
        cut = np.array([_flat(_window(smooth, one, half)) for one in at])
        likeness = np.corrcoef(cut) if np.all(np.std(cut, axis=1) > 0) else np.ones((at.size, at.size))
        likeness = np.nan_to_num(likeness)
        np.fill_diagonal(likeness, 1.0)  # a beat is always like itself
        seed = int(np.argmax(np.sum(likeness > ALIKE, axis=1) + np.mean(likeness, axis=1)))
        template = np.median([_window(smooth, one, half) for one, like in zip(at, likeness[seed], strict=True) if like >= ALIKE], axis=0)
        at = np.array([_best(smooth, one, half, slack, template) for one in at])
        at = np.unique(np.clip(at, half + slack, values.shape[1] - half - slack - 1))
    alike = np.array([float(np.corrcoef(_flat(_window(smooth, one, half)), _flat(template))[0, 1]) for one in at])
    return at, np.nan_to_num(alike)


def _window(values: np.ndarray, at: int, half: int) -> np.ndarray:
    return np.asarray(values[:, at - half : at + half + 1])


def _flat(window: np.ndarray) -> np.ndarray:
    return np.asarray((window - window.mean(axis=1, keepdims=True)).ravel())


def _best(values: np.ndarray, at: int, half: int, slack: int, template: np.ndarray) -> int:
    """The place within `slack` where the template lies best."""
    wide = _window(values, at, half + slack)
    centred = template - template.mean(axis=1, keepdims=True)
    score = sum(np.correlate(lead, like, mode="valid") for lead, like in zip(wide, centred, strict=True))
    return at - slack + int(np.argmax(score))

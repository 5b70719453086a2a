"""One look at a tracing: quality, measurements, first words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from yilianti.care.diagnosis.ecg import beats, delineating, measuring, noise, quality, statements, swaps
from yilianti.care.diagnosis.ecg.beats import Beats, Median
from yilianti.care.diagnosis.ecg.delineating import Waves
from yilianti.kernel.finding import Finding, Severity
from yilianti.record.recordings.api import Tracing, twelve


@dataclass(frozen=True)
class Examined:
    """What the platform says of a tracing before any person does: findings of the gate, measurements by code in their units, suggested statements."""

    findings: tuple[Finding, ...] = ()
    measured: dict[str, float] = field(default_factory=dict)
    suggested: tuple[str, ...] = ()


def examine(tracing: Tracing) -> Examined:
    """Look at a tracing; never raises on whatever samples it holds."""
    whole = twelve(_heart(tracing))
    found = [*quality.findings(whole), *noise.findings(whole)]
    seen = beats.find(whole)
    beat = beats.median(seen) if seen is not None else None
    if seen is None or beat is None:
        return Examined(_gravest_first(found), measuring.measure(seen, None, None) if seen is not None else {})
    waves = delineating.delineate(beat, float(np.median(np.diff(seen.at))))
    waves = delineating.settled(waves, beat, seen) if waves is not None else None
    measured = measuring.measure(seen, beat, waves)
    if _spoilt(found):
        return Examined(_gravest_first(found), measured)
    places = swaps.findings(beat, waves, measured.get("P_AXIS")) if waves is not None else []
    if any(one.severity is Severity.WARNING for one in places):  # whatever else could be said stands on its head
        return Examined(_gravest_first([one for one in found if one.code != "lead_off"] + places), measured, ("REVERSED",))
    if any(one.code == "lead_off" for one in found):
        return Examined(_gravest_first(found + places), measured)
    return Examined(_gravest_first(found + places), measured, statements.suggest(measured, seen, beat, waves, whole.subject.sex))


@dataclass(frozen=True, eq=False)
class Superimposed:
    """The median beat, the beats it was made of and its waves, where they were found; samples count from the first of the tracing."""

    beats: Beats
    median: Median
    waves: Waves | None


def superimpose(tracing: Tracing) -> Superimposed | None:
    """The beats of a tracing laid over each other by cross-correlation; None where there are too few."""
    seen = beats.find(twelve(_heart(tracing)))
    beat = beats.median(seen) if seen is not None else None
    if seen is None or beat is None:
        return None
    waves = delineating.delineate(beat, float(np.median(np.diff(seen.at))))
    return Superimposed(seen, beat, delineating.settled(waves, beat, seen) if waves is not None else None)


def _gravest_first(found: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda one: one.severity is not Severity.WARNING))


def _spoilt(found: list[Finding]) -> bool:
    """Whether nothing can be said about exchanged electrodes. A loose electrode flattens two of I, II, III; one flat alone is a question of places."""
    off = {one.because for one in found if one.code == "lead_off"}
    return any(one.code in ("saturated", "inconsistent") for one in found) or bool(off - {"I", "II", "III"}) or len(off) > 1


def _heart(tracing: Tracing) -> Tracing:
    """Its leads cut to the shortest, without a calibration pulse at the end: there all leads say the same, which no heart does."""
    length = min((len(lead.samples) for lead in tracing.leads), default=0)
    if len(tracing.leads) >= 3 and length:
        values = np.array([lead.microvolts()[:length] for lead in tracing.leads])
        apart = np.flatnonzero(np.ptp(values, axis=0) > 1.0)
        end = int(apart[-1]) + 1 if apart.size else length
        length = end if length - end >= 0.1 * tracing.rate else length
    if all(len(lead.samples) == length for lead in tracing.leads):
        return tracing
    return replace(tracing, leads=tuple(replace(lead, samples=lead.samples[:length]) for lead in tracing.leads))

"""One look at a tracing: quality, measurements, first words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from yilianti.care.diagnosis.ecg import beats, delineating, measuring, quality
from yilianti.kernel.finding import Finding
from yilianti.record.recordings.api import Tracing, twelve


@dataclass(frozen=True)
class Examined:
    """What the platform says of a tracing before any person does: findings of the gate, measurements by code in their units, suggested statements."""

    findings: tuple[Finding, ...] = ()
    measured: dict[str, float] = field(default_factory=dict)
    suggested: tuple[str, ...] = ()


def examine(tracing: Tracing) -> Examined:
    """Look at a tracing; never raises on whatever samples it holds."""
    whole = twelve(_even(tracing))
    seen = beats.find(whole)
    if seen is None:
        return Examined(tuple(quality.findings(whole)))
    beat = beats.median(seen)
    waves = delineating.delineate(beat, float(np.median(np.diff(seen.at)))) if beat is not None else None
    waves = delineating.settled(waves, beat, seen) if waves is not None and beat is not None else None
    return Examined(tuple(quality.findings(whole)), measuring.measure(seen, beat, waves))


def _even(tracing: Tracing) -> Tracing:
    """Its leads cut to the shortest."""
    shortest = min((len(lead.samples) for lead in tracing.leads), default=0)
    if all(len(lead.samples) == shortest for lead in tracing.leads):
        return tracing
    return replace(tracing, leads=tuple(replace(lead, samples=lead.samples[:shortest]) for lead in tracing.leads))

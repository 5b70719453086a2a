"""One look at a tracing: quality, measurements, first words."""

from __future__ import annotations

from dataclasses import dataclass, field

from yilianti.care.diagnosis.ecg import quality
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
    whole = twelve(tracing)
    return Examined(tuple(quality.findings(whole)))

"""What a door has kept becomes the recording of an exam."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yilianti.care.diagnosis.actions.ordering import acquire
from yilianti.care.diagnosis.ecg import examine
from yilianti.care.diagnosis.models import Exam
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding
from yilianti.record.recordings import api as recordings


def attach(*, actor: Actor, number: str, recording: recordings.Recording, tracing: recordings.Tracing, at: datetime, also: Sequence[Finding] = ()) -> Exam:
    """Look at a tracing and attach its recording with what the gate and the machine say of it, after what the door itself found."""
    examined = examine(tracing)
    return acquire(actor=actor, number=number, recording=recording, quality=(*also, *examined.findings), measured=examined.measured, suggested=examined.suggested, at=at)

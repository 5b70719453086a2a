"""Reading what was kept. Who may is the question of the room whose record it is part of."""

from __future__ import annotations

from yilianti.record.recordings.models import Recording
from yilianti.record.recordings.packing import unpack
from yilianti.record.recordings.terms import Tracing


def tracing_of(recording_id: int) -> Tracing | None:
    """The decoded samples; None for a PDF or an image."""
    samples = Recording.objects.values_list("samples", flat=True).get(pk=recording_id)
    return unpack(samples) if samples else None


def original(recording_id: int) -> tuple[str, bytes]:
    """The name and the bytes as received."""
    recording = Recording.objects.defer("samples").get(pk=recording_id)
    return recording.name or f"{recording.number}.{recording.format}", recording.content

"""Reading what was kept. Who may is the question of the room whose record it is part of."""

from __future__ import annotations

from collections.abc import Iterable

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
    return _named(recording), recording.content


def names_of(recording_ids: Iterable[int]) -> dict[int, str]:
    """What each file is called."""
    return {one.pk: _named(one) for one in Recording.objects.filter(pk__in=recording_ids).only("name", "number", "format")}


def _named(recording: Recording) -> str:
    return recording.name or f"{recording.number}.{recording.format}"

"""The door of recordings: keeping them, and a tracing in its forms."""

from yilianti.record.recordings.actions import keep
from yilianti.record.recordings.leads import BY_NUMBER, is_lead, lead_name
from yilianti.record.recordings.models import Recording
from yilianti.record.recordings.packing import for_viewer
from yilianti.record.recordings.queries import names_of, original, tracing_of
from yilianti.record.recordings.soundness import MAX_BYTES, checked, side_by_side, within
from yilianti.record.recordings.terms import (
    CHEST,
    LEADS,
    LIMB,
    Device,
    Filters,
    Format,
    Given,
    Lead,
    Mark,
    Subject,
    Tracing,
    Unreadable,
    twelve,
)
from yilianti.record.recordings.texts import chinese, clean, codec, full_name, mislabelled, undeclared

__all__ = [
    "BY_NUMBER", "CHEST", "LEADS", "LIMB", "MAX_BYTES", "Device", "Filters", "Format", "Given", "Lead", "Mark", "Recording", "Subject", "Tracing", "Unreadable", "checked",
    "chinese", "clean", "codec", "for_viewer", "full_name", "is_lead", "keep", "lead_name", "mislabelled", "names_of", "original", "side_by_side", "tracing_of", "twelve", "undeclared", "within",
]  # fmt: skip

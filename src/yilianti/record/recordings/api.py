"""The door of recordings: keeping them, and a tracing in its forms."""

from yilianti.record.recordings.actions import keep
from yilianti.record.recordings.leads import BY_NUMBER, is_lead, lead_name
from yilianti.record.recordings.models import Recording
from yilianti.record.recordings.packing import for_viewer, pack, unpack
from yilianti.record.recordings.queries import original, tracing_of
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

__all__ = [
    "BY_NUMBER", "CHEST", "LEADS", "LIMB", "Device", "Filters", "Format", "Given", "Lead", "Mark", "Recording", "Subject", "Tracing", "Unreadable",
    "for_viewer", "is_lead", "keep", "lead_name", "original", "pack", "tracing_of", "twelve", "unpack",
]  # fmt: skip

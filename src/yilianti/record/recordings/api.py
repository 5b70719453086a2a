"""The door of recordings: a tracing and its forms."""

from yilianti.record.recordings.leads import BY_NUMBER, is_lead, lead_name
from yilianti.record.recordings.packing import pack, unpack
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
from yilianti.record.recordings.texts import chinese, clean, codec, full_name, undeclared

__all__ = [
    "BY_NUMBER", "CHEST", "LEADS", "LIMB", "MAX_BYTES", "Device", "Filters", "Format", "Given", "Lead", "Mark", "Subject", "Tracing", "Unreadable", "checked",
    "chinese", "clean", "codec", "full_name", "is_lead", "lead_name", "pack", "side_by_side", "twelve", "undeclared", "unpack", "within",
]  # fmt: skip

"""The door of recordings: a tracing and its forms."""

from yilianti.record.recordings.packing import pack, unpack
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
    "CHEST", "LEADS", "LIMB", "Device", "Filters", "Format", "Given", "Lead", "Mark", "Subject", "Tracing", "Unreadable", "pack", "twelve", "unpack",
]  # fmt: skip

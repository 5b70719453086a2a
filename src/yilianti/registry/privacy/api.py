"""The door of privacy: emergencies, seals on sensitive items, and residents' requests."""

from yilianti.registry.privacy.access import SEE_SENSITIVE, may_open
from yilianti.registry.privacy.actions import expire, note_copy, open_emergency, reseal, seal
from yilianti.registry.privacy.queries import emergencies_of, kept_by_law, open_by, overdue_requests, request, sealed
from yilianti.registry.privacy.terms import REASONS, EmergencyReason, Source

__all__ = [
    "REASONS", "SEE_SENSITIVE", "EmergencyReason", "Source", "emergencies_of", "expire", "kept_by_law", "may_open", "note_copy", "open_by",
    "open_emergency", "overdue_requests", "request", "reseal", "seal", "sealed",
]  # fmt: skip

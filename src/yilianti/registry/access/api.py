"""The door of access: who acts, what the session says, and the trails."""

from yilianti.registry.access.actions.trails import record_event, record_looks
from yilianti.registry.access.queries import actor_for, actor_of, session_limits, signed_in
from yilianti.registry.access.sessions import claim_of, is_idle, touch
from yilianti.registry.access.terms import EventKind, SignedIn

__all__ = [
    "EventKind",
    "SignedIn",
    "actor_for",
    "actor_of",
    "claim_of",
    "is_idle",
    "record_event",
    "record_looks",
    "session_limits",
    "signed_in",
    "touch",
]

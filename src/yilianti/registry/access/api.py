"""The door of access: who acts, accounts and grants, and the trails."""

from yilianti.registry.access import sessions
from yilianti.registry.access.actions.accounts import open_account
from yilianti.registry.access.actions.auditing import report_broken
from yilianti.registry.access.actions.granting import grant, revoke
from yilianti.registry.access.actions.trails import record_event, record_looks
from yilianti.registry.access.queries import actor_for, signed_in
from yilianti.registry.access.terms import EventKind, SignedIn

__all__ = [
    "EventKind", "SignedIn", "actor_for", "grant", "open_account",
    "record_event", "record_looks", "report_broken", "revoke", "sessions", "signed_in",
]  # fmt: skip

"""The door of access: who acts, accounts and grants, and the trails."""

from yilianti.registry.access import sessions
from yilianti.registry.access.actions import logins
from yilianti.registry.access.actions.accounts import close_for, first_passwords, open_account
from yilianti.registry.access.actions.auditing import report_broken
from yilianti.registry.access.actions.granting import grant
from yilianti.registry.access.actions.trails import record_broken_grants, record_event, record_looks
from yilianti.registry.access.queries import (
    account_named,
    accounts_open,
    actor_for,
    faults_of_grants,
    holders,
    last_looks,
    roles_of,
    signed_in,
)
from yilianti.registry.access.tables import Grants
from yilianti.registry.access.terms import EventKind, SignedIn

__all__ = [
    "EventKind", "Grants", "SignedIn", "account_named", "accounts_open", "actor_for", "close_for", "faults_of_grants", "first_passwords", "grant", "holders", "last_looks", "logins", "open_account",
    "record_broken_grants", "record_event", "record_looks", "report_broken", "roles_of", "sessions", "signed_in",
]  # fmt: skip

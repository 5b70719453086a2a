"""The limits of a session, from the policy book."""

from __future__ import annotations

from datetime import date

from yilianti import policybook
from yilianti.kernel.actor import Scope


def session_limits(day: date, scope: Scope) -> policybook.Edition:
    """idle_minutes, lock_after_failures, lock_minutes, password_min_length, password_change_days."""
    return policybook.in_force("access.session", day, scope)

"""The limits of signing in, from the policy book."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from yilianti import policybook
from yilianti.kernel.actor import Scope

#: Before it is known who signs in, the national editions rule.
NATIONAL = Scope()


def session_limits(day: date, scope: Scope) -> policybook.Edition:
    """idle_minutes, lock_after_failures, lock_minutes, longest_hours, at_once, known_days."""
    return policybook.in_force("access.session", day, scope)


def password_limits(day: date, scope: Scope) -> policybook.Edition:
    """min_length, classes, phrase_length, history, min_age_days, change_days, warn_days, known."""
    return policybook.in_force("access.password", day, scope)


def factor_limits(day: date, scope: Scope) -> policybook.Edition:
    """required (roles), steps_either_side, code_minutes, recovery_codes."""
    return policybook.in_force("access.second_factor", day, scope)


def must_have_factor(roles: Iterable[str], day: date, scope: Scope) -> bool:
    """Whether one of these roles may only be used with a second factor."""
    return not set(factor_limits(day, scope).required).isdisjoint(roles)

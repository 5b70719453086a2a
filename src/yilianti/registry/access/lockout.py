"""The limits of django-axes, taken from the policy book; named in config/settings.py."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from yilianti.kernel.actor import Scope
from yilianti.registry.access.limits import session_limits

# Who signs in is not known yet, so the national edition rules.
_NATIONAL = Scope()


def failure_limit(request: Any, credentials: Any = None) -> int:
    """Failures in a row before a lock."""
    return int(session_limits(timezone.localdate(), _NATIONAL).lock_after_failures)


def cool_off(request: Any = None) -> timedelta:
    """How long a lock lasts."""
    return timedelta(minutes=session_limits(timezone.localdate(), _NATIONAL).lock_minutes)

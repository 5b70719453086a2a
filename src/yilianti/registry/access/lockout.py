"""The limits of django-axes, taken from the policy book (named in config/settings.py), and failures that are not Django's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.utils import timezone

from yilianti.registry.access.limits import NATIONAL, session_limits


def failure_limit(request: Any, credentials: Any = None) -> int:
    """Failures in a row before a lock."""
    return int(session_limits(timezone.localdate(), NATIONAL).lock_after_failures)


def cool_off(request: Any = None) -> timedelta:
    """How long a lock lasts."""
    return timedelta(minutes=session_limits(timezone.localdate(), NATIONAL).lock_minutes)


def is_locked(request: Any, username: str) -> bool:
    """Whether this name is locked now, whatever is proved; the page that django-axes then answers with is about this name."""
    request.locked_name = username
    return not AxesProxyHandler.is_allowed(request, {"username": username})


def count_failure(request: Any, username: str) -> bool:
    """Count a wrong one-time code or a wrong current password like a wrong sign-in; True when the name is locked by it."""
    AxesProxyHandler.user_login_failed(sender=__name__, credentials={"username": username}, request=request)
    return is_locked(request, username)

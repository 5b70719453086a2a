"""How long to wait, and when to stop trying. Values come from the policy; nothing is changed here."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from yilianti.gateways.outbound.terms import COUNTED, Result


def control_id(key: str) -> str:
    """The number a message carries to its receiver (MSH-10: 20 characters): the same for the same key, whenever it is sent."""
    return "YL" + hashlib.sha256(key.encode()).hexdigest()[:18].upper()


def pause(failures: int, first_seconds: int, longest_seconds: int) -> timedelta:
    """The wait after so many failures in a row: doubling from the first, up to the longest."""
    return timedelta(seconds=min(longest_seconds, first_seconds * 2 ** min(failures - 1, 20)))


def is_over(result: Result, failures: int, queued_at: datetime, at: datetime, *, attempts: int, keep_trying_hours: int) -> bool:
    """Whether a message that did not get through is laid aside for a person.

    A refusal at once; one the receiver could not process, or did not answer, after `attempts`; one whose line stays dead after `keep_trying_hours`.
    """
    if result is Result.REFUSED:
        return True
    if result in COUNTED and failures >= attempts:
        return True
    return at - queued_at >= timedelta(hours=keep_trying_hours)

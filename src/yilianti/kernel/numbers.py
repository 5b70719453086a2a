"""Numbers that people read and quote on the telephone."""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime

from django.db import connection
from django.utils import timezone


class _Reserved(threading.local):
    def __init__(self) -> None:
        self.numbers: deque[int] = deque()


_reserved = _Reserved()


def next_number(prefix: str, at: datetime) -> str:
    """A new number such as `ZZ20261122-000123`; one sequence for all, gaps are harmless."""
    if not _reserved.numbers:
        reserve(1, block=8)
    return f"{prefix}{timezone.localtime(at):%Y%m%d}-{_reserved.numbers.popleft():06d}"


def reserve(count: int, block: int = 1) -> None:
    """See to it that this thread has so many numbers in hand; where it has not, fetch at least `block` with one statement."""
    missing = count - len(_reserved.numbers)
    if missing > 0:
        missing = max(missing, block)
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('kernel_number') FROM generate_series(1, %s)", [missing])
            _reserved.numbers.extend(row[0] for row in cursor.fetchall())

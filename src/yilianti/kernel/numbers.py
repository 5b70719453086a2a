"""Numbers that people read and quote on the telephone."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone


def next_number(prefix: str, at: datetime) -> str:
    """A new number such as `ZZ20261122-000123`; one sequence for all, gaps are harmless."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('kernel_number')")
        counter = cursor.fetchone()[0]
    return f"{prefix}{timezone.localtime(at):%Y%m%d}-{counter:06d}"

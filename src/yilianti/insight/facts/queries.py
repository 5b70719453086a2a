"""How far the facts reach, and who leads."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import connection

from yilianti.insight.facts.models import Watermark

LOCK = 7_531_003


def root() -> Path:
    """The folder of all generations."""
    return Path(settings.HOME) / "facts"


def watermark() -> Watermark | None:
    """What the files hold; None before they were first made."""
    return Watermark.objects.filter(id=1).first()


def leads() -> bool:
    """Take the lead on this connection if nobody has it: one process writes, and loses the lead with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])

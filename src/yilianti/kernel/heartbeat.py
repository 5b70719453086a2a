"""Heartbeat: each process says every two seconds that it works; /healthz and the operations page read it."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection


def beat(process: str, detail: dict[str, Any] | None = None) -> None:
    """Record that `process` works now (database clock)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO kernel_heartbeat (process, at, detail) VALUES (%s, clock_timestamp(), %s)
               ON CONFLICT (process) DO UPDATE SET at = EXCLUDED.at, detail = EXCLUDED.detail""",
            [process, json.dumps(detail or {})],
        )

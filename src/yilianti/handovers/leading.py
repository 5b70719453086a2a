"""Which runner leads, and what wakes it: one connection of its own holds the lock and listens to the journal."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import psycopg
from django.db import connection

from yilianti.kernel import journal

LOCK = 7_531_002


class Watch:
    """A connection outside the pool; when it ends, so does the lead."""

    def __init__(self) -> None:
        params = connection.get_connection_params()
        known = {key: params[key] for key in ("dbname", "host", "port", "user", "password", "sslmode", "sslrootcert") if params.get(key)}
        self.wire = psycopg.connect(**known, autocommit=True, connect_timeout=5, application_name="yilianti-runner")

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.wire.close()

    def leads(self) -> bool:
        """Take the lead if nobody has it; the leader then listens."""
        row: Any = self.wire.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
        if row[0]:
            self.wire.execute(f"LISTEN {journal.CHANNEL}")
        return bool(row[0])

    def wait(self, seconds: float) -> bool:
        """Until something is written or the time is over; True when woken. Raises psycopg.Error when the lead is lost."""
        return any(True for _ in self.wire.notifies(timeout=seconds, stop_after=1))

"""Heartbeat: each process says every two seconds that it works; /healthz and the operations page read it."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from typing import Any

from django.db import Error, connection

from yilianti.kernel.process import let_go

BEAT_SECONDS = 2.0

log = logging.getLogger(__name__)


def beat(process: str, detail: dict[str, Any] | None = None) -> None:
    """Record that `process` works now (database clock)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO kernel_heartbeat (process, at, detail) VALUES (%s, clock_timestamp(), %s)
               ON CONFLICT (process) DO UPDATE SET at = EXCLUDED.at, detail = EXCLUDED.detail""",
            [process, json.dumps(detail or {})],
        )


def keep_beating(name: str, over: threading.Event, detail: Callable[[], dict[str, Any] | None] = dict) -> threading.Thread:
    """Beat until `over` in a thread with a connection of its own; silent while `detail` answers None, for a process that is stuck."""
    thread = threading.Thread(target=_beats, args=[name, over, detail], name=f"{name}-heartbeat", daemon=True)
    thread.start()
    return thread


def _beats(name: str, over: threading.Event, detail: Callable[[], dict[str, Any] | None]) -> None:
    while not over.is_set():
        try:
            if (told := detail()) is not None:
                beat(name, told)
        except Error as fault:
            log.debug("%s: no heartbeat: %s", name, fault)
            let_go()
        over.wait(BEAT_SECONDS)
    let_go()

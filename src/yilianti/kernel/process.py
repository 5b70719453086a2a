"""The life of a process behind the supervisor: how it is asked to stop, and how it holds and lets go of the database."""

from __future__ import annotations

import contextlib
import signal
import threading
from queue import SimpleQueue

from django.db import Error, connection


def stopping() -> threading.Event:
    """An event that SIGTERM and SIGINT set; to be made once, in the main thread.

    The handler only puts into a queue that may be entered again: it runs in the main thread, which may at that moment hold the
    lock of the event, and would wait for itself.
    """
    event, asked = threading.Event(), SimpleQueue[int]()

    def told() -> None:
        asked.get()
        event.set()

    threading.Thread(target=told, name="stopping", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: asked.put(number))
    return event


def without_pool() -> None:
    """Direct connections for this process: it needs few, keeps one, and a pool's growing pauses would outlast an outage."""
    connection.settings_dict["OPTIONS"].pop("pool", None)


def let_go() -> None:
    """Close this thread's connection, which may be dead already."""
    with contextlib.suppress(Error):
        connection.close()

"""The background worker: procrastinate's tasks, with a heartbeat that falls silent when the worker does."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from typing import Any

import psycopg
from django.db import Error, connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from yilianti.handovers import leading, tasks
from yilianti.handovers.models import Verification
from yilianti.kernel import heartbeat

BEAT_SECONDS = 2.0
DELAYS = (0.5, 1.0, 2.0, 5.0)

log = logging.getLogger(__name__)


def main() -> int:
    """Work until SIGTERM or SIGINT; a lost database is waited for."""
    leading.without_pool()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())  # until procrastinate takes over
    failures = 0
    while not stopping.is_set():
        try:
            _ask_first_verification()
            _work()
            break  # asked to stop: procrastinate has finished the job in hand
        except (Error, psycopg.Error, ConnectorException, OSError) as error:
            delay = DELAYS[min(failures, len(DELAYS) - 1)]
            failures += 1
            log.warning("worker lost the database, tries again in %s s: %s", delay, str(error).splitlines()[:1])
            connection.close()
            stopping.wait(delay)
    return 0


def _work() -> None:
    over = threading.Event()
    beats = threading.Thread(target=_beat, args=[over], daemon=True)
    beats.start()
    try:
        worker: Any = app.connector.get_worker_connector()  # type: ignore[attr-defined]
        with app.replace_connector(worker):
            app.run_worker(listen_notify=True, install_signal_handlers=True, delete_jobs="successful", fetch_job_polling_interval=5)
    finally:
        over.set()
        beats.join(5)


def _ask_first_verification() -> None:
    """A new installation is checked at once, not only at the next full hour."""
    if not Verification.objects.filter(at__lte=timezone.now()).exists():
        with contextlib.suppress(AlreadyEnqueued):
            tasks.verify_journal.defer()
    connection.close()


def _beat(over: threading.Event) -> None:
    while not over.is_set():
        try:
            heartbeat.beat("worker")
        except Error as error:
            log.debug("no heartbeat: %s", error)
            with contextlib.suppress(Error):
                connection.close()
        over.wait(BEAT_SECONDS)
    connection.close()

"""The background worker: procrastinate's tasks and, beside them, the sender of the outbox; its heartbeat falls silent when it does."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from typing import Any

import psycopg
from django.db import Error
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from yilianti.gateways.outbound import api as outbound
from yilianti.handovers import carriers, tasks
from yilianti.handovers.models import Verification
from yilianti.kernel import heartbeat, process

LOOK_SECONDS = 0.2
DELAYS = (0.5, 1.0)
LAST_JOB_SECONDS = 5.0

log = logging.getLogger(__name__)


def main() -> int:
    """Work until SIGTERM or SIGINT; a lost database is waited for."""
    process.without_pool()
    stopping = process.stopping()
    outbound.start(carriers.CARRIERS, stopping)
    failures = 0
    while not stopping.is_set():
        try:
            _ask_first_verification()
            failures = 0
            asyncio.run(_work(stopping))
        except (Error, psycopg.Error, ConnectorException, OSError) as error:
            log.warning("worker lost the database: %s", str(error).splitlines()[:1])
            process.let_go()
        if not stopping.is_set():
            stopping.wait(DELAYS[min(failures, len(DELAYS) - 1)])
            failures += 1
    return 0


async def _work(stopping: threading.Event) -> None:
    """One life of procrastinate's worker; it also ends by itself, when the database stays away."""
    over = threading.Event()
    heartbeat.keep_beating("worker", over)
    connector: Any = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector):
        async with app.open_async():
            life = asyncio.ensure_future(
                app.run_worker_async(
                    install_signal_handlers=False, delete_jobs="successful", shutdown_graceful_timeout=LAST_JOB_SECONDS
                )
            )
            end = asyncio.ensure_future(_end(life, stopping))
            try:
                with contextlib.suppress(asyncio.CancelledError):
                    await life
            finally:
                end.cancel()
                over.set()


async def _end(life: asyncio.Future[None], stopping: threading.Event) -> None:
    while not stopping.is_set():
        await asyncio.sleep(LOOK_SECONDS)
    life.cancel()


def _ask_first_verification() -> None:
    """A new installation is checked at once, not only at the next full hour."""
    if not Verification.objects.exists():
        with contextlib.suppress(AlreadyEnqueued):
            tasks.verify_journal.defer()

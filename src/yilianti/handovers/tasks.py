"""Background tasks that the worker runs by the clock (cron in UTC: the county sleeps from 16 to 22 h)."""

from __future__ import annotations

import logging

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from yilianti.handovers import upkeep

log = logging.getLogger(__name__)


@app.periodic(cron="23 */6 * * *")
@app.task(name="verify_journal", queueing_lock="verify_journal", pass_context=False)
def verify_journal(timestamp: int = 0) -> None:
    """Recompute the journal's chain; the operations page shows the answer."""
    try:
        found = upkeep.verify_journal(timezone.now())
        if found.broken:
            log.error("journal broken: %s", found.broken)
    finally:
        connection.close()


@app.periodic(cron="41 18 * * *")
@app.task(name="purge", queueing_lock="purge", pass_context=False)
def purge(timestamp: int = 0) -> None:
    """Remove what nobody needs any more."""
    try:
        log.info("purged: %s", upkeep.purge(timezone.now()))
    finally:
        connection.close()

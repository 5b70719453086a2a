"""Background tasks that the worker runs by the clock (cron in UTC: the county sleeps from 16 to 22 h)."""

from __future__ import annotations

import logging

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from yilianti.handovers import chores, upkeep
from yilianti.kernel.crypto import anchoring
from yilianti.kernel.sealing import Broken

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


@app.periodic(cron="*/15 * * * *")
@app.task(name="anchor_journal", queueing_lock="anchor_journal", pass_context=False)
def anchor_journal(timestamp: int = 0) -> None:
    """Every quarter of an hour: what is cut off afterwards shows."""
    try:
        anchoring.append(timezone.now())
    except (OSError, Broken) as fault:
        log.error("no anchor could be written: %s", fault)
    finally:
        connection.close()


@app.periodic(cron="41 18 * * *")
@app.task(name="purge", queueing_lock="purge", pass_context=False)
def purge(timestamp: int = 0) -> None:
    """Remove what the policy of retention says is over."""
    try:
        chores.clear_out(timezone.now())
    finally:
        connection.close()


@app.periodic(cron="7 * * * *")
@app.task(name="backup_when_due", queueing_lock="backup_when_due", pass_context=False)
def backup_when_due(timestamp: int = 0) -> None:
    """Every hour: a backup, and after it a drill, when the policy says so. Their own records say how they went."""
    try:
        if chores.backup_due(timezone.now()):
            chores.command("backup")
        if chores.drill_due(timezone.now()):
            chores.command("restore-drill")
    finally:
        connection.close()


@app.task(name="backup", queueing_lock="backup", pass_context=False)
def backup() -> None:
    """A backup that a person asked for."""
    chores.command("backup")


@app.task(name="restore_drill", queueing_lock="restore_drill", pass_context=False)
def restore_drill() -> None:
    """A drill that a person asked for."""
    chores.command("restore-drill")

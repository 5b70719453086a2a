"""The filing process: places what the listener keeps, one object after another, apart from it so that reading waveforms slows no cart."""

from __future__ import annotations

import logging
import os
import threading

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from yilianti.gateways.dicom import filing
from yilianti.kernel import heartbeat
from yilianti.kernel.process import let_go, stopping, without_pool

log = logging.getLogger(__name__)
IDLE_SECONDS, AWAY_SECONDS = 0.3, 2.0


def work(over: threading.Event) -> None:
    """File until `over`; a database that is away is waited for."""
    while not over.is_set():
        try:
            if not filing.file_next(timezone.now()):
                over.wait(IDLE_SECONDS)
        except (DatabaseError, InterfaceError) as fault:
            log.warning("dicom: filing waits, the database said %s", type(fault).__name__)
            let_go()
            over.wait(AWAY_SECONDS)


def main() -> int:
    """Files until SIGTERM, behind everybody who serves."""
    over = stopping()
    without_pool()
    os.nice(5)
    beats = heartbeat.keep_beating("filing", over)
    work(over)
    beats.join(timeout=heartbeat.BEAT_SECONDS)
    return 0

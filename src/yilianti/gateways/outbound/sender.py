"""The sender: a few threads beside the background worker that empty the outbox, each attempt on its own.

The table is the queue: a job per message beside it would be a second truth to keep in step, and could not hold back the later
messages of a subject. A quiet outbox costs one look a second.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping

from django.db import Error
from django.utils import timezone

from yilianti.gateways.outbound import sending
from yilianti.gateways.outbound.terms import Carrier
from yilianti.kernel import process

THREADS = 3
LOOK_SECONDS = 1.0
LOST_SECONDS = 2.0
log = logging.getLogger(__name__)


def start(carriers: Mapping[str, Carrier], stopping: threading.Event, threads: int = THREADS) -> list[threading.Thread]:
    """Send until `stopping`; a receiver that keeps one thread waiting leaves the others to the rest."""
    started = [threading.Thread(target=_work, args=[carriers, stopping], name=f"outbound-{n}", daemon=True) for n in range(threads)]
    for thread in started:
        thread.start()
    return started


def _work(carriers: Mapping[str, Carrier], stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            if not sending.send_next(carriers, timezone.now()):
                stopping.wait(LOOK_SECONDS)
        except Error as fault:
            log.warning("outbound: database said %s", type(fault).__name__)
            process.let_go()
            stopping.wait(LOST_SECONDS)
        except Exception:
            log.exception("outbound: the sender stumbled")
            stopping.wait(LOST_SECONDS)
    process.let_go()

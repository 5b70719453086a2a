"""The journal runner: seals what was committed, hands it over in order, and acts when the clock says so."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from yilianti.handovers import acting, delivering, listing
from yilianti.handovers.delivering import DatabaseGone
from yilianti.handovers.following import Follower
from yilianti.handovers.leading import Watch
from yilianti.handovers.timing import Clockwork
from yilianti.kernel import heartbeat, process
from yilianti.kernel.crypto import anchoring
from yilianti.kernel.crypto.keyring import KeysMissing
from yilianti.kernel.sealing import Broken, Sealer

POLL_SECONDS = 0.5
LEAD_SECONDS = 1.0
STUCK_SECONDS = 60.0
DELAYS = (0.2, 0.5, 1.0)

log = logging.getLogger(__name__)


class Runner:
    """One process's turn at leading: from winning the lock until it stops or loses the database."""

    def __init__(self, watch: Watch, stopping: threading.Event) -> None:
        self.watch, self.stopping, self.over = watch, stopping, threading.Event()
        # A delivery lost with the server is delivered again, with its effects, so its commit need not wait for the disk.
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
            cursor.execute("SET lock_timeout = '10s'")  # one that cannot get its lock is tried again later, others go on
        self.sealer = Sealer(settings.JOURNAL_HASH)
        self.follower = Follower(listing.handed(), self.is_stopping)
        self.clockwork = Clockwork(listing.ticking())
        self.moved_at = time.monotonic()

    def is_stopping(self) -> bool:
        self.moved_at = time.monotonic()
        return self.stopping.is_set()

    def serve(self) -> None:
        """Work until asked to stop; raises a database error when the server went away."""
        besides = [heartbeat.keep_beating("runner", self.over, self._detail), _thread(self._ticks)]
        try:
            while not self.is_stopping():
                busy = self.work()
                self.watch.wait(0 if busy else POLL_SECONDS)
        finally:
            self.over.set()
            for thread in besides:
                thread.join(timeout=5)

    def work(self) -> bool:
        """One round; True when there may be more to do at once."""
        at = timezone.now()
        sealed = self.sealer.seal(at)
        with acting.one_round():
            read = self.follower.advance(at)
            through = self.follower.retry(at)
        return read or bool(through or sealed)

    def _detail(self) -> dict[str, Any] | None:
        """What the heartbeat tells, while the main thread moves."""
        if time.monotonic() - self.moved_at > STUCK_SECONDS:
            return None
        waiting = delivering.open_rows()
        parked = waiting.filter(parked_at__isnull=False).count()
        return {"lag": self.follower.lag(), "waiting": waiting.count() - parked, "parked": parked}

    def _ticks(self) -> None:
        """Timed handovers beside the journal, so that a long one delays no delivery."""
        while not self.over.is_set():
            try:
                self.clockwork.run_due(timezone.now(), self._ticks_end)
            except (Error, DatabaseGone) as error:
                log.warning("timed handovers wait for the database: %s", error)
                process.let_go()
            self.over.wait(POLL_SECONDS)
        process.let_go()

    def _ticks_end(self) -> bool:
        return self.over.is_set() or self.stopping.is_set()


def run_until(stopping: threading.Event) -> None:
    """Lead whenever possible; a lost database is waited for, never a reason to end."""
    failures = 0
    while not stopping.is_set():
        try:
            with Watch() as watch:
                if not _wins(watch, stopping):
                    break
                runner = Runner(watch, stopping)
                log.info("runner leads: %s handovers", len(runner.follower.handovers))
                failures = 0
                runner.serve()
                _anchor()
        except (Error, psycopg.Error, DatabaseGone) as error:
            delay = DELAYS[min(failures, len(DELAYS) - 1)]
            failures += 1
            log.warning("runner lost the database, tries again in %s s: %s", delay, str(error).splitlines()[:1])
            stopping.wait(delay)
        finally:
            process.let_go()


def _anchor() -> None:
    """The last head before a stop is kept outside the database."""
    try:
        anchoring.append(timezone.now())
    except (OSError, Error, Broken, KeysMissing) as fault:
        log.warning("no anchor at the stop: %s", fault)


def _wins(watch: Watch, stopping: threading.Event) -> bool:
    """Wait until no other runner leads; False when asked to stop first."""
    told = False
    while not stopping.is_set():
        if watch.leads():
            return True
        if not told:
            log.info("another runner leads; this one stands by")
            told = True
        stopping.wait(LEAD_SECONDS)
    return False


def _thread(target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    return thread


def main() -> int:
    """Run until SIGTERM or SIGINT: finishes the entry in hand, then ends."""
    process.without_pool()
    run_until(process.stopping())
    return 0

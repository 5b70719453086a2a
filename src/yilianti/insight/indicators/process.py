"""The process that keeps figures fresh: follows the journal with the facts, computes what moved, and beats while it works."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from datetime import datetime

from django.db import Error, transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.insight.facts import api as facts
from yilianti.insight.indicators import actions
from yilianti.kernel import heartbeat, process
from yilianti.kernel.actor import Actor

PROCESS = "insight"
POLL_SECONDS = 0.4
STUCK_SECONDS = 120.0
STANDBY_SECONDS = 1.0
BEGIN_SECONDS = 2.5  # doors open first: loading what counts takes a second of both cores
DELAYS = (0.5, 1.0, 2.0, 5.0)
NICE = 5  # counting waits for those who serve

log = logging.getLogger(__name__)


class Keeper:
    """One process's turn, from winning the lead until it stops or loses the database."""

    def __init__(self, stopping: threading.Event) -> None:
        self.stopping = stopping
        self.moved_at = time.monotonic()
        self.detail: dict[str, float] = {}
        self.asked: tuple[object, ...] = ()

    def is_stopping(self) -> bool:
        self.moved_at = time.monotonic()
        return self.stopping.is_set()

    def serve(self) -> None:
        """Work until asked to stop; raises a database error when the server went away."""
        while not facts.leads():
            if self.stopping.wait(STANDBY_SECONDS):
                return
            self.moved_at = time.monotonic()
        follower = facts.follower(timezone.now(), self.is_stopping)
        self.asked = ()
        try:
            while not self.is_stopping():
                if not self.work(follower, timezone.now()):
                    self.stopping.wait(POLL_SECONDS)
        finally:
            follower.close()

    def work(self, follower: facts.Following, at: datetime) -> bool:
        """One round: files, figures, watermark; True when there may be more at once."""
        from yilianti.insight.indicators import computing

        if follower.is_asked_to_rebuild():
            follower.rebuild(at)
        asked = (policybook.current(), timezone.localdate(at))  # other cards, or another day on which they hold
        step = follower.step(at, everything=asked != self.asked)
        computed = computing.compute(follower.session, step)
        with transaction.atomic():
            actions.keep(actor=Actor.system(), computed=computed, step=step)
            follower.settle(step)
        follower.tidy(step)
        self.asked = asked
        self.detail = {"seal": step.upto, "figures": len(computed), "seconds": round((timezone.now() - at).total_seconds(), 2)}
        return step.moved

    def told(self) -> dict[str, float] | None:
        """What the heartbeat tells, while the main thread moves."""
        return self.detail if time.monotonic() - self.moved_at < STUCK_SECONDS else None


def run_until(stopping: threading.Event) -> None:
    """Lead whenever possible; a lost database is waited for, never a reason to end."""
    failures, over = 0, threading.Event()
    keeper = Keeper(stopping)
    beating = heartbeat.keep_beating(PROCESS, over, keeper.told)
    stopping.wait(BEGIN_SECONDS)
    while not stopping.is_set():
        try:
            keeper.serve()
        except facts.Interrupted:
            break
        except Error as error:
            delay = DELAYS[min(failures, len(DELAYS) - 1)]
            failures += 1
            log.warning("insight lost the database, tries again in %s s: %s", delay, str(error).splitlines()[:1])
            stopping.wait(delay)
        finally:
            process.let_go()
    over.set()
    beating.join(5)


def main() -> int:
    """Run until SIGTERM or SIGINT: finishes the round in hand, then ends."""
    process.without_pool()  # one connection holds the lead; a pool would take it back
    with contextlib.suppress(OSError):
        os.nice(NICE)
    run_until(process.stopping())
    return 0

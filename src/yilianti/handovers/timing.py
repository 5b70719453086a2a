"""What the clock causes: each timed handover when its time has come, with a memory of how it went."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection

from yilianti.handovers.delivering import DatabaseGone, described
from yilianti.handovers.listing import Timed
from yilianti.handovers.models import TimedRun

log = logging.getLogger(__name__)


class Clockwork:
    """The timed handovers and when each last ran."""

    def __init__(self, ticking: Iterable[Timed]) -> None:
        self.ticking = list(ticking)
        self.ran = dict(TimedRun.objects.values_list("name", "ran_at"))

    def run_due(self, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
        """Run whatever is due; returns how many things were moved."""
        moved = 0
        for timed in self.ticking:
            last = self.ran.get(timed.name)
            if not is_stopping() and (last is None or last + timed.every <= at):
                moved += run(timed, at)
                self.ran[timed.name] = at
        return moved


def run(timed: Timed, at: datetime) -> int:
    """One tick; a failure is kept and shown, and tried again when its time comes round."""
    started = time.monotonic()
    done, error = 0, ""
    try:
        done = timed.tick(at)
    except Exception as failure:
        if isinstance(failure, OperationalError | InterfaceError) and not connection.is_usable():
            raise DatabaseGone from failure
        error = described(failure)
        log.warning("timed handover %s failed: %s", timed.name, error)
    known = TimedRun.objects.filter(name=timed.name).first()
    since = (known.failing_since if known and known.failing_since else at) if error else None
    values = {"ran_at": at, "seconds": time.monotonic() - started, "done": done, "error": error, "failing_since": since}
    TimedRun.objects.update_or_create(name=timed.name, defaults=values)
    return done

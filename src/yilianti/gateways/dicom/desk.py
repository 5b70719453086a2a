"""A few threads that speak to the database for all associations, each with a connection of its own; asked again when the database was away."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError

from yilianti.kernel.process import let_go

log = logging.getLogger(__name__)
T = TypeVar("T")
_PAUSES = (0.1, 0.4, 1.0, 2.0, 0.0)


class Desk:
    """`ask` runs one question in a thread that keeps its connection, and waits for the answer."""

    def __init__(self, workers: int) -> None:
        self._questions: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._work, name=f"dicom-desk-{number}", daemon=True) for number in range(workers)]
        for thread in self._threads:
            thread.start()

    def ask(self, question: Callable[[], T]) -> T:
        """The answer; OperationalError where the database stays away."""
        promised: Future[T] = Future()
        self._questions.put((question, promised))
        return promised.result()

    def close(self, seconds: float = 5.0) -> None:
        """Ends after the questions that wait."""
        for _ in self._threads:
            self._questions.put(None)
        for thread in self._threads:
            thread.join(seconds)

    def _work(self) -> None:
        for question, promised in iter(self._questions.get, None):
            try:
                promised.set_result(_asked(question))
            except BaseException as fault:
                promised.set_exception(fault)
        let_go()


def _asked(question: Callable[[], T]) -> T:
    for pause in _PAUSES:
        try:
            return question()
        except (OperationalError, InterfaceError) as fault:
            log.warning("dicom: the database said %s", type(fault).__name__)
            let_go()
            last = fault
            time.sleep(pause)
    raise last

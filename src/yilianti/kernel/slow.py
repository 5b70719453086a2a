"""Slow statements, said in the log as they are written in the program: with places for values, never with the values."""

from __future__ import annotations

import logging
import re
import time
from typing import Any

from django.conf import settings

log = logging.getLogger(__name__)

#: How such a line reads in a log: milliseconds, statement.
SAID = re.compile(r"slow statement (\d+) ms: (.+)")
_LITERAL, _LIST, LONGEST = re.compile(r"'(?:[^']|'')*'|\b\d+\b"), re.compile(r"\((?:\s*(?:%s|\?),?)+\)"), 400


def watch(connection: Any) -> None:
    """From now on slow statements of this connection are logged; once per connection object, whose life is the thread's."""
    if _timed not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _timed)


def normalised(sql: str) -> str:
    """One line, constants and lists of places as `?`, so that the same statement reads the same."""
    return _LIST.sub("(?)", _LITERAL.sub("?", " ".join(sql.split())))[:LONGEST]


def _timed(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        spent = (time.perf_counter() - started) * 1000
        if spent >= settings.SLOW_MILLISECONDS:
            log.warning("slow statement %d ms: %s", spent, normalised(str(sql)))

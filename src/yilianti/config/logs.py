"""How a line of a log reads: moment, level, request, where, what. Nobody's name or number is in it, whatever went wrong.

The words of the program stay; values that were put into them, and what an exception quotes, lose Chinese characters and long digits.
"""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar
from typing import Any

#: The request in whose course a line is written; set by config/requests.py.
request_id: ContextVar[str] = ContextVar("request_id", default="-")

# Identity numbers, telephones, card numbers; names and addresses, which are written in Chinese; queries, which hold both percent-encoded.
_PRIVATE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·]+|\d[\d -]{5,}[\dXx]|(?<=\?)[\w%.-]+=\S*|(?:%[0-9A-Fa-f]{2})+")
HIDDEN = "…"


def without_names(text: str) -> str:
    """The text without what could name somebody."""
    return _PRIVATE.sub(HIDDEN, text)


class Line(logging.Formatter):
    """The one format of every process's log."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} [{request_id}] {name}: {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = request_id.get()
        kept = record.args, record.exc_text
        record.args, record.exc_text = _hidden(record.args), None
        try:
            return super().format(record)
        finally:
            record.args, record.exc_text = kept  # other handlers, such as those of a test, get the record as it was

    def formatException(self, ei: Any) -> str:  # noqa: N802  the name is Python's
        return without_names(super().formatException(ei))


def _hidden(args: Any) -> Any:
    if isinstance(args, tuple):
        return tuple(_plain(value) for value in args)
    return {key: _plain(value) for key, value in args.items()} if isinstance(args, dict) else args


def _plain(value: Any) -> Any:
    """Counts and durations stay numbers, so that %d still works."""
    return value if isinstance(value, int | float) else without_names(str(value))

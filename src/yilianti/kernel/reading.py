"""A guard for pages that only show: inside it every statement but SELECT raises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_ALLOWED = ("SELECT", "WITH", "DECLARE", "FETCH", "CLOSE", "SAVEPOINT", "RELEASE", "ROLLBACK TO")
_WRITING = (" FOR UPDATE", " FOR SHARE", "INSERT INTO", "UPDATE ", "DELETE FROM")


class WroteWhileReading(RuntimeError):
    """A page that should only show tried to write."""


def _only_select(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
    statement = str(sql).lstrip(" \t\n(").upper()  # a union opens with a bracket
    hidden_write = statement.startswith("WITH") and any(word in statement for word in _WRITING)
    if not statement.startswith(_ALLOWED) or hidden_write or "FOR UPDATE" in statement:
        raise WroteWhileReading(f"a GET must not write: {statement[:80]}")
    return execute(sql, params, many, context)


@contextmanager
def only_reading() -> Iterator[None]:
    """Within this block the default connection refuses anything but reading."""
    with connection.execute_wrapper(_only_select):
        yield

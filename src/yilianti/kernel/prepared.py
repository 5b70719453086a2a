"""Statements that every request asks, planned by the server once per connection.

Django sends each statement with its values written into it, so that the server parses and plans it anew: for the question
who is signed in that was seven eighths of the server's work. Only for statements whose plan does not depend on the values,
such as look-ups by key; the rest are better planned for what they ask.
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper


def cursor() -> CursorWrapper:
    """A cursor of the default connection, inside its transaction, its guards and its error names; values travel apart."""
    connection.ensure_connection()
    wire = connection.connection
    wire.prepare_threshold = 2
    bare: Any = psycopg.Cursor(wire)
    return connection.make_debug_cursor(bare) if connection.queries_logged else connection.make_cursor(bare)

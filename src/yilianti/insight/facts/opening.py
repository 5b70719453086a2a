"""Opening the files: for the one process that writes them, and for a page that asks a question.

DuckDB and pyarrow are imported here when they are first needed: together they cost more than a second, which no process that
only serves pages should pay when it starts.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from yilianti.insight.facts.folders import Generation
from yilianti.insight.facts.queries import root, watermark
from yilianti.insight.facts.terms import Engine, Following


def follower(at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> Following:
    """The one that writes; takes everything anew where there are no files yet. Raises Interrupted when asked to stop in the middle."""
    from yilianti.insight.facts import following

    return following.Follower(at, is_stopping)


def session() -> AbstractContextManager[Engine]:
    """A session over the files in use; raises LookupError before there are any."""
    mark = watermark()
    if mark is None:
        raise LookupError("facts were not exported yet")
    from yilianti.insight.facts import reading

    return reading.session(Generation(root(), mark.generation))

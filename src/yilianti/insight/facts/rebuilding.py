"""Taking all facts anew from the rooms' tables, as a new generation of files beside the one in use."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from yilianti.insight.facts import writing
from yilianti.insight.facts.folders import Generation
from yilianti.insight.facts.models import Watermark
from yilianti.insight.facts.tables import TABLES, shape
from yilianti.kernel import sealing
from yilianti.kernel.facts import FactTable

PORTION = 10_000  # rows held in memory at a time


def rebuild(root: Path, before: Watermark | None, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> tuple[Watermark, Generation] | None:
    """Write a whole generation; the watermark returned is not saved. None when asked to stop in the middle.

    The seal is read first: an entry sealed later is followed again, which writes the same row once more.
    """
    generation = Generation(root, before.generation + 1 if before else 1)
    shutil.rmtree(generation.path, ignore_errors=True)
    generation.path.mkdir(parents=True, mode=0o700)
    upto = sealing.last_seal()
    for table in TABLES.values():
        if not _take(generation, table, upto, at, is_stopping):
            return None
    mark = Watermark(id=1, generation=generation.number, shape=shape(), sealed_number=upto, complete_until=at, moved_at=at)
    return mark, generation


def _take(generation: Generation, table: FactTable, upto: int, at: datetime, is_stopping: Callable[[], bool]) -> bool:
    last = 0
    with writing.Bulk(generation, table, upto, at) as bulk:
        while found := table.numbers(last, PORTION):
            if is_stopping():
                return False
            bulk.add(table.rows([number for _, number in found]))
            last = found[-1][0]
    return True

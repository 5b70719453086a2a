"""Following the journal with the facts: opens the files in use, takes steps, and moves the watermark when a step counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from yilianti.insight.facts import compacting, exporting, folders, rebuilding
from yilianti.insight.facts.folders import Generation
from yilianti.insight.facts.models import Watermark
from yilianti.insight.facts.queries import root
from yilianti.insight.facts.reading import Session
from yilianti.insight.facts.tables import TABLES, shape
from yilianti.insight.facts.terms import Interrupted, Step

QUIET = timedelta(seconds=2)


class Follower:
    """The one that writes. Every step is export (files), then whatever is computed from them, then settle (the watermark)."""

    def __init__(self, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> None:
        self.is_stopping = is_stopping
        mark = Watermark.objects.filter(id=1).first()
        if mark is None or mark.shape != shape() or not Generation(root(), mark.generation).path.exists():
            self._make_anew(mark, at)
        else:
            self.mark, self.generation, self.is_saved = mark, Generation(root(), mark.generation), True
            folders.clear(self.generation, mark.sealed_number)
        self.session = Session(self.generation)

    def _make_anew(self, mark: Watermark | None, at: datetime) -> None:
        made = rebuilding.rebuild(root(), mark, at, self.is_stopping)
        if made is None:
            raise Interrupted
        self.mark, self.generation, self.is_saved = *made, False

    def step(self, at: datetime, *, everything: bool = False) -> Step:
        """The next entries' step; with `everything`, or when institutions changed, it touches every month there is."""
        step = exporting.export(self.mark, self.generation, at)
        if everything or step.places_changed or not self.is_saved:
            return replace(step, touched={name: frozenset(self.generation.months(name)) for name in TABLES}, is_whole=True)
        return step

    def settle(self, step: Step) -> None:
        """Move the watermark to the end of a step, inside the transaction that keeps what was computed from it."""
        if step.moved or not self.is_saved or step.at - self.mark.moved_at >= QUIET:
            self.mark.sealed_number, self.mark.complete_until, self.mark.moved_at = step.upto, step.complete_until, step.at
            self.mark.save(update_fields=["sealed_number", "complete_until", "moved_at"] if self.is_saved else None)

    def tidy(self, step: Step) -> None:
        """After the commit: older generations go, small files are merged."""
        if not self.is_saved:
            folders.drop_generations(self.generation, keep_previous=True)  # somebody may be reading the last one
            self.is_saved = True
        touched = (self.generation.folder(name, month) for name, months in step.touched.items() for month in months)
        compacting.compact(self.session, touched)

    def is_asked_to_rebuild(self) -> bool:
        return Watermark.objects.filter(id=1, rebuild_asked_at__isnull=False).exists()

    def rebuild(self, at: datetime) -> None:
        """Take everything anew; the next step touches every month."""
        self._make_anew(self.mark, at)
        self.session.close()
        self.session = Session(self.generation)

    def close(self) -> None:
        self.session.close()

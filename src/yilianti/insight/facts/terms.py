"""Facts in words, and what those who count may ask of an engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from yilianti.kernel.facts import FactTable

#: What each journal word of this room is called on pages.
JOURNAL = {"facts.rebuild_asked": "要求重建统计事实"}


@dataclass(frozen=True)
class Step:
    """What one step along the journal wrote, seals (after, upto]: the months touched in each table; `places_changed` when the
    institutions themselves did; `is_whole` when every month there is counts as touched. `complete_until`: everything committed
    before that moment is in the files."""

    after: int
    upto: int
    at: datetime
    complete_until: datetime
    touched: Mapping[str, frozenset[date]]
    places_changed: bool = False
    is_whole: bool = False

    @property
    def moved(self) -> bool:
        return self.upto > self.after


class Engine(Protocol):
    """Whoever counts: lays the present rows of a month, small tables beside them, and answers SQL of its `dialect`."""

    dialect: str

    def show(self, table: FactTable, month: date, upto: int) -> None: ...

    def lay(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None: ...

    def ask(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]: ...


class Following(Protocol):
    """The one process that writes facts: a step, what is computed from it, then `settle` in the same transaction, `tidy` after it."""

    @property
    def session(self) -> Engine: ...

    def step(self, at: datetime, *, everything: bool = False) -> Step: ...

    def settle(self, step: Step) -> None: ...

    def tidy(self, step: Step) -> None: ...

    def is_asked_to_rebuild(self) -> bool: ...

    def rebuild(self, at: datetime) -> None: ...

    def close(self) -> None: ...


class Interrupted(Exception):
    """Asked to stop in the middle of a rebuild."""

"""Events, sealed and followed by hand, for tests of this stage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from yilianti.insight.facts import api as facts
from yilianti.insight.facts.following import Follower
from yilianti.kernel.facts import FactTable
from yilianti.kernel.sealing import Sealer


def seal(at: datetime | None = None) -> None:
    sealer = Sealer("sha256")
    while sealer.seal(at or timezone.now()):
        pass


def follow(follower: Follower, at: datetime, *, everything: bool = False) -> list[facts.Step]:
    """Steps until nothing moves, settled, with nothing computed from them."""
    steps: list[facts.Step] = []
    while not steps or steps[-1].moved:
        steps.append(follower.step(at, everything=everything and not steps))
        with transaction.atomic():
            follower.settle(steps[-1])
        follower.tidy(steps[-1])
    return steps


@contextmanager
def following(at: datetime) -> Iterator[Follower]:
    """A follower over the files of the test's home."""
    follower = Follower(at)
    try:
        yield follower
    finally:
        follower.close()


def present(follower: Follower, table: FactTable, month: date) -> set[tuple[object, ...]]:
    """The rows of a month as whoever counts sees them."""
    follower.session.show(table, month, follower.mark.sealed_number)
    columns = ", ".join(f"CAST({column.name} AS VARCHAR)" for column in table.columns)
    return set(follower.session.ask(f"SELECT {columns} FROM {table.name}"))  # noqa: S608


def everything(follower: Follower) -> dict[str, set[tuple[object, ...]]]:
    """All rows of all months of all tables."""
    return {name: set().union(*(present(follower, table, month) for month in follower.generation.months(name))) for name, table in facts.TABLES.items()}

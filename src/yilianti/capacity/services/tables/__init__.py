"""The tables in which the directory is brought and taken out, in the order they build on one another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from yilianti.capacity.services.tables.capabilities import Capabilities
from yilianti.capacity.services.tables.offers import Services
from yilianti.capacity.services.tables.ways import Ways
from yilianti.kernel.actor import Actor
from yilianti.kernel.tables.layout import Layout, Outcome, Row


class Exchanged(Protocol):
    """A table that is brought (as `kernel.tables.layout.Importer` says) and taken out."""

    permission: str

    def layout(self, actor: Actor, day: date) -> Layout: ...

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None: ...

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]: ...

    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None: ...

    def taken_out(self, actor: Actor, day: date) -> Iterable[Sequence[str]]:
        """What is on record within the actor's reach, in the layout's columns; brought again, it changes nothing."""


KINDS: dict[str, Exchanged] = {"services": Services(), "capabilities": Capabilities(), "ways": Ways()}
ICONS = {"services": "stethoscope", "capabilities": "building-hospital", "ways": "map-pin"}
TITLES = {"services": "服务", "capabilities": "能力", "ways": "路程"}

"""The handovers that exist: found by listing the package, so that adding a file is all there is to do."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType

from yilianti import handovers
from yilianti.handovers import timed
from yilianti.kernel.models import JournalEntry


@dataclass(frozen=True)
class Handover:
    """One arrow of the river: what it listens to and the door it calls. `from_now` skips what happened before it existed."""

    name: str
    words: frozenset[str]
    hand_over: Callable[[JournalEntry], None]
    from_now: bool = False


@dataclass(frozen=True)
class Timed:
    """What the clock causes: `tick(at)` every so often; returns how many things it moved."""

    name: str
    every: timedelta
    tick: Callable[[datetime], int]

    @property
    def interval(self) -> str:
        """「1 分钟」, for people."""
        seconds = int(self.every.total_seconds())
        for unit, name in ((86_400, "天"), (3_600, "小时"), (60, "分钟")):
            if seconds % unit == 0:
                return f"{seconds // unit} {name}"
        return f"{seconds} 秒"


def handed() -> list[Handover]:
    """Every module `<what>_to_<room>` of this package, by name."""
    return [_handover(name) for name in names(handovers) if "_to_" in name]


def ticking() -> list[Timed]:
    """Every module of `timed`, by name."""
    return [_timed(name) for name in names(timed)]


def names(package: ModuleType) -> list[str]:
    """Modules (not sub-packages) of a package, sorted."""
    return sorted(found.name for found in pkgutil.iter_modules(package.__path__) if not found.ispkg)


def _handover(name: str) -> Handover:
    module = importlib.import_module(f"{handovers.__name__}.{name}")
    words = frozenset(module.WORDS if hasattr(module, "WORDS") else (module.WORD,))
    return Handover(name, words, module.hand_over, from_now=getattr(module, "START", "") == "now")


def _timed(name: str) -> Timed:
    module = importlib.import_module(f"{timed.__name__}.{name}")
    return Timed(name, module.EVERY, module.tick)

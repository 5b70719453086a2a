"""How a measure is named: over which fact table, by which statistic, with which parameters; and what it has to give back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from yilianti.insight.facts import api as facts
from yilianti.insight.indicators.terms import Statistic
from yilianti.kernel.facts import FactTable

Build = Callable[..., ir.Table]


@dataclass(frozen=True)
class Measure:
    """A named measure over one fact table; `defaults` names the parameters a card may give, each a list of words."""

    name: str
    fact: str
    statistic: Statistic
    defaults: Mapping[str, tuple[str, ...]]
    build: Build

    @property
    def table(self) -> FactTable:
        return facts.TABLES[self.fact]


MEASURES: dict[str, Measure] = {}


def measure(fact: str, statistic: Statistic, **defaults: tuple[str, ...]) -> Callable[[Build], Build]:
    """Name the decorated function as a measure."""

    def keep(build: Build) -> Build:
        MEASURES[build.__name__] = Measure(build.__name__, fact, statistic, defaults, build)
        return build

    return keep


def contributions(rows: ir.Table, key: Any, place: Any, counts: Any, measured: Any = None, source: Any = None) -> ir.Table:
    """`source`: the institution at the other end; the place itself where a row has none."""
    return rows.select(key=key, place=place, source=place if source is None else source, numerator=counts.cast("int64"), denominator=ibis.literal(1, "int64"),
                       measured=ibis.null("int64") if measured is None else measured)  # fmt: skip

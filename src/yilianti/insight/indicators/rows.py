"""The rows behind a figure: counted by the same measure over the same facts, as known when the figure was computed.

Loads the counting engine when first asked; the figures themselves never need it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from yilianti.insight.facts import api as facts
from yilianti.insight.indicators.access import Whose
from yilianti.insight.indicators.cards import Card
from yilianti.insight.indicators.terms import By, Part
from yilianti.kernel.facts import FactTable, Holds

PAGE = 50


@dataclass(frozen=True)
class Asked:
    """Which rows: of whose figure, in which month, which part of them, at which institution (0: all), known up to which seal."""

    card: Card
    whose: Whose
    month: date
    upto: int
    part: Part = Part.ALL
    institution: int = 0


@dataclass(frozen=True)
class Found:
    """Rows as dicts by column name, with `_counts` when in the numerator and `_home` where it counts; how many there are, and how many count."""

    table: FactTable
    rows: list[dict[str, Any]]
    total: int
    counted: int


def behind(asked: Asked, reach: Collection[int], at: datetime, *, start: int = 0, limit: int = PAGE) -> Found:
    """A page of the rows within reach, newest first. Raises CardFault, and LookupError before there are facts."""
    from yilianti.insight.indicators import computing, measures

    chosen, given = computing.resolve(asked.card)
    table = chosen.table
    standing = computing.stand(asked.month, at)
    with facts.session() as engine:
        computing.lay_out(engine, standing)
        engine.show(table, asked.month, asked.upto)
        inner = measures.rows_sql(chosen.name, given, engine.dialect)
        conditions, values = _conditions(asked, reach, standing.consortium_id(asked.whose.consortium))
        found = f"FROM ({inner}) AS counted WHERE {' AND '.join(conditions)}"
        total, counted = engine.ask(f"SELECT count(*), coalesce(sum(numerator_), 0) {found}", values)[0]  # noqa: S608
        columns = ", ".join(column.name for column in table.columns)
        order = f"ORDER BY {table.month} DESC, {table.key} LIMIT {int(limit)} OFFSET {int(start)}"
        rows = engine.ask(f"SELECT home_, numerator_, {columns} {found} {order}", values)  # noqa: S608
    return Found(table, [_row(table, row) for row in rows], int(total), int(counted))


def _conditions(asked: Asked, reach: Collection[int], consortium: int) -> tuple[list[str], list[Any]]:
    homes = [asked.institution] if asked.institution else sorted(reach)
    seen = [home for home in homes if home in reach]
    conditions, values = ["list_contains(?, home_)"], [seen]
    if asked.whose.by is By.PAIR:  # both ends see what lies between them
        conditions, values = ["(list_contains(?, home_) OR list_contains(?, source_home_))", "source_home_ = ?"], [seen, seen, asked.whose.sender]  # type: ignore[list-item]
    if asked.whose.by is By.CONSORTIUM:
        conditions.append("consortium_ = ?")
        values.append(consortium)  # type: ignore[arg-type]
    elif asked.whose.institution:
        conditions.append("home_ = ?")
        values.append(asked.whose.institution)  # type: ignore[arg-type]
    if asked.part is not Part.ALL:
        conditions.append(f"numerator_ {'>' if asked.part is Part.COUNTED else '='} 0")
    return conditions, values


def _row(table: FactTable, values: tuple[Any, ...]) -> dict[str, Any]:
    home, numerator, *told = values
    row = {column.name: _told(column.holds, value) for column, value in zip(table.columns, told, strict=True)}
    return row | {"_home": home, "_counts": bool(numerator)}


def _told(holds: Holds, value: Any) -> Any:
    return datetime.fromtimestamp(value, tz=UTC) if holds is Holds.MOMENT and value is not None else value

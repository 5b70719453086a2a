"""Inserts on the hot path: in plain SQL made once per model, and in a batch together with others of their kind.

A gateway that commits many messages at a time wraps them in `together`; rows that nobody reads back in the transaction
are then written with one statement per table just before its end. Measured: a third of the query set's CPU per row.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.expressions import DatabaseDefault

_MOST_VALUES = 20_000


class _InHand(threading.local):
    rows: dict[type[models.Model], list[models.Model]] | None = None


_in_hand = _InHand()


def insert(rows: Iterable[models.Model]) -> None:
    """Insert rows of one kind now, or at the end of the surrounding `together`; their ids are not to be used."""
    listed = list(rows)
    if not listed:
        return
    if _in_hand.rows is None:
        _write(listed)
    else:
        _in_hand.rows.setdefault(type(listed[0]), []).extend(listed)


def insert_at_once(rows: Iterable[models.Model]) -> None:
    """Insert rows of one kind now, also inside `together`, because they are looked for; their ids are not to be used."""
    if listed := list(rows):
        _write(listed)


def insert_now(row: models.Model) -> None:
    """Insert one row at once and give it its id, as `save(force_insert=True)` would."""
    row.pk = _write([row], returning=True)
    row._state.adding = False
    row._state.db = connection.alias


def update_now(row: models.Model) -> None:
    """Write every column of a row that the caller has locked, as `save(force_update=True)` would."""
    given, _ = _shape(type(row))
    quote, meta = _quoted, row._meta
    columns = ", ".join(f"{quote(field.column)} = %s" for field in given)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in given]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {quote(meta.db_table)} SET {columns} WHERE {quote(meta.pk.column)} = %s", [*values, row.pk])  # noqa: S608


def update_many(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these columns of rows that the caller has locked, as `bulk_update` would, with one list of values instead of a choice per row and column."""
    if not rows:
        return
    meta = rows[0]._meta
    fields: list[Any] = [meta.get_field(name) for name in names]
    casts = ", ".join(f"%s::{(field.target_field if field.remote_field else field).rel_db_type(connection) or field.db_type(connection)}" for field in fields)
    first, other = f"(%s::bigint, {casts})", f"({', '.join(['%s'] * (len(fields) + 1))})"
    columns = ", ".join(_quoted(field.column) for field in fields)
    sets = ", ".join(f"{_quoted(field.column)} = given.{_quoted(field.column)}" for field in fields)
    step = max(1, _MOST_VALUES // (len(fields) + 1))
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        values = [value for row in some for value in (row.pk, *(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields))]
        given = ", ".join([first, *[other] * (len(some) - 1)])
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {_quoted(meta.db_table)} AS kept SET {sets} FROM (VALUES {given}) AS given (id, {columns}) WHERE kept.{_quoted(meta.pk.column)} = given.id", values)  # noqa: S608 - names of our own models


@contextmanager
def together() -> Iterator[None]:
    """Keep `insert`ed rows in hand to the end of the (outermost) block, inside the caller's transaction; on an error they are dropped."""
    if _in_hand.rows is not None:
        yield
        return
    _in_hand.rows = {}
    try:
        yield
        held, _in_hand.rows = _in_hand.rows, None
        for rows in held.values():
            step = max(1, _MOST_VALUES // len(_shape(type(rows[0]))[0]))
            for start in range(0, len(rows), step):
                _write(rows[start : start + step])
    finally:
        _in_hand.rows = None


@cache
def _shape(model: type[models.Model]) -> tuple[list[Any], str]:
    """The columns to give, and the statement up to VALUES."""
    given = [field for field in model._meta.concrete_fields if field is not model._meta.auto_field]
    columns = ", ".join(_quoted(field.column) for field in given)
    return given, f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608 - names of our own models


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(str(name))


def _write(rows: Sequence[models.Model], *, returning: bool = False) -> Any:
    model = type(rows[0])
    given, head = _shape(model)
    database = connections[DEFAULT_DB_ALIAS]  # the thread's own: asking the proxy for every value costs a tenth
    places, values = [], []
    for row in rows:
        marks = []
        for field in given:
            value = getattr(row, field.attname)
            if isinstance(value, DatabaseDefault):
                marks.append("DEFAULT")
            else:
                marks.append("%s")
                values.append(field.get_db_prep_save(value, database))
        places.append(f"({', '.join(marks)})")
    end = f" RETURNING {_quoted(model._meta.pk.column)}" if returning else ""
    with connection.cursor() as cursor:
        cursor.execute(head + ", ".join(places) + end, values)
        return cursor.fetchone()[0] if returning else None

"""The rows of a database as figures that can be compared: per table their number and a hash of their contents.

The hash does not depend on the order of rows: each row's text (fixed settings) → SHA-256, of which two 60-bit pieces are summed.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import errors, sql

from yilianti.cli.home import Trouble

Figures = dict[str, dict[str, Any]]

TABLES = """SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1, 2"""
HASH = """SELECT count(*), coalesce(sum(('x' || substr(h, 1, 15))::bit(60)::bigint), 0) || '-' ||
          coalesce(sum(('x' || substr(h, 16, 15))::bit(60)::bigint), 0)
          FROM (SELECT encode(sha256(convert_to(t::text, 'UTF8')), 'hex') AS h FROM {} t) AS hashed"""
# Every file below base/ and what it belongs to: an index or a TOAST table is told as its table.
FILES = """SELECT pg_relation_filepath(c.oid), coalesce(tt.relname, ti.relname, it.relname, c.relname) FROM pg_class c
           LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class it ON it.oid = i.indrelid
           LEFT JOIN pg_class tt ON tt.reltoastrelid = c.oid LEFT JOIN pg_class ti ON ti.reltoastrelid = it.oid
           WHERE pg_relation_filepath(c.oid) IS NOT NULL"""
CANONICAL = {"TimeZone": "UTC", "DateStyle": "ISO", "IntervalStyle": "postgres", "bytea_output": "hex", "extra_float_digits": "1"}
PATIENCE_SECONDS = 60.0


def tables(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """(schema, name) of every table of ours."""
    return [(str(schema), str(name)) for schema, name in connection.execute(TABLES)]


@contextlib.contextmanager
def frozen(url: str, point: str) -> Iterator[tuple[psycopg.Connection, str]]:
    """A reader that sees exactly the rows as of a restore point, and that point's name: `point` and a number.

    The moment is found, not forced: a snapshot in which nobody is writing, that is still the same once the point is written. No
    table is locked, so that no writer ever waits or fails for a backup.
    """
    with psycopg.connect(url, autocommit=True) as teller, psycopg.connect(url) as reader:
        until = time.monotonic() + PATIENCE_SECONDS
        for attempt in itertools.count(1):
            reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            seen, name = _snapshot(reader), f"{point}-{attempt}"
            if _nobody_writes(seen):
                teller.execute("SELECT pg_create_restore_point(%s)", [name])
                if _snapshot(teller) == seen:
                    break
            reader.rollback()
            if time.monotonic() > until:
                raise Trouble("写入一直没有间断，没能取得一个静止的时刻；请稍后再试。")
            time.sleep(0.001)
        yield reader, name


def _snapshot(connection: psycopg.Connection) -> str:
    """`xmin:xmax:running`: which transactions have ended, by number."""
    (told,) = connection.execute("SELECT pg_current_snapshot()::text").fetchone() or ("",)
    return str(told)


def _nobody_writes(snapshot: str) -> bool:
    xmin, xmax, _ = snapshot.split(":")
    return xmin == xmax


def figures(connection: psycopg.Connection) -> Figures:
    """Table → {rows, hash}, read in the connection's transaction. A page that cannot be read is an answer too."""
    for name, value in CANONICAL.items():
        connection.execute(sql.SQL("SET LOCAL {} = {}").format(sql.Identifier(name), sql.Literal(value)))
    return {name if schema == "public" else f"{schema}.{name}": _table(connection, schema, name) for schema, name in tables(connection)}


def _table(connection: psycopg.Connection, schema: str, name: str) -> dict[str, Any]:
    try:
        with connection.transaction():
            count, hashed = connection.execute(sql.SQL(HASH).format(sql.Identifier(schema, name))).fetchone() or (0, "")
    except (errors.DataCorrupted, errors.IndexCorrupted, errors.InternalError_) as error:
        return {"rows": None, "hash": f"unreadable: {str(error).splitlines()[0]}"}
    return {"rows": int(count), "hash": str(hashed)}


def files(connection: psycopg.Connection) -> dict[str, str]:
    """Path in the data directory → the table it belongs to, for naming what a damaged file held."""
    return {str(path): str(table) for path, table in connection.execute(FILES)}


def differences(before: Figures, after: Figures) -> list[str]:
    """One Chinese sentence per table that is not the same; empty when all rows are."""
    said = []
    for table in sorted(before.keys() | after.keys()):
        was, became = before.get(table), after.get(table)
        if became is None or was is None:
            said.append(f"表 {table} {'没有恢复出来' if became is None else '是备份里没有的'}")
        elif became["rows"] is None:
            said.append(f"表 {table} 有读不出的数据页（{became['hash'].removeprefix('unreadable: ')}）")
        elif was["rows"] != became["rows"]:
            said.append(f"表 {table} 应有 {was['rows']} 行，恢复出 {became['rows']} 行")
        elif was["hash"] != became["hash"]:
            said.append(f"表 {table} 行数相同（{was['rows']}），内容不同")
    return said

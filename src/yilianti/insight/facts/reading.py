"""Facts as DuckDB sees them: the present rows of one table and month as they were known up to a journal seal.

Another engine takes this file's place and gives its tables the same names and columns; what is counted stays as it is.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from yilianti.insight.facts import folders
from yilianti.insight.facts.folders import Generation
from yilianti.insight.facts.tables import KNOWN_SEAL
from yilianti.kernel import months
from yilianti.kernel.facts import FactTable, Holds

TYPES = {
    Holds.TEXT: "VARCHAR", Holds.WORD: "VARCHAR", Holds.NUMBER: "BIGINT", Holds.FLAG: "BOOLEAN", Holds.MOMENT: "TIMESTAMP WITH TIME ZONE",
    Holds.PLACE: "BIGINT", Holds.RESIDENT: "BIGINT",
}  # fmt: skip
_ATTEMPTS = 3


class Session:
    """One DuckDB in memory with bounded threads and memory; nothing is fetched from anywhere."""

    dialect = "duckdb"

    def __init__(self, generation: Generation, *, memory_mb: int = 512) -> None:
        self.generation = generation
        self.duck = duckdb.connect()
        spill = Path(tempfile.gettempdir()) / "yilianti-duckdb"
        for setting in ("threads = 1", f"memory_limit = '{memory_mb}MB'", f"temp_directory = '{spill}'", "autoinstall_known_extensions = false",
                        "autoload_known_extensions = false", "preserve_insertion_order = false", "TimeZone = 'UTC'"):  # fmt: skip
            self.duck.execute(f"SET {setting}")

    def close(self) -> None:
        self.duck.close()

    def show(self, table: FactTable, month: date, upto: int) -> None:
        """Make the month's present rows, known up to that seal, the table of that name."""
        for attempt in range(_ATTEMPTS):
            try:
                self.duck.execute(f"CREATE OR REPLACE TEMP TABLE {table.name} AS {self._present(table, month, upto)}")
                return
            except duckdb.IOException:  # a part was merged away between listing and reading
                if attempt == _ATTEMPTS - 1:
                    raise

    def lay(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """A small table of values beside the facts."""
        self.duck.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
        listed = [tuple(row) for row in rows]
        if listed:
            marks = ", ".join([f"({', '.join(['?'] * len(columns))})"] * len(listed))
            self.duck.execute(f"INSERT INTO {name} VALUES {marks}", [value for row in listed for value in row])  # noqa: S608

    def ask(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self.duck.execute(sql, list(values)).fetchall()

    def merge(self, merged: Sequence[folders.Part], target: Path) -> None:
        """Copy several parts into one; every version of every row is kept."""
        listed = _listed(merged)
        self.duck.execute(f"COPY (SELECT * FROM read_parquet({listed})) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")  # noqa: S608

    def _present(self, table: FactTable, month: date, upto: int) -> str:
        columns = ", ".join(column.name for column in table.columns)
        found = folders.parts(self.generation.folder(table.name, month))
        if not found:
            return f"SELECT {', '.join(f'NULL::{TYPES[column.holds]} AS {column.name}' for column in table.columns)} WHERE false"
        begin, end = (_utc(moment) for moment in months.span(month))
        return f"""SELECT {columns} FROM (SELECT * FROM read_parquet({_listed(found)}) WHERE {KNOWN_SEAL} <= {int(upto)}
            QUALIFY row_number() OVER (PARTITION BY {table.key} ORDER BY {KNOWN_SEAL} DESC) = 1)
            WHERE {table.month} >= '{begin}'::TIMESTAMPTZ AND {table.month} < '{end}'::TIMESTAMPTZ"""  # noqa: S608


@contextlib.contextmanager
def session(generation: Generation) -> Any:
    """A session for one question."""
    opened = Session(generation, memory_mb=256)
    try:
        yield opened
    finally:
        opened.close()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S+00")


def _listed(found: Sequence[folders.Part]) -> str:
    """Our own paths, as DuckDB's list."""
    quoted = ", ".join("'" + str(part.path).replace("'", "''") + "'" for part in found)
    return f"[{quoted}]"

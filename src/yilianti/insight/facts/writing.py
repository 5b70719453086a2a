"""Rows into Parquet files (zstd): small ones along the journal, large ones in a rebuild. Imported only where facts are written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from yilianti.insight.facts import folders
from yilianti.insight.facts.folders import Generation
from yilianti.insight.facts.tables import KNOWN_FROM, KNOWN_SEAL
from yilianti.kernel.facts import Fact, FactTable, Holds

_MOMENT = pa.timestamp("us", tz="UTC")
_TYPES = {
    Holds.TEXT: pa.string(), Holds.WORD: pa.string(), Holds.NUMBER: pa.int64(), Holds.FLAG: pa.bool_(), Holds.MOMENT: _MOMENT,
    Holds.PLACE: pa.int64(), Holds.RESIDENT: pa.int64(),
}  # fmt: skip


def schema(table: FactTable) -> pa.Schema:
    """The columns of a table's files."""
    known = [pa.field(KNOWN_SEAL, pa.int64()), pa.field(KNOWN_FROM, _MOMENT)]
    return pa.schema([*(pa.field(column.name, _TYPES[column.holds]) for column in table.columns), *known])


def by_month(facts: Iterable[Fact]) -> dict[date, list[Fact]]:
    """Each row under every month in which it is written."""
    found: defaultdict[date, list[Fact]] = defaultdict(list)
    for fact in facts:
        for month in fact.months:
            found[month].append(fact)
    return dict(found)


def write(generation: Generation, table: FactTable, facts: Iterable[Fact], *, after: int, upto: int, at: datetime) -> frozenset[date]:
    """One file per month that these rows touch; returns the months."""
    sorted_out = by_month(facts)
    for month, rows in sorted_out.items():
        with folders.whole(generation.folder(table.name, month) / folders.part_name(after, upto)) as draft:
            pq.write_table(_batch(table, rows, upto, at), draft, compression="zstd")
    return frozenset(sorted_out)


class Bulk:
    """The files of a whole table, written month by month side by side: a row group for each month in each portion added."""

    def __init__(self, generation: Generation, table: FactTable, upto: int, at: datetime) -> None:
        self.generation, self.table, self.upto, self.at = generation, table, upto, at
        self.stack = ExitStack()
        self.writers: dict[date, pq.ParquetWriter] = {}

    def __enter__(self) -> Bulk:
        return self

    def add(self, facts: Iterable[Fact]) -> None:
        for month, rows in by_month(facts).items():
            if month not in self.writers:
                self.writers[month] = self._open(month)
            self.writers[month].write_table(_batch(self.table, rows, self.upto, self.at))

    def _open(self, month: date) -> pq.ParquetWriter:
        target = self.generation.folder(self.table.name, month) / folders.part_name(0, self.upto)
        draft: Path = self.stack.enter_context(folders.whole(target))
        return self.stack.enter_context(pq.ParquetWriter(draft, schema(self.table), compression="zstd"))

    def __exit__(self, *error: object) -> None:
        self.stack.__exit__(*error)  # type: ignore[arg-type]


def _batch(table: FactTable, facts: list[Fact], upto: int, at: datetime) -> pa.Table:
    columns = [*zip(*(fact.values for fact in facts), strict=True), [upto] * len(facts), [at] * len(facts)]
    arrays = [pa.array(values, type=field.type) for values, field in zip(columns, schema(table), strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema(table))

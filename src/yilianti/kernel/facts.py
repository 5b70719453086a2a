"""Facts: what a room tells those who count, as one described table; a resident is named by number only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from yilianti.kernel.terms import Term


class Holds(Term):
    """What a column holds."""

    TEXT = "text", "文字", "text"
    WORD = "word", "代码", "coded word"
    NUMBER = "number", "整数", "whole number"
    FLAG = "flag", "是否", "yes or no"
    MOMENT = "moment", "时刻", "moment"
    PLACE = "place", "机构", "institution"
    RESIDENT = "resident", "居民编号（假名）", "resident, by number only"


@dataclass(frozen=True)
class Column:
    """One column: its name in the files, what it holds, what people call it, and what it says; `words` label its codes."""

    name: str
    holds: Holds
    zh: str
    says: str
    words: type[Term] | None = None


@dataclass(frozen=True)
class Fact:
    """One row as its room knows it now: values in the order of the columns, and the first day of every month in which it ever
    stood. It is written again into each of them, so that what is corrected leaves the month from which it moves."""

    values: tuple[Any, ...]
    months: frozenset[date]


@dataclass(frozen=True)
class FactTable:
    """A room's facts: one row per thing, whose present state `rows` gives for any set of numbers, in a fixed number of statements.

    `subject` is the first half of its journal subjects (`referral:ZZ…`), `key` the column with the number, `month` the moment by
    which a row belongs to a month; `numbers(after, limit)` walks all things as (id, number) by id. `listed` are the columns of a list,
    `page` is where one is shown, and `opens` the permission for that.
    """

    name: str
    zh: str
    says: str
    subject: str
    key: str
    month: str
    columns: tuple[Column, ...]
    rows: Callable[[Sequence[str]], Iterable[Fact]]
    numbers: Callable[[int, int], list[tuple[int, str]]]
    listed: tuple[str, ...]
    page: str = ""
    opens: str = ""

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def shape(self) -> str:
        """The columns in one line: files of another shape are made anew."""
        return f"{self.name}({', '.join(f'{column.name} {column.holds}' for column in self.columns)}) by {self.month}"

"""What a room declares of a table it takes in, and what it answers row by row. No Django, no spreadsheet library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, runtime_checkable

from yilianti.kernel.actor import Actor
from yilianti.kernel.terms import Term


class CellKind(Term):
    TEXT = "text", "文字", "text"
    CODE = "code", "编号（按文本填写）", "number kept as text"
    DAY = "day", "日期", "date"
    MOMENT = "moment", "日期和时间", "date and time"
    AMOUNT = "amount", "金额（元，至多两位小数）", "yuan with at most two decimals"
    QUANTITY = "quantity", "数量（至多四位小数）", "number with at most four decimals"


class Verdict(Term):
    """What a row would do."""

    NEW = "new", "新增", "new"
    CHANGED = "changed", "更改", "changed"
    UNCHANGED = "unchanged", "无变化", "unchanged"
    ERROR = "error", "有误", "error"


@dataclass(frozen=True)
class Column:
    """One column: `choices` maps the words of the drop-down to what is stored; `also` are other headings people use."""

    key: str
    label: str
    note: str = ""
    kind: CellKind = CellKind.TEXT
    required: bool = False
    example: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    longest: int = 160


@dataclass(frozen=True)
class Layout:
    """A table: its name, columns, the columns that together name one thing, and what people should know."""

    title: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    notes: tuple[str, ...] = ()
    #: rows judged and written together; where rows build on one another, all of them
    at_once: int = 400
    most_rows: int = 100_000
    most_bytes: int = 30 * 1024 * 1024

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    def words(self, values: Mapping[str, str]) -> dict[str, str]:
        """Stored values in the words of the drop-downs, as the person wrote them."""
        found = {}
        for column in self.columns:
            value = values.get(column.key, "")
            found[column.key] = next((word for word, stored in column.choices.items() if stored == value), value)
        return found


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell: the column's label, what stands there, and a sentence with the way out."""

    column: str
    value: str
    sentence: str

    def as_json(self) -> dict[str, str]:
        return {"column": self.column, "value": self.value, "sentence": self.sentence}


@dataclass
class Row:
    """A row of the file (numbered as the spreadsheet shows it) with its values as stored words, and what was judged of it."""

    number: int
    values: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    changes: dict[str, list[str]] = field(default_factory=dict)
    known: Any = None
    notes: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        if self.faults:
            return Verdict.ERROR
        if self.known is None:
            return Verdict.NEW
        return Verdict.CHANGED if self.changes else Verdict.UNCHANGED

    def blame(self, layout: Layout, key: str, sentence: str) -> None:
        """Note what is wrong with a cell, once: the first sentence said of it is the plainest."""
        label = layout.column(key).label
        if all(fault.column != label for fault in self.faults):
            self.faults.append(Fault(label, self.values.get(key, ""), sentence))

    def compare(self, layout: Layout, current: Mapping[str, str]) -> None:
        """Note what differs from what is on record; an empty cell changes nothing."""
        for key, old in current.items():
            new = self.values.get(key, "")
            if new and new != old:
                words = {stored: word for word, stored in layout.column(key).choices.items()}
                self.changes[layout.column(key).label] = [words.get(old, old), words.get(new, new)]


@dataclass(frozen=True)
class Outcome:
    """What became of a row: what it made or touched ("institutions:12"), or why it did not."""

    number: int
    made: bool = False
    ref: str = ""
    refusal: str = ""


class Importer(Protocol):
    """A room's answer to one kind of table; the composition root lists it (`IMPORTERS` in config/settings.py)."""

    #: names the kind in addresses and in the ledger, for good
    key: str
    title: str
    icon: str
    permission: str

    def layout(self, actor: Actor, day: date) -> Layout:
        """The table as it is asked for here and today (a drop-down may come from a policy)."""

    def judge(self, actor: Actor, rows: Sequence[Row], day: date) -> None:
        """Look the rows up (a few statements for all of them); leave faults, what is known, what would change."""

    def enter(self, actor: Actor, rows: Sequence[Row], at: datetime) -> list[Outcome]:
        """Write judged rows through the room's own actions, in the caller's transaction."""

    def withdraw(self, actor: Actor, refs: Sequence[str], at: datetime) -> None:
        """Take back what an import made; Refused where something has used it."""


@runtime_checkable
class TakenOut(Importer, Protocol):
    """An importer that also hands out what is on record."""

    def taken_out(self, actor: Actor, day: date) -> Iterable[Sequence[str]]:
        """What is on record within the actor's reach, in the layout's columns; brought again, it changes nothing."""


def day_of(text: str) -> date | None:
    """A stored day."""
    return date.fromisoformat(text) if text else None

"""Claims of some people as columns: each rule is one pass over arrays, and every rule asks about one person at a time, so that a county is read in blocks of people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from yilianti.settlement.supervision.terms import Billed, Line, Row, Sign, Trace

KINDS = {"inpatient": 0, "outpatient": 1, "chronic": 2}
CATEGORIES = {"drug": 0, "service": 1, "consumable": 2, "other": 3}
SEXES = {"": 0, "M": 1, "F": 2, "1": 1, "2": 2}
TRACES = {str(one): at for at, one in enumerate(Trace)}
#: Quantities are kept in ten-thousandths.
PARTS = 10_000
DAY = 1440
Array = np.ndarray[Any, Any]


class Words:
    """Texts as numbers, in order of appearance."""

    def __init__(self) -> None:
        self.at: dict[str, int] = {}

    def __getitem__(self, text: str) -> int:
        return self.at.setdefault(text, len(self.at))

    def __len__(self) -> int:
        return len(self.at)

    def all(self) -> list[str]:
        return list(self.at)

    def where(self, wanted: Iterable[str]) -> Array:
        """For each text, whether it begins with one of the wanted ones."""
        begins = tuple(wanted)
        return np.array([bool(begins) and text.startswith(begins) for text in self.at] or [False], bool)


@dataclass
class Ledger:
    """Columns of claims (days as ordinals, ages in years, -1 and 0 for unknown), of lines (fen, ten-thousandths, minutes), and of signs."""

    number: list[str]
    version: list[int]
    words: dict[str, Words]
    claim: dict[str, Array]
    line: dict[str, Array]
    sign: dict[str, Array]
    #: of how many per cent of its stays an institution tells a sign; None: as these claims show it
    told: Mapping[tuple[int, str], int] | None = None

    @classmethod
    def of(cls, claims: Sequence[Billed], lines: Iterable[Line], signs: Iterable[Sign] = (), told: Mapping[tuple[int, str], int] | None = None) -> Ledger:
        """From plain claims, lines and signs; a line or sign of an unknown claim is a KeyError."""
        words = {name: Words() for name in ("item", "name", "department", "diagnosis", "disease")}
        known = {one.number: at for at, one in enumerate(claims)}
        return cls(
            [one.number for one in claims], [one.version for one in claims], words, _claims(claims, words), _lines(lines, known, words), _signs(signs, known), told,
        )  # fmt: skip

    def of_line(self, name: str) -> Array:
        """A column of claims, as long as the lines."""
        return self.claim[name][self.line["claim"]]

    def nights(self) -> Array:
        return self.claim["until"] - self.claim["from"]

    def row(self, line: int) -> Row:
        """A line as evidence."""
        of = self.line
        return Row(
            self.number[of["claim"][line]], self.text("name", of["name"][line]), int(of["id"][line]), self.text("item", of["item"][line]), minute(of["minute"][line]),
            quantity(of["quantity"][line]), int(of["amount"][line]),
        )  # fmt: skip

    def stay(self, claim: int, what: str = "") -> Row:
        """A claim as evidence."""
        of = self.claim
        days = f"{day(of['from'][claim])} 至 {day(of['until'][claim])}"
        said = "，".join(part for part in (what, self.text("department", of["department"][claim]), self.text("diagnosis", of["diagnosis"][claim])) if part)
        return Row(self.number[claim], said, 0, "", days, "", int(of["total"][claim]))

    def text(self, kind: str, at: int) -> str:
        texts = self.__dict__.setdefault("_texts", {})
        return str(texts.setdefault(kind, self.words[kind].all())[at])


def _claims(claims: Sequence[Billed], words: dict[str, Words]) -> dict[str, Array]:
    def column(kind: Any, value: Any) -> Array:
        return np.fromiter((value(one) for one in claims), kind, len(claims))

    def first(one: Billed) -> str:
        return one.diagnoses[0] if one.diagnoses else ""

    return {
        "person": column(np.int64, lambda one: one.resident), "institution": column(np.int64, lambda one: one.institution), "kind": column(np.int8, lambda one: KINDS[one.kind]),
        "from": column(np.int32, lambda one: one.admitted_on.toordinal()), "until": column(np.int32, lambda one: one.discharged_on.toordinal()),
        "total": column(np.int64, lambda one: one.total), "department": column(np.int32, lambda one: words["department"][one.department]),
        "diagnosis": column(np.int32, lambda one: words["diagnosis"][first(one)]), "disease": column(np.int32, lambda one: words["disease"][first(one)[:3]]),
        "moved": column(bool, lambda one: one.leaving in ("2", "3")), "referred": column(bool, lambda one: one.referred), "judged": column(bool, lambda one: one.judged),
        "sex": column(np.int8, lambda one: SEXES.get(one.sex, 0)), "age": column(np.int16, lambda one: -1 if one.age is None else one.age),
        "record_sex": column(np.int8, lambda one: SEXES.get(one.record_sex, 0)), "born": column(np.int32, lambda one: one.born_on.toordinal() if one.born_on else 0),
        "died": column(np.int32, lambda one: one.died_on.toordinal() if one.died_on else 0),
    }  # fmt: skip


def _lines(lines: Iterable[Line], known: dict[str, int], words: dict[str, Words]) -> dict[str, Array]:
    kind = np.dtype([("claim", "i4"), ("id", "i8"), ("item", "i4"), ("name", "i4"), ("category", "i1"), ("quantity", "i8"), ("amount", "i8"), ("minute", "i4"), ("own", "i8"), ("over", "i8"), ("supply", "i2")])
    held = np.fromiter((
        (known[one.claim], one.id, words["item"][one.code], words["name"][one.name], CATEGORIES[one.category], int(one.quantity * PARTS), one.amount,
         one.charged_at.toordinal() * DAY + one.charged_at.hour * 60 + one.charged_at.minute, one.own, one.over, one.supply_days or 0)
        for one in lines), kind)  # fmt: skip
    return {name: np.ascontiguousarray(held[name]) for name in held.dtype.names or ()}


def _signs(signs: Iterable[Sign], known: dict[str, int]) -> dict[str, Array]:
    kind = np.dtype([("claim", "i4"), ("kind", "i1"), ("day", "i4")])
    held = np.fromiter(((known[one.claim], TRACES[str(one.kind)], one.on.toordinal()) for one in signs), kind)
    return {name: np.ascontiguousarray(held[name]) for name in held.dtype.names or ()}


def runs(chosen: Array, *keys: Array) -> tuple[Array, Array]:
    """Rows `chosen` (numbers) sorted so that equal keys stand together, and where each run begins (with the end at last). Inside a run the order is that of `chosen`."""
    if not len(chosen):
        return chosen, np.zeros(1, np.int64)
    columns = [key[chosen] for key in keys]
    order = np.lexsort(columns[::-1])
    fresh = np.zeros(len(chosen), bool)
    fresh[0] = True
    for column in columns:
        fresh[1:] |= np.diff(column[order]) != 0
    return chosen[order], np.append(np.flatnonzero(fresh), len(chosen))


def sums(values: Array, order: Array, starts: Array) -> Array:
    """The sum of each run."""
    return np.add.reduceat(values[order], starts[:-1]) if len(order) else np.zeros(0, values.dtype)


def each(order: Array, starts: Array, wanted: Array) -> Iterator[Array]:
    """Rows of each wanted run."""
    for at in np.flatnonzero(wanted):
        yield order[starts[at] : starts[at + 1]]


def day(ordinal: int) -> str:
    return date.fromordinal(int(ordinal)).isoformat()


def minute(at: int) -> str:
    return f"{day(int(at) // DAY)} {int(at) % DAY // 60:02d}:{int(at) % 60:02d}" if int(at) % DAY else day(int(at) // DAY)


def quantity(parts: int) -> str:
    return f"{(Decimal(int(parts)) / PARTS).normalize():f}"


def yuan(fen: int) -> str:
    return f"{int(fen) // 100:,}.{int(fen) % 100:02d}"



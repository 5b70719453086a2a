"""A county's own edition made from the one in force: what may be set and between what, the old beside the new, its text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from yilianti.policybook import filing
from yilianti.policybook.book import Book
from yilianti.policybook.edition import Authority, Edition
from yilianti.policybook.values import Values

UNITS = ("分钟", "小时", "天", "次", "元", "%", "mmol/L")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Cell:
    """One value of an edition that may be set: its path, Chinese label, unit, the limits for a number, and what it is now."""

    path: tuple[str, ...]
    label: str
    unit: str
    now: Any
    least: float | None = None
    most: float | None = None

    @property
    def key(self) -> str:
        return ".".join(self.path)

    def fault(self, value: Any) -> str:
        """Why the value cannot stand here, in Chinese; "" when it can."""
        if type(value) is not type(self.now) and not (isinstance(self.now, float) and type(value) is int):
            return f"“{self.label}”的类型与现行版本不同。"
        if isinstance(value, str | tuple) and not value:
            return f"“{self.label}”不能为空。"
        if isinstance(value, bool) or not isinstance(value, int | float):
            return ""
        unit = self.unit and f" {self.unit}"
        if self.least is not None and value < self.least:
            return f"“{self.label}”不能小于 {self.least:g}{unit}；请改大。"
        # Where no limit is written, what is above nought stays above nought.
        if self.least is None and (value < 0 <= self.now or value == 0 < self.now):
            return f"“{self.label}”须大于 0；请改大。"
        if self.most is not None and value > self.most:
            return f"“{self.label}”不能大于 {self.most:g}{unit}；请改小。"
        return ""


@dataclass(frozen=True)
class Proposal:
    """What a council is asked to put in force: the values of a policy from a day on, and whichever edition they correct."""

    code: str
    consortium: str
    effective_from: date
    values: Mapping[str, Any]
    corrects: str = ""

    @property
    def place(self) -> str:
        return f"local/{self.consortium}"

    @property
    def policy_ref(self) -> str:
        return f"{self.code}@{self.effective_from.isoformat()}#{self.place}"


def cells(edition: Edition) -> tuple[Cell, ...]:
    """Every number, word, yes-or-no and list of words in an edition, in its order; what is built otherwise stays as it is."""
    return tuple(_cells(edition, edition.given, ()))


def _cells(edition: Edition, values: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[Cell]:
    for key, value in values.items():
        path = (*above, key)
        if isinstance(value, Values):
            yield from _cells(edition, value, path)
        elif isinstance(value, bool | int | float | str) or (isinstance(value, tuple) and all(isinstance(one, str) for one in value)):
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            limits: Mapping[str, Any] = next((edition.head.limits[k] for k in reversed(path) if k in edition.head.limits), {}) if is_number else {}
            unit = edition.head.unit if is_number and edition.head.unit in UNITS else ""
            label = " · ".join(str(edition.head.labels.get(step, step)) for step in path)
            yield Cell(path, label, unit, value, limits.get("least"), limits.get("most"))


def changed(edition: Edition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values of the edition with the answered cells (`Cell.key` → value) put in their places."""
    made = edition.given.plain()
    for cell in cells(edition):
        if cell.key in answers:
            inner = made
            for step in cell.path[:-1]:
                inner = inner[step]
            answer = answers[cell.key]
            inner[cell.path[-1]] = list(answer) if isinstance(answer, tuple) else answer
    return made


def differences(edition: Edition, values: Mapping[str, Any]) -> list[tuple[Cell, Any]]:
    """The cells in which these plain values differ from the edition's, each with its new value."""
    offered = Values(values)
    found = []
    for cell in cells(edition):
        value: Any = offered
        for step in cell.path:
            value = value.get(step) if isinstance(value, Mapping) else None
        if value != cell.now:
            found.append((cell, value))
    return found


def faults(edition: Edition, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(cell key, Chinese sentence) for every value that the form of the edition in force refuses; another form altogether is one fault."""
    if _shape(edition.given) != _shape(Values(values)):
        return [("", "提案的栏目与现行版本不同；请从现行版本重新填写。")]
    return [(cell.key, said) for cell, value in differences(edition, values) if (said := cell.fault(value))]


def _shape(values: Mapping[str, Any]) -> Any:
    return {key: _shape(value) if isinstance(value, Values) else None for key, value in values.items()}


def standing(book: Book, proposal: Proposal) -> Edition | None:
    """The edition that stands already where the proposal would."""
    try:
        return book.by_ref(proposal.policy_ref)
    except KeyError:
        return None


def check(book: Book, local: Path, base: Edition, proposal: Proposal) -> None:
    """Raise PolicyError where the book with this edition in it would not hold."""
    trial = Authority("决议编号", "决议", proposal.effective_from)
    made = sheet(base, proposal, trial, "理事会").within(local)
    fresh = next(edition for edition in made if edition.effective_from == proposal.effective_from)
    Book([*(edition for edition in book if edition.policy_ref != fresh.policy_ref), fresh])


def enact(local: Path, base: Edition, proposal: Proposal, authority: Authority, author: str, why: str = "") -> Edition:
    """Write the edition a council adopted and lock it; once more finds it there. Raises DayTaken, PolicyError, OSError."""
    return filing.add(local, sheet(base, proposal, authority, author, why))


def sheet(base: Edition, proposal: Proposal, authority: Authority, author: str, why: str = "") -> filing.Sheet:
    """The text of the edition, and of a head like the base's (`why` for its reason) where the county has no file of this policy yet."""
    review = proposal.effective_from + timedelta(days=365)
    head = {
        "title": base.title, "code": base.code, "why": why or base.head.why, "unit": base.head.unit, "status": "local_parameter",
        "authored_by": author, "checked_by": base.head.checked_by, "next_review": review, "labels": base.head.labels.plain(),
        "limits": base.head.limits.plain(), **base.head.extra.plain(),
    }  # fmt: skip
    block = {
        "effective_from": proposal.effective_from,
        "source": {"document": authority.title, "clause": authority.number},
        "authorised_by": {"number": authority.number, "title": authority.title, "adopted_on": authority.adopted_on},
        **({"corrects": proposal.corrects} if proposal.corrects else {}),
        **_in_order(base.given, proposal.values),
    }
    return filing.Sheet(base.code, proposal.place, proposal.effective_from, _lines(head), f"[[edition]]\n{_lines(block)}")


def _in_order(like: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values in the order of the base: what was kept as JSON has lost it."""
    return {key: _in_order(like[key], value) if isinstance(value, Mapping) and isinstance(like.get(key), Mapping) else value
            for key, value in sorted(values.items(), key=lambda pair: list(like).index(pair[0]) if pair[0] in like else len(like))}  # fmt: skip


def _lines(table: Mapping[str, Any]) -> str:
    return "".join(f"{_key(key)} = {_toml(value)}\n" for key, value in table.items() if value not in ("", {}))


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _toml(value: Any) -> str:
    """A value as TOML spells it; JSON's strings are TOML's, DEL apart."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")

"""Conditions as policy files write them, answered with true, false, or not known.

`sbp>=180 or dbp>=110`, `smoking and sbp>=dbp`, `symptoms=3`, `sign` (this row ticked), `sign:name` (another ticked), `always`; `and` binds closer than `or`.
A doubtful value may speak for a condition, never against one: what is implausibly high still counts as high, but calms nobody.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Value = Decimal | str | bool | date | frozenset[str]
SIGNS = "danger"
_COMPARED: Mapping[str, Callable[[Decimal, Decimal], bool]] = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
_SHOWN = {">=": "≥", "<=": "≤", ">": "＞", "<": "＜"}
_CLAUSE = re.compile(r"(?P<fact>[a-z_]\w*)(?:(?P<compared>>=|<=|>|<)(?P<against>\d+(?:\.\d+)?|[a-z_]\w*)|=(?P<member>\w+))?\Z")
_SIGN = re.compile(r"sign(?::(?P<name>\w+))?\Z")


@dataclass(frozen=True)
class Facts:
    """What is known: values by name, which of them are doubtful, and of which members of a set it is not known whether they belong."""

    values: Mapping[str, Value] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()
    unsettled: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def also(self, values: Mapping[str, Value], doubtful: frozenset[str] = frozenset(), unsettled: Mapping[str, frozenset[str]] | None = None) -> Facts:
        return Facts({**self.values, **values}, self.doubtful | doubtful, {**self.unsettled, **(unsettled or {})})

    def number(self, name: str) -> Decimal | None:
        value = self.values.get(name)
        return value if isinstance(value, Decimal) else None


@dataclass(frozen=True)
class Clause:
    """One comparison of a number, one member of a set or choice, or one flag."""

    fact: str
    compared: str = ""
    against: Decimal | str = Decimal()
    member: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.fact, self.against) if isinstance(self.against, str) else (self.fact,)

    def truth(self, facts: Facts) -> bool | None:
        if self.compared:
            return self._by_number(facts)
        value = facts.values.get(self.fact)
        if self.member:
            return self._by_member(value, facts.unsettled.get(self.fact, frozenset()))
        return value if isinstance(value, bool) else None

    def _by_number(self, facts: Facts) -> bool | None:
        own = facts.number(self.fact)
        other = facts.number(self.against) if isinstance(self.against, str) else self.against
        if own is None or other is None:
            return None
        holds = _COMPARED[self.compared](own, other)
        return None if not holds and facts.doubtful.intersection(self.needs) else holds

    def _by_member(self, value: Value | None, unsettled: frozenset[str]) -> bool | None:
        if isinstance(value, frozenset):
            return True if self.member in value else None if self.member in unsettled else False
        return value == self.member if isinstance(value, str) else None

    def unknown(self, facts: Facts) -> list[str]:
        """What keeps it from being answered: values that are not there or are doubtful; of a set that is there, the set."""
        return [name for name in self.needs if name not in facts.values or name in facts.doubtful or self.member]

    def because(self, facts: Facts, labels: Mapping[str, str]) -> str:
        """A number with the threshold it met, in words; nothing for what was only ticked."""
        own = facts.number(self.fact)
        if not self.compared or own is None:
            return ""
        against = self.against if isinstance(self.against, Decimal) else facts.number(self.against)
        named = labels.get(self.against, self.against) + " " if isinstance(self.against, str) else ""
        return f"{labels.get(self.fact, self.fact)} {own:f}（{_SHOWN[self.compared]}{named}{against:f}）"


@dataclass(frozen=True)
class Held:
    """Whether a condition holds, by which clauses, and what would have to be known to say."""

    truth: bool | None
    clauses: tuple[Clause, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Condition:
    """Alternatives, each a list of clauses that hold together; an empty list always holds."""

    text: str
    ways: tuple[tuple[Clause, ...], ...]

    @property
    def facts(self) -> frozenset[str]:
        return frozenset(name for way in self.ways for clause in way for name in clause.needs)

    @property
    def is_ticked(self) -> bool:
        """Whether a person may tick it among the signs."""
        return any(clause.fact == SIGNS for way in self.ways for clause in way)

    def ask(self, facts: Facts) -> Held:
        missing: list[str] = []
        is_open = False
        for way in self.ways:
            truths = [clause.truth(facts) for clause in way]
            if all(truths):
                return Held(True, way)
            if False not in truths:
                is_open = True
                missing += [name for clause, truth in zip(way, truths, strict=True) if truth is None for name in clause.unknown(facts)]
        return Held(None if is_open else False, (), tuple(dict.fromkeys(missing)))


def parse(text: str, own: str) -> Condition:
    """The condition of a row named `own`; raises ValueError naming row and text."""
    if text.strip() == "always":
        return Condition(text, ((),))
    return Condition(text, tuple(tuple(_clause(part.strip(), own) for part in way.split(" and ")) for way in text.split(" or ")))


def _clause(text: str, own: str) -> Clause:
    sign = _SIGN.match(text)
    if sign is not None:
        return Clause(SIGNS, member=sign["name"] or own.rpartition(".")[2])
    found = _CLAUSE.match(text)
    if found is None:
        raise ValueError(f"{own}：条件“{text}”读不懂；写法如 sbp>=180、symptoms=3、sign 或 always，用 and、or 连接。")
    if found["compared"]:
        against = found["against"]
        return Clause(found["fact"], found["compared"], Decimal(against) if against[0].isdigit() else against)
    return Clause(found["fact"], member=found["member"] or "")

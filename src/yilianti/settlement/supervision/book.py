"""What rules ask of the policies in force on a day, here: parameters, the list of items, packages. Where a place has no list, the rule that needs it is silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from yilianti import policybook
from yilianti.policybook import Edition, NoPolicyInForce
from yilianti.settlement.supervision.terms import Point

_AT = "settlement.supervision."


@dataclass(frozen=True)
class Item:
    """One item of the list: price in hundredths of a fen, quantities whole; None where the list does not limit. `kind` is "bed", "nursing", "remote", or ""."""

    code: str
    name: str
    category: str
    price: int | None = None
    per_moment: int | None = None
    per_day: int | None = None
    per_stay: int | None = None
    kind: str = ""


@dataclass(frozen=True)
class Book:
    """Editions of one day by topic, the list of items, parts by package, and the knowledge points."""

    editions: Mapping[str, Edition]
    items: Mapping[str, Item] = field(default_factory=dict)
    packages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    points: Sequence[Point] = ()

    def __getitem__(self, topic: str) -> Edition:
        return self.editions[topic]

    def ref(self, topic: str) -> str:
        return self.editions[topic].policy_ref

    def refs(self) -> tuple[str, ...]:
        """What tells this book from that of another day: its editions and its knowledge points."""
        return (*sorted(edition.policy_ref for edition in self.editions.values()), *(f"{one.limit}{one.code}{one.ref}" for one in self.points))


TOPICS = ("split_stay", "hanging_bed", "quantity", "limits", "borrowed_card")
LISTS = ("items", "packages")


def in_force(day: date, scope: policybook.HasScope, points: Sequence[Point] = ()) -> Book:
    """The book of that day; parameters must exist (NoPolicyInForce), lists may be silent."""
    found = {topic: policybook.in_force(_AT + topic, day, scope) for topic in TOPICS}
    for topic in LISTS:
        try:
            found[topic] = policybook.in_force(_AT + topic, day, scope)
        except NoPolicyInForce:
            continue
    return Book(found, _items(found.get("items")), _packages(found.get("packages")), points)


def _items(edition: Edition | None) -> dict[str, Item]:
    if edition is None or edition.table is None:
        return {}
    return {
        row["code"]: Item(row["code"], row["name"], row["category"], int(Decimal(row["price"]) * 10_000) if row["price"] else None,
                          _whole(row["per_moment"]), _whole(row["per_day"]), _whole(row["per_stay"]), row["kind"])
        for row in edition.table.dicts()
    }  # fmt: skip


def _packages(edition: Edition | None) -> dict[str, dict[str, str]]:
    """Part → package → "day" or "visit": within what the part is contained."""
    found: dict[str, dict[str, str]] = {}
    for row in edition.table.dicts() if edition is not None and edition.table is not None else ():
        found.setdefault(row["part"], {})[row["package"]] = row["within"]
    return found


def _whole(text: str) -> int | None:
    return int(text) if text else None

"""The editions a contract is made under: packages with their items, groups, reasons, and how it is handled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yilianti import policybook
from yilianti.care.contract.terms import Item, Package, Tag
from yilianti.kernel.money import Money
from yilianti.policybook import Edition, HasScope


@dataclass(frozen=True)
class Reason:
    """Why a contract ends; whether it must say on what evidence, and whether an earlier day may be given."""

    code: str
    name: str
    needs_evidence: bool
    may_be_past: bool


def edition(name: str, day: date, scope: HasScope) -> Edition:
    return policybook.in_force(f"contracts.{name}", day, scope)


def _rows(name: str, day: date, scope: HasScope) -> list[dict[str, str]]:
    table = edition(name, day, scope).table
    return list(table.dicts()) if table else []


def tags(day: date, scope: HasScope) -> list[Tag]:
    """Groups in the order of the table."""
    return [Tag(row["code"], row["name"], row["sex"], _count(row["age_from"]), _count(row["age_until"])) for row in _rows("tags", day, scope)]


def reasons(day: date, scope: HasScope) -> dict[str, Reason]:
    return {row["code"]: Reason(row["code"], row["name"], row["evidence"] == "1", row["past"] == "1") for row in _rows("end_reasons", day, scope)}


def packages(day: date, scope: HasScope) -> dict[str, Package]:
    """Packages with their items, in the order of the table."""
    items: dict[str, list[Item]] = {}
    for row in _rows("items", day, scope):
        items.setdefault(row["package"], []).append(
            Item(row["code"], row["name"], row["nature"], int(row["times"]), _count(row["within_days"]), _fen(row["price"]), row["service"], _words(row.get("tags", "")))
        )
    return {
        row["code"]: Package(row["code"], row["name"], row["kind"], _words(row["tags"]), tuple(items.get(row["code"], ())),
                             *(_fen(row[name]) for name in ("price", "discount", "public_health", "fund", "person")))
        for row in _rows("packages", day, scope)
    }  # fmt: skip


def refs(day: date, scope: HasScope) -> list[str]:
    """What a contract cites of the day on which it was made."""
    return [edition(name, day, scope).policy_ref for name in ("packages", "items", "cycle", "handling", "panel", "agreement")]


def limit_of(agreed: int | None, day: date, scope: HasScope) -> int:
    """How many residents a team may have: that of the place, or its own where it is lower."""
    most = int(edition("panel", day, scope).per_team)
    return most if agreed is None else min(most, agreed)


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split("|")))


def _count(text: str) -> int | None:
    return int(text) if text else None


def _fen(text: str) -> int | None:
    return Money.yuan(text).fen if text else None

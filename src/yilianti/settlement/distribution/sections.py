"""The sections a scheme may have, each named like the policy that fixes it, and the keys each may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.terms import Line

#: Section → keys that count and what they hold: text or a whole number, `[]` a list, `{}` a table, `~` either text or a table. Columns of a table stand below.
_HELD: Mapping[str, str] = {
    "budget.base": "base share risk relief years weights[] excluded[] reserve reserves{}",
    "budget.advance": "pace paid due_working_days",
    "budget.path": "months[] tolerance",
    "budget.public_health": "",
    "distribution.sharing": "surplus[] overspend[] banding most",
    "distribution.assessment": "",
    "distribution.surplus_use": "weights{} rest_to shared",
    "distribution.inner": "weights{} rest_to by~ overspend_by~ custom{}",
    "distribution.withheld": "held full_from nothing_below of rest_to",
    "distribution.expert": "weights{} rest_to here",
    "distribution.remote": "billed_by",
    "distribution.recognition": "paid_by",
    "distribution.public_health_tasks": "township village",
    "distribution.work_points": "",
    "distribution.director": "",
    "distribution.pay_points": "most_basic",
    "distribution.rbrvs": "by_points",
    "distribution.capitation": "method share growth visits_a_person added{} per_head~",
}
KEYS: Mapping[str, Mapping[str, str]] = {name: {key.rstrip("[]{}~"): key.lstrip("abcdefghijklmnopqrstuvwxyz_") for key in held.split()} for name, held in _HELD.items()}
COLUMNS: Mapping[str, frozenset[str]] = {
    name: frozenset(columns.split())
    for name, columns in {
        "budget.public_health": "year per_head", "distribution.assessment": "from change", "distribution.remote": "kind fee share", "distribution.recognition": "kind credit",
        "distribution.public_health_tasks": "project per_head task weight township", "distribution.work_points": "item value", "distribution.director": "grade base",
    }.items()
}  # fmt: skip
#: Which sections decide a member's line, for the statement that cites them.
BEHIND: Mapping[Line, tuple[str, ...]] = {
    Line.CHARGED: (), Line.ADVANCE_PAID: ("budget.advance",), Line.SURPLUS_SHARE: ("distribution.sharing", "distribution.assessment", "distribution.surplus_use", "distribution.inner", "distribution.work_points"),
    Line.OVERSPEND_SHARE: ("distribution.sharing", "distribution.assessment", "distribution.inner", "distribution.work_points"), Line.WITHHELD: ("distribution.withheld",), Line.SUBSIDY: (), Line.EXPERT: ("distribution.expert",),
    Line.REMOTE: ("distribution.remote",), Line.RECOGNITION: ("distribution.recognition",), Line.PUBLIC_HEALTH: ("budget.public_health", "distribution.public_health_tasks", "distribution.work_points"),
}  # fmt: skip
#: What a section may say about itself without changing a figure.
ASIDE = frozenset({"source", "says", "evidence", "note", "authorised_by", "policy_ref"})


@dataclass(frozen=True)
class Table:
    """Rows of text cells by column."""

    rows: tuple[Mapping[str, str], ...]

    def dicts(self) -> Iterator[dict[str, str]]:
        """Row by row, as column → cell."""
        return (dict(row) for row in self.rows)


@dataclass(frozen=True)
class Section:
    """What one policy fixes, as an edition would say it: values by key, a table, and the policy to cite."""

    name: str
    given: Mapping[str, Any]
    policy_ref: str
    table: Table | None = field(default=None)

    def __getitem__(self, key: str, /) -> Any:
        return self.given[key]

    def __contains__(self, key: object, /) -> bool:
        return key in self.given

    def get(self, key: str, default: Any = None, /) -> Any:
        """The value, or what is said instead."""
        return self.given.get(key, default)

    def plain(self) -> dict[str, Any]:
        """For freezing: JSON has nothing but text, whole numbers, lists and objects."""
        found: dict[str, Any] = {"policy_ref": self.policy_ref, "values": dict(self.given)}
        return found | ({"rows": list(self.table.dicts())} if self.table else {})


def section(name: str, given: Mapping[str, Any], policy_ref: str, rows: Any = None) -> Section:
    """A section whose keys, columns and kinds of value are known; raises Refused naming what is not."""
    if name not in KEYS:
        raise Refused("unknown_section", f"方案中的“{name}”不认识；可用：{'、'.join(KEYS)}。", "The scheme has an unknown section.", field=name)
    held = {key: plain(value, f"{name}.{key}") for key, value in given.items() if key not in ASIDE}
    if unknown := sorted(set(held) - set(KEYS[name])):
        raise Refused("unknown_key", f"{name} 中的“{unknown[0]}”不认识；可用：{'、'.join(sorted(KEYS[name])) or '只有表'}。", "A section has an unknown key.", field=f"{name}.{unknown[0]}")
    for key, value in held.items():
        _kind(f"{name}.{key}", value, KEYS[name][key])
    return Section(name, held, policy_ref, _table(name, rows))


def _kind(where: str, value: Any, kind: str) -> None:
    """Text where text belongs, a list where a list belongs."""
    fits = {"[]": isinstance(value, list), "{}": isinstance(value, dict), "~": not isinstance(value, list | bool), "": isinstance(value, str | int) and not isinstance(value, bool)}[kind]
    if not fits:
        wanted = {"[]": "列表", "{}": "表（花括号）", "~": "文字或表", "": "文字"}[kind]
        raise Refused("bad_value", f"{where} 为“{value}”：应是{wanted}。", f"{where} holds the wrong kind of value.", field=where)


def plain(value: Any, where: str) -> Any:
    """Text, whole numbers, lists and objects of them; a number with decimals must be text, so that nobody reads it as a binary fraction."""
    if isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(one, f"{where}.{key}") for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one, f"{where}.{number}") for number, one in enumerate(value)]
    raise Refused("bad_value", f"{where} 为“{value}”：带小数的数、日期应写成文字（加引号），例如 \"95%\"。", f"{where} must be text, a whole number, a list or a table.", field=where)


def _table(name: str, rows: Any) -> Table | None:
    if rows is None and name not in COLUMNS:
        return None
    if name not in COLUMNS:
        raise Refused("unknown_key", f"{name} 没有表；请去掉 rows 或 table。", "This section has no table.", field=f"{name}.rows")
    if not isinstance(rows, list | tuple) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise Refused("bad_table", f"{name} 要有表：table = \"文件.csv\" 或 rows，至少一行。", "This section needs a table.", field=f"{name}.rows")
    found = []
    for number, row in enumerate(rows):
        if lacking := sorted(COLUMNS[name] - set(row)):
            raise Refused("bad_table", f"{name} 的表第 {number + 1} 行没有 {lacking[0]}。", "A row lacks a column.", field=f"{name}.rows.{number}.{lacking[0]}")
        found.append({str(key): str(plain(cell, f"{name}.rows.{number}.{key}")) for key, cell in row.items()})
    return Table(tuple(found))

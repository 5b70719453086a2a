"""A scheme: every value a year is reckoned by, from a file, from the policies in force, or from what was frozen."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.policybook.places import HasScope, Place
from yilianti.settlement.distribution import changing, reading
from yilianti.settlement.distribution.sections import KEYS, Section, section
from yilianti.settlement.fund import api as fund

_HEAD = {"title", "year", "consortium", "region", "budget", "distribution"}


@dataclass(frozen=True)
class Scheme:
    """The year, the place and the sections by name; nothing else decides a figure. `due`: days of the advance that were frozen, None where the calendar is asked."""

    title: str
    year: int
    place: HasScope
    sections: Mapping[str, Section]
    due: tuple[date, ...] | None = None

    @classmethod
    def of_file(cls, path: Path) -> Scheme:
        """A TOML file with the CSV tables beside it; raises Refused naming section, key and value."""
        return cls.of_text(path.read_text(encoding="utf-8-sig"), path.stem, path.parent)

    @classmethod
    def of_text(cls, text: str, name: str, beside: Path | None = None) -> Scheme:
        """The same from its text; `beside` is where tables lie."""
        try:
            given = tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as trouble:
            raise Refused("bad_toml", f"{name} 不是有效的 TOML：{trouble}。", f"No valid TOML: {trouble}.", field="scheme") from None
        if unknown := sorted(set(given) - _HEAD):
            raise Refused("unknown_key", f"方案中的“{unknown[0]}”不认识；可用：{'、'.join(sorted(_HEAD))}。", "The scheme has an unknown key.", field=unknown[0])
        title = given.get("title", name)
        found = {}
        for part in ("budget", "distribution"):
            for key, values in _object(given.get(part, {}), part).items():
                held = dict(_object(values, f"{part}.{key}"))
                rows = _rows(held, f"{part}.{key}", beside)
                ref = held.get("policy_ref", f"settlement.{part}.{key}#{title}")
                found[f"{part}.{key}"] = section(f"{part}.{key}", held, str(ref), rows)
        reading.check(found)
        return cls(str(title), _year(given.get("year")), _place(given), found)

    @classmethod
    def in_force(cls, scope: HasScope, day: date) -> Scheme:
        """The policies in force at a place on a day; where the place is silent the section is absent."""
        found = {}
        for name in KEYS:
            try:
                edition = policybook.in_force(f"settlement.{name}", day, scope)
            except policybook.NoPolicyInForce:
                continue
            found[name] = cls.section_of(name, edition)
        where = scope.consortium or scope.region
        return cls(f"{where} {day.isoformat()}", day.year, Place(scope.consortium, scope.region), found)

    @staticmethod
    def section_of(name: str, edition: policybook.Edition) -> Section:
        """The section that an edition fixes."""
        return section(name, edition.given.plain(), edition.policy_ref, list(edition.table.dicts()) if edition.table else None)

    @classmethod
    def of_plain(cls, given: Mapping[str, Any]) -> Scheme:
        """What `plain` froze."""
        found = {name: section(name, one["values"], one["policy_ref"], one.get("rows")) for name, one in given["sections"].items()}
        due = tuple(date.fromisoformat(one) for one in given["due"]) if "due" in given else None
        return cls(given["title"], given["year"], Place(given["consortium"], given["region"]), found, due)

    def plain(self) -> dict[str, Any]:
        """For freezing beside the results: JSON of the same bytes for the same scheme once its keys are sorted."""
        return {
            "title": self.title, "year": self.year, "consortium": self.place.consortium, "region": self.place.region,
            "due": [one.isoformat() for one in self.due_days()], "sections": {name: self.sections[name].plain() for name in sorted(self.sections)},
        }  # fmt: skip

    def due_days(self) -> tuple[date, ...]:
        """By when each instalment must be there: as frozen, so that a holiday announced later changes no reckoned year; else by the calendar now."""
        if self.due is not None:
            return self.due
        found = self.sections.get("budget.advance")
        return fund.due_days(fund.advance_of(found), self.year, self.place) if found else ()

    def with_(self, path: str, value: Any) -> Scheme:
        """A copy with one value changed: `distribution.inner.weights.县级`, `distribution.assessment.rows.0.change`; raises Refused for an unknown path."""
        return replace(self, sections=changing.changed(self.sections, path, value), due=None)

    def __getitem__(self, name: str) -> Section:
        return self.sections[name]

    def get(self, name: str) -> Section | None:
        """The section, or None where the scheme is silent."""
        return self.sections.get(name)

    def needed(self, name: str) -> Section:
        """The section; raises Refused where the scheme is silent."""
        found = self.sections.get(name)
        if found is None:
            raise Refused("no_policy", f"方案“{self.title}”没有 {name}（政策 settlement.{name}）；请先写上。", f"The scheme has no section {name}.", field=name)
        return found


def _rows(held: dict[str, Any], where: str, beside: Path | None) -> Any:
    """Rows written in the scheme, or read from the table beside it."""
    rows, name = held.pop("rows", None), held.pop("table", None)
    if name is None:
        return rows
    if rows is not None or beside is None or not isinstance(name, str) or not re.fullmatch(r"[^/\\]+\.csv", name):
        raise Refused("bad_table", f"{where}.table 为“{name}”：应是方案旁边的 CSV 文件名，并且不再写 rows。", "table must name a CSV file beside the scheme, without rows.", field=f"{where}.table")
    with beside.joinpath(name).open(encoding="utf-8-sig", newline="") as lines:
        return [{str(key): cell or "" for key, cell in row.items()} for row in csv.DictReader(lines)]


def _object(given: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise Refused("bad_section", f"{where} 应是一节（[{where}]）。", f"{where} must be a table.", field=where)
    return given


def _year(given: Any) -> int:
    if given is None:
        raise Refused("missing", "方案没有写 year：哪一年的清算。", "The scheme names no year.", field="year")
    if isinstance(given, bool) or not isinstance(given, int) or not 2000 <= given <= 2999:
        raise Refused("bad_year", f"year 为“{given}”：应是 2026 这样的年份，不加引号。", "year must be a year such as 2026.", field="year")
    return given


def _place(given: Mapping[str, Any]) -> Place:
    consortium, region = given.get("consortium", ""), given.get("region", "")
    if not (isinstance(consortium, str) and isinstance(region, str)) or (region and not re.fullmatch(r"[1-8]\d{5}", region)):
        raise Refused("bad_place", f"consortium 为“{consortium}”、region 为“{region}”：都是文字，region 是 6 位区划代码。", "consortium and region are text, region six digits.", field="region")
    return Place(consortium, region)

"""What goes into a year's reckoning, in the engine's spelling: the package's facts and spending, members with what was told of them, work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Consortium, Institution, Kind
from yilianti.settlement.budget import api as budget
from yilianti.settlement.budget.api import Package
from yilianti.settlement.distribution import told
from yilianti.settlement.distribution.models import MemberFact
from yilianti.settlement.distribution.scheme import Scheme
from yilianti.settlement.distribution.terms import LEVELS, Told, WorkKind
from yilianti.settlement.fund import api as fund

#: Kinds that share in nothing of their own.
_APART = (Kind.CONSORTIUM_OFFICE.value, Kind.OTHER.value)


def members(union: Consortium, year: int, also: Iterable[int] = ()) -> list[Institution]:
    """Who shares, by their codes: what belonged on the last day of the year, stations below members too, and treats patients; and who left but has something to settle."""
    held = institutions.many(belonging(union, date(year, 12, 31)))
    left = institutions.many(set(also) - set(held))
    return sorted((*(one for one in held.values() if one.kind not in _APART), *left.values()), key=lambda one: one.code)


def belonging(union: Consortium, day: date) -> set[int]:
    """Members of a day and everything below them."""
    return {one.institution for one in institutions.spans_of(union) if one.from_on <= day and (one.until_on is None or day < one.until_on)}


def inputs(package: Package, scheme: Scheme) -> dict[str, Any]:
    """The engine's inputs of the package's year, as far as the scheme has a use for them; four statements and those of the package."""
    union, year = package.consortium, package.year
    spent = budget.spent_by_institution(package, budget.PlaceOfCare.MEMBER)
    facts, sharing = told.facts(union.id, year), members(union, year, spent)
    found = budget.year_inputs(package)
    if (score := facts.get((None, str(Told.SCORE)))) is not None and scheme.get("distribution.assessment"):
        found["score"] = score.value
    found["members"] = {one.code: _member(one, facts, spent.get(one.id)) for one in sharing}
    work = _work(union, year, sharing, found["members"])
    return {**found, **{kind: rows for kind, rows in work.items() if scheme.get(f"distribution.{kind}")}}


def _member(one: Institution, facts: Mapping[tuple[int | None, str], MemberFact], spent: int | None) -> dict[str, Any]:
    own = {name: facts[one.id, str(name)].value for name in Told if (one.id, str(name)) in facts}
    if Told.HEADS in own:
        own[Told.HEADS] = int(own[Told.HEADS])  # type: ignore[assignment]
    charged = {} if spent is None else {"charged": fund.yuan(spent)}
    return {"name": one.short_name, "level": LEVELS[one.level], **charged, **{str(name): value for name, value in own.items()}}


def _work(union: Consortium, year: int, sharing: list[Institution], members: dict[str, Any]) -> dict[str, Any]:
    codes = {one.id: one.code for one in sharing}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in told.work(union.id, year):
        giver, receiver = codes.get(row["giver"]), codes.get(row["receiver"])
        if row["kind"] == WorkKind.SERVICE:
            if giver:
                members[giver].setdefault("work", {})[row["item"]] = row["many"]
        elif giver and receiver:
            found.setdefault(row["kind"], []).append(_between(row, giver, receiver))
    return found


def _between(row: Mapping[str, Any], giver: str, receiver: str) -> dict[str, Any]:
    if row["kind"] == WorkKind.EXPERT:
        return {"from": giver, "at": receiver, "amount": fund.yuan(row["amount"])}
    maker = "by" if row["kind"] == WorkKind.RECOGNITION else "from"
    return {maker: giver, "at": receiver, "kind": row["item"], "count": row["many"]}

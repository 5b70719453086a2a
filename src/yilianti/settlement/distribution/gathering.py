"""What goes into a year's reckoning, in the engine's spelling: the package's facts and spending, members with what was told of them, work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from yilianti.kernel.actor import Scope
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Consortium, Institution, Kind
from yilianti.settlement.budget import api as budget
from yilianti.settlement.budget.api import Package
from yilianti.settlement.distribution import told
from yilianti.settlement.distribution.inputs import Inputs
from yilianti.settlement.distribution.models import MemberFact
from yilianti.settlement.distribution.scheme import Scheme
from yilianti.settlement.distribution.terms import LEVELS, Told, WorkKind
from yilianti.settlement.fund import api as fund

#: Sums told for a year without a fund: they count once, with the residents' fund.
_ONCE = (Told.PAID, Told.SUBSIDY)
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
    of_health = package.fund == budget.Fund.PUBLIC_HEALTH
    spent = {} if of_health else budget.spent_by_institution(package, budget.PlaceOfCare.MEMBER)
    facts, sharing = told.facts(union.id, year), members(union, year, spent)
    found: dict[str, Any] = {"public_health": {"heads": package.persons}} if of_health else budget.year_inputs(package)
    if (score := facts.get((None, str(Told.SCORE)))) is not None and not of_health and scheme.get("distribution.assessment"):
        found["score"] = score.value
    mine = [name for name in Told if name not in _ONCE or package.fund == budget.Fund.RESIDENT]
    found["members"] = {one.code: _member(one, {name: facts[one.id, str(name)] for name in mine if (one.id, str(name)) in facts}, spent.get(one.id)) for one in sharing}
    done, between = _work(union, year, sharing)
    if of_health or _by_workload(scheme):
        for code, work in done.items():
            found["members"][code]["work"] = work
    # what members owe one another is settled once, with the residents' fund
    return {**found, **{kind: rows for kind, rows in between.items() if package.fund == budget.Fund.RESIDENT and scheme.get(f"distribution.{kind}")}}


def frozen(package: Package) -> tuple[Scheme, dict[str, Any]]:
    """The scheme in force for the package's year and the inputs as a run keeps them; the caller holds the package, so that all of them are of one moment."""
    union = package.consortium
    in_force = Scheme.in_force(Scope(union.code, union.region), date(package.year, 12, 31))
    return in_force, Inputs.of_plain(inputs(package, in_force)).plain()


def _by_workload(scheme: Scheme) -> bool:
    found = scheme.get("distribution.inner")
    said = [found.get("by"), found.get("overspend_by")] if found else []
    return any("workload" in (one.values() if isinstance(one, dict) else [one]) for one in said)


def _member(one: Institution, facts: Mapping[Told, MemberFact], spent: int | None) -> dict[str, Any]:
    own = {name: fact.value for name, fact in facts.items()}
    if Told.HEADS in own:
        own[Told.HEADS] = int(own[Told.HEADS])  # type: ignore[assignment]
    charged = {} if spent is None else {"charged": fund.yuan(spent)}
    return {"name": one.short_name, "level": LEVELS[one.level], **charged, **{str(name): value for name, value in own.items()}}


def _work(union: Consortium, year: int, sharing: list[Institution]) -> tuple[dict[str, dict[str, int]], dict[str, list[dict[str, Any]]]]:
    """Services by member and item; and by kind what members did for one another."""
    codes = {one.id: one.code for one in sharing}
    done: dict[str, dict[str, int]] = {}
    between: dict[str, list[dict[str, Any]]] = {}
    for row in told.work(union.id, year):
        giver, receiver = codes.get(row["giver"]), codes.get(row["receiver"])
        if giver and row["kind"] == WorkKind.SERVICE:
            done.setdefault(giver, {})[row["item"]] = row["many"]
        elif giver and receiver:
            between.setdefault(row["kind"], []).append(_between(row, giver, receiver))
    return done, between


def _between(row: Mapping[str, Any], giver: str, receiver: str) -> dict[str, Any]:
    if row["kind"] == WorkKind.EXPERT:
        return {"from": giver, "at": receiver, "amount": fund.yuan(row["amount"])}
    if row["kind"] == WorkKind.RECOGNITION:
        return {"by": giver, "at": receiver, "kind": row["item"], "count": row["many"]}
    maker = "by" if row["kind"] == WorkKind.RECOGNITION else "from"
    return {maker: giver, "at": receiver, "kind": row["item"], "count": row["many"]}

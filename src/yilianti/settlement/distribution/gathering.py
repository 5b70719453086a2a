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
    """Who shares, by their codes: what belonged on the last day of the year, stations below members too, and treats patients; and whoever else has something to settle."""
    own = [one for one in institutions.many(belonging(union, date(year, 12, 31))).values() if one.kind not in _APART]
    return sorted({one.id: one for one in (*own, *institutions.many(also).values())}.values(), key=lambda one: one.code)


def belonged(union: Consortium, year: int) -> set[int]:
    """Whoever was a member, or below one, on any day of the year."""
    return {one.institution for one in institutions.spans_of(union) if one.from_on <= date(year, 12, 31) and (one.until_on is None or one.until_on > date(year, 1, 1))}


def belonging(union: Consortium, day: date) -> set[int]:
    """Members of a day and everything below them."""
    return {one.institution for one in institutions.spans_of(union) if one.from_on <= day and (one.until_on is None or day < one.until_on)}


def everybody(union: Consortium, year: int) -> list[Institution]:
    """Whoever was a member on any day of the year, by code: one that left may still have something to settle."""
    return sorted({one.id: one for one in institutions.many(belonged(union, year)).values()}.values(), key=lambda one: one.code)


def inputs(package: Package, scheme: Scheme) -> dict[str, Any]:
    """The engine's inputs of the package's year, as far as the scheme has a use for them; six statements and those of the package."""
    union, year = package.consortium, package.year
    of_health = package.fund == budget.Fund.PUBLIC_HEALTH
    charged = {} if of_health else budget.spent_by_institution(package, budget.PlaceOfCare.MEMBER)
    facts, work = told.facts(union.id, year), [row for row in told.work(union.id, year) if _used(row["kind"], package, scheme)]
    now = institutions.many({*charged, *(place for place, _ in facts), *(row[side] for row in work for side in ("giver", "receiver"))})
    sharing = members(union, year, {*charged, *_owing(package, facts), *(row[side] for row in work for side in ("giver", "receiver"))})
    spent = _joined(charged, now)
    found: dict[str, Any] = {"public_health": {"heads": package.persons}} if of_health else budget.year_inputs(package)
    if (score := facts.get((None, str(Told.SCORE)))) is not None and not of_health and scheme.get("distribution.assessment"):
        found["score"] = score.value
    mine = [name for name in Told if name not in _ONCE or package.fund == budget.Fund.RESIDENT]
    found["members"] = {one.code: _member(one, _facts(one.id, facts, mine, now), spent.get(one.id)) for one in sharing}
    done, between = _work(work, now)
    for code, many in done.items():
        found["members"][code]["work"] = many
    return {**found, **between}


def _joined(charged: Mapping[int, int], now: Mapping[int, Institution]) -> dict[int, int]:
    """What was charged at institutions that were merged since is their successor's."""
    found: dict[int, int] = {}
    for place, fen in charged.items():
        found[now[place].id] = found.get(now[place].id, 0) + fen
    return found


def _facts(place: int, facts: Mapping[tuple[int | None, str], MemberFact], names: Iterable[Told], now: Mapping[int, Institution]) -> dict[Told, str]:
    """What stands of a member; sums told of those merged into it are added to its own."""
    found: dict[Told, str] = {}
    for name in names:
        of = [own for own in sorted(now) if now[own].id == place and (own, str(name)) in facts] if name in _ONCE else [place] if (place, str(name)) in facts else []
        if of:
            values = [facts[own, str(name)].value for own in of]
            found[name] = values[0] if len(values) == 1 else fund.yuan(sum(fund.fen(one, str(name)) for one in values))
    return found


def _owing(package: Package, facts: Mapping[tuple[int | None, str], MemberFact]) -> set[int]:
    """Whoever was paid something for the year, also where it has left since."""
    return {place for place, name in facts if place is not None and name in _ONCE} if package.fund == budget.Fund.RESIDENT else set()


def _used(kind: str, package: Package, scheme: Scheme) -> bool:
    """Whether the scheme has a use for work of that kind; what members owe one another is settled once, with the residents' fund."""
    if kind == WorkKind.SERVICE:
        return package.fund == budget.Fund.PUBLIC_HEALTH or _by_workload(scheme)
    return package.fund == budget.Fund.RESIDENT and scheme.get(f"distribution.{kind}") is not None


def frozen(package: Package) -> tuple[Scheme, dict[str, Any]]:
    """The scheme in force for the package's year and the inputs as a run keeps them; the caller holds the package, so that all of them are of one moment."""
    union = package.consortium
    in_force = Scheme.in_force(Scope(union.code, union.region), date(package.year, 12, 31))
    return in_force, Inputs.of_plain(inputs(package, in_force)).plain()


def _by_workload(scheme: Scheme) -> bool:
    found = scheme.get("distribution.inner")
    said = [found.get("by"), found.get("overspend_by")] if found else []
    return any("workload" in (one.values() if isinstance(one, dict) else [one]) for one in said)


def _member(one: Institution, facts: Mapping[Told, str], spent: int | None) -> dict[str, Any]:
    own: dict[str, Any] = {str(name): int(value) if name is Told.HEADS else value for name, value in facts.items()}
    charged = {} if spent is None else {"charged": fund.yuan(spent)}
    return {"name": one.short_name, "level": LEVELS[one.level], **charged, **own}


def _work(rows: Iterable[Mapping[str, Any]], now: Mapping[int, Institution]) -> tuple[dict[str, dict[str, int]], dict[str, list[dict[str, Any]]]]:
    """Services by member and item; and by kind what members did for one another. Those merged into one owe one another nothing."""
    done: dict[str, dict[str, int]] = {}
    between: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        giver = now[row["giver"]].code
        if row["kind"] == WorkKind.SERVICE:
            own = done.setdefault(giver, {})
            own[row["item"]] = own.get(row["item"], 0) + row["many"]
        elif (receiver := now[row["receiver"]].code) != giver:
            between.setdefault(row["kind"], []).append(_between(row, giver, receiver))
    return done, between


def _between(row: Mapping[str, Any], giver: str, receiver: str) -> dict[str, Any]:
    if row["kind"] == WorkKind.EXPERT:
        return {"from": giver, "at": receiver, "amount": fund.yuan(row["amount"])}
    if row["kind"] == WorkKind.RECOGNITION:
        return {"by": giver, "at": receiver, "kind": row["item"], "count": row["many"]}
    return {"from": giver, "at": receiver, "kind": row["item"], "count": row["many"]}

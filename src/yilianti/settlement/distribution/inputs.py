"""What a year is reckoned from: facts of the fund, spending, scores and members, read from JSON or from what was frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from yilianti.settlement.distribution import given, people
from yilianti.settlement.distribution.people import (
    Director,
    Health,
    Operated,
    Points,
    Pools,
    Recognised,
    Served,
    Standard,
)
from yilianti.settlement.fund import api as fund
from yilianti.settlement.fund.api import Facts, Spending, percent, yuan


@dataclass(frozen=True)
class Member:
    """One institution. Score in hundredths, need and quality in basis points; `charged` is its own part of the members' spending, `paid` what it has received in advance."""

    code: str
    name: str
    level: str = ""
    score: int | None = None
    heads: int | None = None
    need: int | None = None
    quality: int | None = None
    work: Mapping[str, int] = field(default_factory=dict)
    charged: int | None = None
    paid: int | None = None
    subsidy: int | None = None


@dataclass(frozen=True)
class Inputs:
    """Every part may be absent; the engine says what it then leaves out."""

    facts: Facts | None = None
    months: tuple[int, ...] = ()
    spending: Spending | None = None
    score: int | None = None
    members: Mapping[str, Member] = field(default_factory=dict)
    surplus: int | None = None
    expert: tuple[Operated, ...] = ()
    remote: tuple[Served, ...] = ()
    recognition: tuple[Recognised, ...] = ()
    public_health: Health | None = None
    capitation: tuple[Standard, ...] = ()
    pay_points: Points | None = None
    rbrvs: Pools | None = None
    director: tuple[Director, ...] = ()

    @classmethod
    def of_text(cls, text: str) -> Inputs:
        """From JSON; raises Refused naming the field."""
        return cls.of_plain(given.parsed(text))

    @classmethod
    def of_plain(cls, held: Any) -> Inputs:
        """From an object as JSON holds it; raises Refused naming the field."""
        row = given.known(held, {one.name for one in fields(cls)}, "inputs")
        found: dict[str, Any] = {name: _READ[name](one, name) for name, one in row.items()}
        return cls(**found)

    def plain(self) -> dict[str, Any]:
        """The parts that were given: money as 元 in text, ratios with their sign; for freezing."""
        parts = {
            "facts": _facts_plain(self.facts) if self.facts else None, "months": [yuan(one) for one in self.months], "score": _shown(self.score),
            "spending": {one.name: yuan(getattr(self.spending, one.name)) for one in fields(Spending)} if self.spending else None,
            "members": {code: _member_plain(self.members[code]) for code in sorted(self.members)}, "surplus": _yuan(self.surplus),
        }  # fmt: skip
        parts |= {name: people.plain(one) for name in _PEOPLE if (one := getattr(self, name))}
        return {name: one for name, one in parts.items() if one is not None and one not in ([], {})}


def _facts(held: Any, name: str) -> Facts:
    row = given.known(held, {one.name for one in fields(Facts)}, name, ("persons",))
    return Facts(**{key: fund.fact(key, one, f"{name}.{key}") for key, one in row.items()})


def _facts_plain(facts: Facts) -> dict[str, Any]:
    found: dict[str, Any] = {"persons": facts.persons}
    for one in fields(Facts):
        held = getattr(facts, one.name)
        if one.name == "persons" or held is None or (one.name == "excluded" and not held):
            continue
        if one.name in fund.YEARS:
            found[one.name] = [yuan(amount) for amount in held]
        elif one.name == "excluded":
            found[one.name] = {who: yuan(held[who]) for who in sorted(held)}
        else:
            found[one.name] = percent(held) if one.name in fund.RATIOS else yuan(held)
    return found


def _spending(held: Any, name: str) -> Spending:
    row = given.known(held, {one.name for one in fields(Spending)}, name, ("members",))
    return Spending(**{key: fund.fen(one, f"{name}.{key}") for key, one in row.items()})


def _members(held: Any, name: str) -> dict[str, Member]:
    return {code: _member(code, row, f"{name}.{code}") for code, row in sorted(given.an_object(held, name).items())}


def _member(code: str, held: Any, name: str) -> Member:
    row = given.known(held, _MEMBER, name)
    read = {key: _MEMBER[key](one, f"{name}.{key}") for key, one in row.items()}
    return Member(code, **({"name": code} | read))


def _member_plain(member: Member) -> dict[str, Any]:
    found = {
        "name": member.name, "level": member.level or None, "score": _shown(member.score), "heads": member.heads, "need": _percent(member.need), "quality": _percent(member.quality),
        "work": {item: member.work[item] for item in sorted(member.work)} or None, "charged": _yuan(member.charged), "paid": _yuan(member.paid), "subsidy": _yuan(member.subsidy),
    }  # fmt: skip
    return {key: one for key, one in found.items() if one is not None}


def _shown(score: int | None) -> str | None:
    return None if score is None else yuan(score)


def _percent(points: int | None) -> str | None:
    return None if points is None else percent(points)


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else yuan(fen)


_MEMBER: Mapping[str, Any] = {
    "name": given.text, "level": given.text, "score": given.score, "heads": fund.count, "need": fund.points, "quality": fund.points, "work": given.counts, "charged": fund.fen, "paid": fund.fen, "subsidy": fund.fen,
}  # fmt: skip
_PEOPLE: dict[str, Any] = {
    "expert": people.operated, "remote": people.served, "recognition": people.recognised, "public_health": people.health, "capitation": people.standards, "pay_points": people.points, "rbrvs": people.pools, "director": people.directors,
}  # fmt: skip
_READ: Mapping[str, Any] = {"facts": _facts, "months": given.fens, "spending": _spending, "score": given.score, "members": _members, "surplus": given.signed} | _PEOPLE

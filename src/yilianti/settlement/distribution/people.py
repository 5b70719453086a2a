"""Inputs about services between members and about pay, as JSON has them and as whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution import given
from yilianti.settlement.fund import api as fund
from yilianti.settlement.fund.api import percent, yuan


@dataclass(frozen=True, order=True)
class Operated:
    """Income of experts: those of `sender` worked `at` a primary unit, which collected `amount`."""

    sender: str
    at: str
    amount: int


@dataclass(frozen=True, order=True)
class Served:
    """Remote services: `sender` read or advised, the patient was `at` the other."""

    sender: str
    at: str
    kind: str
    count: int


@dataclass(frozen=True, order=True)
class Recognised:
    """Results made `by` one member that another, `at`, did not repeat."""

    at: str
    by: str
    kind: str
    count: int


@dataclass(frozen=True)
class Health:
    """Basic public health: residents, or a sum told where no standard a head counts."""

    heads: int | None = None
    pool: int | None = None


@dataclass(frozen=True)
class Standard:
    """What one standard a head is reckoned from; which fields count depends on the method."""

    name: str
    kind: str = ""
    cost: int | None = None
    visits: int | None = None
    cost_a_head: tuple[int, ...] | None = None
    self_pay_a_head: tuple[int, ...] | None = None
    exams: int = 0
    persons: int | None = None


@dataclass(frozen=True)
class Points:
    """A wage total and points by person or group, in hundredths."""

    wages: int
    basic: Mapping[str, int]
    worked: Mapping[str, int]


@dataclass(frozen=True)
class Pools:
    """RBRVS groups: points in hundredths, post coefficient in ten-thousandths; or values with quality for the general form. `hospital` is added up."""

    pool: int | None = None
    two: tuple[int, int] | None = None
    values: Mapping[str, int] | None = None
    posts: Mapping[str, int] | None = None
    quality: Mapping[str, int] | None = None
    standard: Mapping[str, int] | None = None
    hospital: Mapping[str, int] | None = None


@dataclass(frozen=True, order=True)
class Director:
    """A director's grade, score in hundredths and deduction."""

    name: str
    grade: str
    score: int
    deduction: int = 0


Reader = Callable[[Any, str], Any]
_TRANSFER: Mapping[str, Reader] = {"from": given.text, "at": given.text, "by": given.text, "kind": given.text, "count": fund.count, "amount": fund.fen}


def operated(held: Any, field: str) -> tuple[Operated, ...]:
    """[{from, at, amount}]"""
    return tuple(sorted(Operated(*row) for row in _rows(held, field, ("from", "at", "amount"))))


def served(held: Any, field: str) -> tuple[Served, ...]:
    """[{from, at, kind, count}]"""
    return tuple(sorted(Served(*row) for row in _rows(held, field, ("from", "at", "kind", "count"))))


def recognised(held: Any, field: str) -> tuple[Recognised, ...]:
    """[{at, by, kind, count}]"""
    return tuple(sorted(Recognised(*row) for row in _rows(held, field, ("at", "by", "kind", "count"))))


def health(held: Any, field: str) -> Health:
    """{heads} or {pool}"""
    found = Health(**_read(held, field, {"heads": fund.count, "pool": fund.fen}))
    if (found.heads is None) == (found.pool is None):
        raise Refused("missing", f"{field} 应写 heads（常住居民数）或 pool（总额），只写一个。", "Name either heads or pool.", field=field)
    return found


def standards(held: Any, field: str) -> tuple[Standard, ...]:
    """[{name, …}], one name once."""
    readers: dict[str, Reader] = {"name": given.text, "kind": given.text, "cost": fund.fen, "visits": fund.count, "cost_a_head": given.fens, "self_pay_a_head": given.fens, "exams": fund.fen, "persons": fund.count}
    found = [Standard(**_read(row, f"{field}[{number}]", readers, ("name",))) for number, row in enumerate(given.a_list(held, field))]
    return tuple(sorted(_apart(found, field), key=lambda one: one.name))


def points(held: Any, field: str) -> Points:
    """{wages, basic, worked}"""
    return Points(**{"basic": {}, "worked": {}} | _read(held, field, {"wages": fund.fen, "basic": _hundredths, "worked": _hundredths}, ("wages",)))


def pools(held: Any, field: str) -> Pools:
    """{pool | two: {points, posts}, groups: {name: {value, post | quality, standard}}, hospital: {…}}"""
    row = given.known(held, ("pool", "two", "groups", "hospital"), field)
    found: dict[str, Any] = {}
    if "pool" in row:
        found["pool"] = fund.fen(row["pool"], f"{field}.pool")
    if "two" in row:
        two = _read(row["two"], f"{field}.two", {"points": fund.fen, "posts": fund.fen}, ("points", "posts"))
        found["two"] = (two["points"], two["posts"])
    if "groups" in row:
        readers: dict[str, Reader] = {"value": fund.fen, "post": fund.fen, "quality": fund.points, "standard": fund.points}
        groups = {who: _read(one, f"{field}.groups.{who}", readers, ("value",)) for who, one in sorted(given.an_object(row["groups"], f"{field}.groups").items())}
        found["values"] = {who: one["value"] for who, one in groups.items()}
        found["posts"] = {who: one["post"] * 100 for who, one in groups.items() if "post" in one}
        found["quality"] = {who: one["quality"] for who, one in groups.items() if "quality" in one}
        found["standard"] = {who: one["standard"] for who, one in groups.items() if "standard" in one}
    if "hospital" in row:
        found["hospital"] = {who: given.signed(one, f"{field}.hospital.{who}") for who, one in sorted(given.an_object(row["hospital"], f"{field}.hospital").items())}
    return Pools(**found)


def directors(held: Any, field: str) -> tuple[Director, ...]:
    """[{name, grade, score, deduction}], one name once."""
    readers: dict[str, Reader] = {"name": given.text, "grade": given.text, "score": given.score, "deduction": fund.fen}
    return tuple(sorted(_apart([Director(**_read(row, f"{field}[{number}]", readers, ("name", "grade", "score"))) for number, row in enumerate(given.a_list(held, field))], field)))


def _rows(held: Any, field: str, names: tuple[str, ...]) -> list[list[Any]]:
    found = []
    for number, one in enumerate(given.a_list(held, field)):
        row = _read(one, f"{field}[{number}]", {name: _TRANSFER[name] for name in names}, names)
        found.append([row[name] for name in names])
    return found


def _read(held: Any, field: str, readers: Mapping[str, Reader], needed: tuple[str, ...] = ()) -> dict[str, Any]:
    row = given.known(held, readers, field, needed)
    return {name: readers[name](one, f"{field}.{name}") for name, one in row.items()}


def _hundredths(held: Any, field: str) -> dict[str, int]:
    return {who: fund.fen(one, f"{field}.{who}") for who, one in sorted(given.an_object(held, field).items())}


def _apart(found: list[Any], field: str) -> list[Any]:
    """One name stands once."""
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise Refused("twice", f"{field} 中“{name}”出现两次。", "A name stands twice.", field=field)
    return found


def plain(one: Any) -> Any:
    """As JSON had it."""
    if isinstance(one, Pools):
        return _pools_plain(one)
    if isinstance(one, tuple):
        return [plain(each) for each in one]
    found = {}
    for each in fields(one):
        value = getattr(one, each.name)
        if value is None or value == "":
            continue
        found["from" if each.name == "sender" else each.name] = _value(each.name, value)
    return found


def _value(name: str, value: Any) -> Any:
    if isinstance(value, str) or name in ("count", "heads", "visits", "persons"):
        return value
    if isinstance(value, tuple):
        return [yuan(each) for each in value]
    if isinstance(value, Mapping):
        return {who: yuan(value[who]) for who in sorted(value)}
    return yuan(value)


def _pools_plain(one: Pools) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if one.pool is not None:
        found["pool"] = yuan(one.pool)
    if one.two is not None:
        found["two"] = {"points": yuan(one.two[0]), "posts": yuan(one.two[1])}
    if one.values is not None:
        parts = (("value", one.values, yuan), ("post", one.posts or {}, lambda post: yuan(post // 100)), ("quality", one.quality or {}, percent), ("standard", one.standard or {}, percent))
        found["groups"] = {who: {name: shown(held[who]) for name, held, shown in parts if who in held} for who in sorted(one.values)}
    if one.hospital is not None:
        found["hospital"] = {who: yuan(one.hospital[who]) for who in sorted(one.hospital)}
    return found

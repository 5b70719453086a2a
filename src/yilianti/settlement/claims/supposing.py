"""A year's bills as they would be under other benefits: reckoned in memory, some people at a time; nothing is written."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.policybook import Edition, PolicyError
from yilianti.policybook.edition import Table
from yilianti.policybook.places import HasScope, Place
from yilianti.policybook.values import Values
from yilianti.settlement.claims import written
from yilianti.settlement.claims.pricing import places
from yilianti.settlement.claims.pricing.benefits import READERS, Benefit, benefit_of
from yilianti.settlement.claims.pricing.block import Prices
from yilianti.settlement.claims.pricing.engine import price
from yilianti.settlement.claims.pricing.making import made
from yilianti.settlement.claims.pricing.places import FOLDER, Holding
from yilianti.settlement.claims.pricing.terms import GAP, Gap

#: The parts of a fund's share, and those that a ladder may have without its file saying so.
POTS = ("basic", "catastrophic", "aid")
_ADDABLE = {"inpatient": ("deductible.on_referral", "deductible.later_percent", "deductible.later_less", "deductible.later_floor", "deductible.yearly_most")}


@dataclass(frozen=True)
class Supposed:
    """One bill: fen of each pot as it is priced now and as it would be; `priced` False where either has no price."""

    claim: int
    person: str
    was: Mapping[str, int]
    would: Mapping[str, int]
    priced: bool


def values(scope: HasScope, day: date) -> dict[str, str]:
    """Every value of the benefits in force there on that day: `settlement.benefit.inpatient.rows.0.deductible` → `150`."""
    found: dict[str, str] = {}
    for name, edition in editions(scope, day).items():
        found.update({f"{FOLDER}.{name}.{path}": value for path, value in leaves(whole(edition), "")})
    return found


def check(changes: Mapping[str, str], scope: HasScope, day: date) -> dict[str, str]:
    """What stood at each path; raises Refused naming those near a path that is not there, and values that no ladder can have."""
    known = values(scope, day)
    addable = {f"{FOLDER}.{name}.{path}" for name, paths in _ADDABLE.items() for path in paths if name in editions(scope, day)}
    for path in changes:
        if path not in known and path not in addable:
            near = difflib.get_close_matches(path, [*known, *addable], 4, 0.5) or sorted(known)[:4]
            raise Refused("unknown_path", f"本地的待遇政策没有“{path}”；相近的有：{'、'.join(near) or '（本地没有待遇政策）'}。", "The benefits have no such value; similar names are listed.", field=path)
    held = editions(scope, day)
    try:
        benefit_of({name: _changed(edition, name, changes) for name, edition in held.items()})
    except PolicyError as trouble:
        raise Refused("bad_value", f"改动后的待遇政策读不通：{trouble}", "The changed benefits cannot be read.", field=next(iter(changes))) from None
    return {path: known.get(path, "") for path in changes}


def supposed(residents: Sequence[int], year: int, changes: Mapping[str, str], scope: HasScope, at: datetime) -> Iterator[Supposed]:
    """Every bill of the year of these people, under the policies in force and under those changed for that place; raises Refused as `check`."""
    here = {edition.place for edition in editions(scope, date(year, 12, 31)).values()}
    kept = written.of_years([(resident, year) for resident in residents])
    ready = written.written(kept, at)
    if not ready.claims:
        return
    block = made(ready.claims)
    was, would = (price(block.block, benefits) for benefits in ([one.benefit for one in block.holdings], [_supposed(one, here, changes) for one in block.holdings]))
    wanted = {row.number: row.pk for row in kept.rows if row.discharged_on.year == year}
    for number, claim in enumerate(ready.claims):
        if claim.id in wanted:
            priced = GAP[Gap.NONE] == was.gap[number] == would.gap[number]
            yield Supposed(wanted[claim.id], claim.person, _pots(was, number), _pots(would, number), bool(priced))


def _pots(prices: Prices, number: int) -> dict[str, int]:
    return {pot: int(getattr(prices, pot)[number]) for pot in POTS}


def _supposed(held: Holding, here: set[str], changes: Mapping[str, str]) -> Benefit:
    """The holding with the changes, where its editions are of that place."""
    changed = {name: _changed(edition, name, changes) if edition.place in here else edition for name, edition in held.editions.items() if name in READERS}
    return places.combined(changed, held.editions.get("continuous_deductible")).benefit


def editions(scope: HasScope, day: date) -> dict[str, Edition]:
    """The benefits in force there on that day by name; none where the place has none."""
    try:
        held = places.holding(day, Place(scope.consortium, scope.region)).editions
    except policybook.NoPolicyInForce:
        return {}
    return {name: edition for name, edition in held.items() if name in READERS}


def whole(edition: Edition) -> dict[str, Any]:
    """Values and rows of an edition, without what it says of itself."""
    held = {key: value for key, value in edition.given.plain().items() if key not in ("says", "evidence")}
    return held | ({"rows": [dict(row) for row in edition.table.dicts()]} if edition.table else {})


def leaves(held: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every single value as text under its path; a list of words is one."""
    if isinstance(held, Mapping):
        for name, one in held.items():
            yield from leaves(one, f"{path}.{name}" if path else str(name))
    elif isinstance(held, list | tuple) and held and isinstance(held[0], Mapping):
        for number, one in enumerate(held):
            yield from leaves(one, f"{path}.{number}")
    else:
        yield path, held if isinstance(held, str) else json.dumps(held, ensure_ascii=False, default=str)


def _changed(edition: Edition, name: str, changes: Mapping[str, str]) -> Edition:
    """A copy with what the changes say of it; another fingerprint, so that nobody takes it for the edition itself."""
    own = {path.removeprefix(f"{FOLDER}.{name}."): value for path, value in changes.items() if path.startswith(f"{FOLDER}.{name}.")}
    if not own:
        return edition
    content = whole(edition)
    for path, value in own.items():
        content = _put(content, path.split("."), value)
    rows = content.pop("rows", [])
    table = Table(edition.table.path, edition.table.columns, tuple(tuple(row[column] for column in edition.table.columns) for row in rows)) if edition.table else None
    return replace(edition, given=Values({**edition.given.plain(), **content}), table=table, fingerprint=f"{edition.fingerprint}*")


def _put(held: Any, keys: Sequence[str], value: str) -> Any:
    key, rest = keys[0], keys[1:]
    if isinstance(held, list):
        number = int(key) if key.isdecimal() else -1
        if not 0 <= number < len(held):
            return held  # an edition of that year with fewer rows
        return [*held[:number], _put(held[number], rest, value), *held[number + 1 :]]
    before = held.get(key)
    if rest:
        return {**held, key: _put(before if before is not None else {}, rest, value)}
    return {**held, key: _like(before, value)}


def _like(before: Any, value: str) -> Any:
    """Text read as what stood there."""
    if isinstance(before, bool | list | tuple) or (isinstance(before, int) and value.isdecimal()):
        try:
            found = json.loads(value)
        except ValueError:
            raise Refused("bad_value", f"“{value}”应写成 {json.dumps(before, ensure_ascii=False)} 的样子。", "The value must be written like the one before.", field="value") from None
        if type(found) is type(before) or (isinstance(found, list) and isinstance(before, list | tuple)):
            return found
        raise Refused("bad_value", f"“{value}”应写成 {json.dumps(before, ensure_ascii=False)} 的样子。", "The value must be written like the one before.", field="value")
    return value

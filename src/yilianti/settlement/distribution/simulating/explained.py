"""A difference in three parts, exact to the fen: structure, price and management, put in one after the other through the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.engine import Result
from yilianti.settlement.distribution.simulating.spent import Spent
from yilianti.settlement.distribution.simulating.terms import DEFINITION, Cause, Place
from yilianti.settlement.distribution.simulating.volumes import Key, Volume
from yilianti.settlement.distribution.simulating.year import Year
from yilianti.settlement.fund.api import half_up, split, yuan

#: What of a member, and of the year's inputs, is volume: how many people, how much work. `name` and `level` say who it is.
_VOLUMES_OF_A_MEMBER = ("name", "level", "heads", "need", "work")
_WORK = ("expert", "remote", "recognition", "public_health")


@dataclass(frozen=True)
class Explained:
    """Fen by cause for each member and for each total; `says` names kinds of care that had no old price."""

    members: Mapping[str, Mapping[Cause, int]]
    totals: Mapping[str, Mapping[Cause, int]]
    says: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Money as 元 in text, with the platform's definition beside it."""
        def parts(held: Mapping[str, Mapping[Cause, int]]) -> dict[str, Any]:
            return {who: {**{str(cause): yuan(own[cause]) for cause in Cause}, "difference": yuan(sum(own.values()))} for who, own in held.items()}

        return {"definition": DEFINITION, "order": [str(one) for one in Cause], "members": parts(self.members), "totals": parts(self.totals), "says": list(self.says)}


def explained(before: Year, after: Year) -> Explained:
    """Each part is what the engine makes of one more thing put in; raises Refused where volumes lack."""
    _has_volumes(before, "原来的一年")
    _has_volumes(after, "比较的一年")
    structure, says = _structure(before, after)
    price = _price(structure, after)
    results = [before.result(), structure.result(), price.result(), after.result()]
    codes = sorted({code for one in results for code in one.members})
    names = sorted({name for one in results for name in one.totals})
    return Explained({code: _parts([_whole(one, code) for one in results]) for code in codes}, {name: _parts([one.totals.get(name, 0) for one in results]) for name in names}, tuple(says))


def _parts(amounts: list[int]) -> dict[Cause, int]:
    return {cause: amounts[place + 1] - amounts[place] for place, cause in enumerate(Cause)}


def _whole(result: Result, code: str) -> int:
    return sum(result.members.get(code, {}).values())


def _has_volumes(year: Year, which: str) -> None:
    if not year.volumes or not year.inputs.get("spending"):
        raise Refused("no_volumes", f"{which}没有例数（volumes）或支出，不能分成结构、价格和管理；请给出各地各类的例数和金额。", "Volumes are needed for an explanation in three parts.", field="volumes")


def _structure(before: Year, after: Year) -> tuple[Year, list[str]]:
    """The old year with the new cases at old prices, the new people and the new work."""
    by_member = all(any(key.member for key in one.volumes) for one in (before, after))
    old, new = (_by(one.volumes, by_member) for one in (before, after))
    amounts, says = {}, []
    for key, held in new.items():
        amounts[key], known = _at_old_price(key, held, old)
        if not known and held.amount:
            says.append(f"{Place.label(key.place)}的 {key.kind} 原来没有，按新的费用计入结构")
    spending = {str(place): sum(one for key, one in amounts.items() if key.place == place) for place in Place}
    charged = _charged(amounts, spending[Place.MEMBERS], by_member, before, after)
    members = _members(before, after, charged)
    inputs = {**{name: one for name, one in before.inputs.items() if name not in _WORK}, **{name: one for name, one in after.inputs.items() if name in _WORK}}
    inputs = {**inputs, "spending": {**before.inputs["spending"], **{name: yuan(fen) for name, fen in spending.items()}}, "members": members}
    return replace(before, volumes={key: Volume(new[key].count, fen) for key, fen in amounts.items()}).given(inputs), says


def _by(volumes: Mapping[Key, Volume], by_member: bool) -> dict[Key, Volume]:
    """As they are, or summed over the members where the other year does not know them apart."""
    found: dict[Key, Volume] = {}
    for key, one in sorted(volumes.items()):
        at = key if by_member else replace(key, member="")
        held = found.get(at, Volume(Fraction(0), 0))
        found[at] = Volume(held.count + one.count, held.amount + one.amount)
    return found


def _at_old_price(key: Key, held: Volume, old: Mapping[Key, Volume]) -> tuple[int, bool]:
    """New cases at the old cost a case: the member's own, else that of the place; without any, what they cost now."""
    own = old.get(key)
    if own is None or not own.count:
        same = [one for other, one in old.items() if (other.place, other.kind) == (key.place, key.kind)]
        own = Volume(sum((one.count for one in same), Fraction(0)), sum(one.amount for one in same))
    if not own.count:
        return held.amount, False
    cost = Fraction(held.count * own.amount, own.count)
    return half_up(cost.numerator, cost.denominator), True


def _charged(amounts: Mapping[Key, int], fen: int, by_member: bool, before: Year, after: Year) -> dict[str, int]:
    """Each member's own part, so that the parts make the members' spending."""
    held = Spent.of(after.inputs, {}).charged or Spent.of(before.inputs, {}).charged
    if not held:
        return {}
    if by_member:
        return {code: sum(one for key, one in amounts.items() if key.member == code) for code in {*held, *(key.member for key in amounts if key.member)}}
    return split(fen, held if sum(held.values()) else dict.fromkeys(held, 1))


def _members(before: Year, after: Year, charged: Mapping[str, int]) -> dict[str, Any]:
    """Who is there now with what is volume of them; score, quality and money as they were."""
    found: dict[str, Any] = {}
    old, new = before.inputs.get("members", {}), after.inputs.get("members", {})
    for code, row in new.items():
        kept = {name: one for name, one in old.get(code, row).items() if name not in (*_VOLUMES_OF_A_MEMBER, "charged")}
        found[code] = {**kept, **{name: row[name] for name in _VOLUMES_OF_A_MEMBER if name in row}, **({"charged": yuan(charged[code])} if code in charged else {})}
    return found


def _price(structure: Year, after: Year) -> Year:
    """The same with what the cases cost now, and what of it comes off."""
    spent = after.spent()
    members: Iterable[tuple[str, Any]] = structure.inputs.get("members", {}).items()
    bare = {code: {name: one for name, one in row.items() if name != "charged"} for code, row in members}
    rows = {code: {**row, **({"charged": yuan(spent.charged[code])} if code in spent.charged else {})} for code, row in bare.items()}
    return replace(structure, volumes=after.volumes).given({**structure.inputs, "spending": after.inputs["spending"], "members": rows})

"""Care that comes back into the county, or leaves it: fen and cases moved between places."""

from __future__ import annotations

import re
from fractions import Fraction

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.simulating.assumptions import Assumed
from yilianti.settlement.distribution.simulating.spent import Spent, scaled
from yilianti.settlement.distribution.simulating.terms import Place, Special
from yilianti.settlement.distribution.simulating.volumes import Volume, Volumes
from yilianti.settlement.distribution.simulating.year import Year
from yilianti.settlement.fund import api as fund
from yilianti.settlement.fund.api import UNIT, half_up, percent, yuan

_FIELD = str(Special.OUTSIDE_SHARE)


def share_moved(year: Year, value: str, to: str, assumed: Assumed) -> tuple[Year, str, str, str]:
    """That many points of all spending moved between outside and members; the shares before and after, and the sentence."""
    points, spent = _points(value), year.spent()
    fen = fund.part(spent.whole, abs(points))
    before = _share(spent)
    if points < 0:
        came = brought_back(spent, fen, _known(year, to), assumed.returned_cost)
        says = f"全部支出的 {percent(-points)}（{yuan(fen)} 元）不再花在县外，回到成员机构后为 {yuan(came)} 元{_shared(spent, to)}"
    else:
        _leave(spent, fen)
        says = f"全部支出的 {percent(points)}（{yuan(fen)} 元）从成员机构转到县外，费用不变"
    return year.spending(spent), before, _share(spent), says


def brought_back(spent: Spent, fen: int, to: str, cost: int) -> int:
    """Fen leave outside with their cases and come to the members at that cost; what arrives."""
    outside = spent.spending.get(Place.OUTSIDE, 0)
    if fen > outside:
        raise Refused("too_much", f"县外只有 {yuan(outside)} 元，移不走 {yuan(fen)} 元；最多 {percent(outside * UNIT // spent.whole) if spent.whole else '0%'}。", "More would move than is spent outside.", field=_FIELD)
    cases, part = spent.kinds(Place.OUTSIDE), Fraction(fen, outside) if outside else Fraction(0)
    came = fund.part(fen, cost)
    spent.add(Place.OUTSIDE, -fen, scaled(cases, part, -1) or None)
    spent.add(Place.MEMBERS, came, scaled(cases, part) or None, to)
    return came


def _leave(spent: Spent, fen: int) -> None:
    """Fen leave the members, each by what it has, for outside at the same cost."""
    members = spent.spending.get(Place.MEMBERS, 0)
    if fen > members:
        raise Refused("too_much", f"成员机构只有 {yuan(members)} 元，移不走 {yuan(fen)} 元；请改小一些。", "More would move than the members spend.", field=_FIELD)
    before = dict(spent.volumes)
    spent.add(Place.MEMBERS, -fen)
    spent.add(Place.OUTSIDE, fen, _taken_along(spent, before) or None)


def _taken_along(spent: Spent, before: Volumes) -> dict[str, Volume]:
    """Members lose cases and fen in the same part, member by member and kind by kind; the cases by kind."""
    lost: dict[str, Volume] = {}
    for key, held in before.items():
        if key.place == Place.MEMBERS and held.amount:
            fen = held.amount - spent.volumes[key].amount
            cases, sum_of = held.count * Fraction(fen, held.amount), lost.get(key.kind, Volume(Fraction(0), 0))
            spent.volumes[key] = Volume(held.count - cases, held.amount - fen)
            lost[key.kind] = Volume(sum_of.count + cases, sum_of.amount + fen)
    return lost


def _known(year: Year, to: str) -> str:
    if to and to not in year.inputs.get("members", {}):
        raise Refused("unknown_party", f"{Special.OUTSIDE_TO} 为“{to}”：不是成员；成员是：{'、'.join(year.inputs.get('members', {})) or '（没有）'}。", "No member has that code.", field=str(Special.OUTSIDE_TO))
    return to


def _shared(spent: Spent, to: str) -> str:
    if to:
        return f"，全部归 {to}"
    return "，各成员按原有费用分摊" if spent.charged else ""


def _share(spent: Spent) -> str:
    return percent(half_up(spent.spending.get(Place.OUTSIDE, 0) * UNIT, spent.whole)) if spent.whole else "0.00%"


def _points(value: str) -> int:
    """`-2` in basis points; raises Refused."""
    bare = value.removesuffix("%").removesuffix("个百分点").strip()
    if not re.fullmatch(r"[+-]?\d{1,3}(\.\d{1,2})?", bare):
        raise Refused("bad_number", f"{_FIELD} 为“{value}”：应是增减的百分点，例如 -2 或 1.5。", "outside_share is a number of points such as -2.", field=_FIELD)
    size = fund.points(f"{bare.lstrip('+-')}%", _FIELD)
    return -size if bare.startswith("-") else size

"""What a resident pays for a stay with and without this referral: an estimate, from the deductibles and ratios of policy files.

Amounts are whole fen; ratios are whole percentage points; shares are rounded down to the fen for the fund, so the two always add up to the bill.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yilianti.care.referral.rules import direction
from yilianti.care.referral.terms import Direction
from yilianti.kernel.money import Money
from yilianti.kernel.terms import Term


class Place(Term):
    """Where the receiver lies, as insurance sees it from the patient's home."""

    IN_AREA = "in_area", "统筹区内", "in the pooling area"
    OTHER_CITY = "other_city", "省内其他市", "another city of the province"
    OTHER_PROVINCE = "other_province", "省外", "outside the province"


@dataclass(frozen=True)
class Line:
    """One line of the working: a sentence, and the amount it came to where it came to one."""

    code: str
    zh: str
    amount: Money | None = None


@dataclass(frozen=True)
class Estimate:
    """What the bill divides into, and how."""

    amount: Money
    deductible: Money
    ratio: int
    fund_pays: Money
    resident_pays: Money
    lines: tuple[Line, ...] = field(default=())


def place_of(here: str, there: str, area_digits: int) -> Place | None:
    """Where the receiver lies, from two GB/T 2260 codes; None where either is not known."""
    if len(here) < area_digits or len(there) < 2:
        return None
    if here[:2] != there[:2]:
        return Place.OTHER_PROVINCE
    if there[:area_digits] == here[:area_digits] or there[2:6] in ("", "0000"):
        return Place.IN_AREA  # the table of the area names the hospitals of its province
    return Place.OTHER_CITY


def estimate(*, from_level: str, to_level: str, place: str, with_referral: bool, amount: Money, policy: Mapping[str, Any],
             benefit: Mapping[str, Any] | None = None, continuous: bool = False) -> Estimate | None:  # fmt: skip
    """The bill divided; None where the policy says nothing of that level or place."""
    level = policy["levels"].get(to_level)
    away = {} if place == Place.IN_AREA else policy.get(place)
    if level is None or away is None or amount.fen <= 0:
        return None
    way = direction(from_level, to_level if to_level != "province" else "city")
    lower = policy["levels"].get(from_level) if with_referral and continuous and place == Place.IN_AREA else None
    deductible, lines = _deductible(level["deductible"], away, amount, lower, way)
    paid_above = Money(min(deductible.fen, amount.fen))
    over = amount - paid_above
    ratio, said = _ratio(level["ratio"], away, with_referral)
    fund = Money(over.fen * ratio // 100)
    lines += [*said, Line("fund", f"起付线以上 {over} 元，按 {ratio}% 报销", fund)]
    if with_referral and benefit and place == Place.IN_AREA:
        more, told = _benefit(benefit.get(way, {}), over, ratio, way)
        fund, lines = fund + more, lines + told
    return Estimate(amount, paid_above, ratio, fund, amount - fund, tuple(lines))


def _deductible(own: int, away: Mapping[str, Any], amount: Money, lower: Mapping[str, Any] | None, way: Direction) -> tuple[Money, list[Line]]:
    """The deductible of this stay and how it came about."""
    if "percent" in away:
        share = Money(amount.fen * away["percent"] // 100)
        found = max(Money.yuan(away["least"]), min(Money.yuan(away["most"]), share))
        return found, [Line("deductible", f"起付线：总费用的 {away['percent']}%，最低 {away['least']:,} 元，最高 {away['most']:,} 元", found)]
    full = Money.yuan(own * away.get("times", 1))
    lines = [Line("deductible", f"起付线：{own:,} 元，异地乘 {away['times']}" if "times" in away else f"起付线：{own:,} 元", full)]
    if lower is None or way is Direction.SIDEWAYS:
        return full, lines
    left = Money(0) if way is Direction.DOWN else max(Money(0), full - Money.yuan(lower["deductible"]))
    lines.append(Line("continuous", "连续计算起付线：下转不再付" if way is Direction.DOWN else f"连续计算起付线：已付 {lower['deductible']:,} 元，只补差额", left))
    return left, lines


def _ratio(own: int, away: Mapping[str, Any], with_referral: bool) -> tuple[int, list[Line]]:
    """The fund's percentage points and how they came about."""
    ratio, lines = own, [Line("ratio", f"本级医院的报销比例 {own}%")]
    if away:
        ratio -= away["points"]
        lines.append(Line("away", f"异地就医：降 {away['points']} 个百分点"))
    if away and not with_referral:
        ratio -= away["no_referral_points"]
        lines.append(Line("no_referral", f"未经转诊：再降 {away['no_referral_points']} 个百分点"))
    return max(0, ratio), lines


def _benefit(own: Mapping[str, Any], over: Money, ratio: int, way: Direction) -> tuple[Money, list[Line]]:
    """What a referral adds to the fund's share; what concerns the other stay is said and not added up."""
    more, lines = Money(0), []
    points = min(own.get("bonus_points", 0), 100 - ratio)
    if points > 0:
        part = min(over, Money.yuan(own["bonus_most"]))
        more = Money(part.fen * (ratio + points) // 100 - part.fen * ratio // 100)
        lines.append(Line("bonus", f"经转诊：{own['bonus_most']:,} 元以内的部分多报 {points} 个百分点", more))
    if way is Direction.UP and own.get("lower_waived_percent"):
        lines.append(Line("lower_waived", f"转出机构那次住院的起付线免 {own['lower_waived_percent']}%（另一张账单，不计入）"))
    if way is Direction.DOWN and own.get("upper_waived_percent"):
        lines.append(Line("upper_waived", f"上级医院那次住院的起付线减 {own['upper_waived_percent']}%（另一张账单，不计入）"))
    return more, lines

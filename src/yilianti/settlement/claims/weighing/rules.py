"""What a place fixes for payment by groups, gathered from the editions in force on a day. A number that no edition gives is never supplied here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.settlement.claims.weighing.formulas import UNIT
from yilianti.settlement.claims.weighing.terms import Incomplete, Method

_AT = "settlement.payment."
_TOPICS = ("points", "rate", "weights", "readmission", "special_cases", "exclusions", "bed_days", "budget", "institutions", "dip")


@dataclass(frozen=True)
class Rules:
    """The rules of a place on a day; None or empty where the place is silent. Money in fen, the rest in ten-thousandths. `refs` by topic, `says` what a source leaves open."""

    method: Method
    incomplete: Incomplete | None = None
    new_group_coefficient: int | None = None
    by_level: bool = False
    rate: int | None = None
    adjustments: Mapping[str, int] = field(default_factory=dict)
    weights: Mapping[str, int] | None = None
    return_days: int | None = None
    return_keeps: int = 0
    excused: tuple[str, ...] = ()
    fewest_cases: int | None = None
    extreme_times: int | None = None
    short_stay: int | None = None
    long_stay: int | None = None
    without_bed_days: bool = False
    bed_days: Mapping[str, int] = field(default_factory=dict)
    budget: int | None = None
    reserve: int = 0
    institutions: Mapping[str, str] | None = None
    past_years: tuple[tuple[int, int, int], ...] = ()
    refs: Mapping[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()


def of_place(scope: policybook.HasScope, day: date, method: Method | None = None) -> Rules:
    """The rules in force; raises Refused where the place has no rule of payment by groups, or two and no method is chosen. DIP (Method.SCORES) needs a budget only."""
    found = {topic: edition for topic in _TOPICS if (edition := _in_force(topic, day, scope)) is not None}
    ways = [one for one in (Method.POINTS, Method.RATE) if str(one) in found]
    where = scope.consortium or scope.region
    if method is None and len(ways) != 1:
        if not ways:
            raise Refused("no_payment", f"{day.isoformat()}，{where} 没有按组付费的办法（settlement.payment.points 或 rate）；请先在政策文件中写一版。", "The place has no rule of payment by groups on that day.", field="place")
        raise Refused("two_methods", f"{where} 同时有点数法和费率法；请用 --method points 或 --method rate 指定一种。", "The place has two methods; choose one with --method.", field="method")
    chosen = method or ways[0]
    if str(chosen) not in found and chosen is not Method.SCORES:
        raise Refused("no_method", f"{day.isoformat()}，{where} 没有 settlement.payment.{chosen} 的版本。", "The place has no edition of this method on that day.", field="method")
    try:
        return _gathered(found, chosen)
    except (KeyError, ValueError, TypeError) as trouble:
        refs = "、".join(edition.policy_ref for edition in found.values())
        raise Refused("bad_policy", f"按组付费的政策少了一项或写错了一项（{trouble}）；请核对 {refs}。", f"A policy of payment by groups lacks a value or has a wrong one ({trouble}).", field="place") from None


def _gathered(found: Mapping[str, policybook.Edition], method: Method) -> Rules:
    used = {topic: edition for topic, edition in found.items() if topic not in {str(one) for one in Method} - {str(method)}}
    points, rate, back, special, out, budget = (used.get(topic) for topic in ("points", "rate", "readmission", "special_cases", "exclusions", "budget"))
    given = points.get("new_group_coefficient") if points else None
    extreme = special.get("extreme_times") if special else None
    return Rules(
        method=method, incomplete=Incomplete(points["incomplete"]) if points and "incomplete" in points else None, new_group_coefficient=None if given is None else ratio(given), by_level=_by_level(points),
        rate=fen(rate["base_rate"]) if rate else None, adjustments=_column(rate, "level", "adjustment"), weights=_column(used["weights"], "drg", "weight") if "weights" in used else None,
        return_days=_count(back["days"]) if back else None, return_keeps=percent(back["keeps"]) if back else 0, excused=tuple(back["excused"]) if back else (),
        fewest_cases=_count(special.get("fewest_cases")) if special else None, extreme_times=None if extreme is None else ratio(extreme),
        short_stay=_count(out.get("days_up_to")) if out else None, long_stay=_count(out.get("days_from")) if out else None, without_bed_days=bool(out and out.get("bed_days")),
        bed_days=_column(used.get("bed_days"), "code", "points"), budget=fen(budget["budget"]) if budget else None, reserve=fen(budget["reserve"]) if budget else 0,
        institutions=_levels(used["institutions"]) if "institutions" in used else None,
        past_years=_years(used.get("dip")), refs={topic: edition.policy_ref for topic, edition in used.items()}, says=tuple(edition["says"] for edition in used.values() if "says" in edition),
    )  # fmt: skip


def _in_force(topic: str, day: date, scope: policybook.HasScope) -> policybook.Edition | None:
    try:
        return policybook.in_force(_AT + topic, day, scope)
    except policybook.NoPolicyInForce:
        return None


def _column(edition: policybook.Edition | None, key: str, value: str) -> dict[str, int]:
    return {row[key]: ratio(row[value]) for row in edition.table.dicts()} if edition and edition.table else {}


def _levels(edition: policybook.Edition) -> dict[str, str]:
    return {row["institution"]: row["level"] for row in edition.table.dicts()} if edition.table else {}


def _years(edition: policybook.Edition | None) -> tuple[tuple[int, int, int], ...]:
    """(weight, money in fen, scores) of each earlier year, for a budget point value."""
    rows = edition.table.dicts() if edition and edition.table else ()
    return tuple((ratio(row["weight"]), fen(row["cost"]), ratio(row["scores"])) for row in rows)


def _by_level(points: policybook.Edition | None) -> bool:
    """Whether the mean of a coefficient is that of the institution's level; the institution's own where the place does not say."""
    by = points.get("coefficient_by", "institution") if points else "institution"
    if by not in ("institution", "level"):
        raise ValueError(f"coefficient_by = {by}")
    return bool(by == "level")


def _count(value: object) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise TypeError(f"{value} 应是整数")
    return value


def ratio(text: str) -> int:
    """A number written with at most four decimals, in ten-thousandths."""
    return _whole(text, UNIT)


def percent(text: str) -> int:
    """A percentage such as `50%` in basis points."""
    return _whole(text.removesuffix("%") if isinstance(text, str) else text, UNIT // 100)


def fen(text: str) -> int:
    return _whole(text, 100)


def _whole(text: str, unit: int) -> int:
    if not isinstance(text, str):  # a number of TOML may have gone through binary fractions
        raise TypeError(f"{text} 应写在引号里")
    try:
        found = Decimal(text) * unit
    except InvalidOperation:
        raise Refused("bad_policy", f"政策里的“{text}”不是数。", f"{text} in a policy is no number.") from None
    if not found.is_finite() or found < 0 or found != found.to_integral_value():
        raise Refused("bad_policy", f"政策里的“{text}”小数位数太多，或是负数。", f"{text} in a policy has too many decimals or is negative.")
    return int(found)

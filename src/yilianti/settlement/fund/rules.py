"""What a place fixes for its package, read from an edition or from a section of a scheme; a number that neither gives is never supplied here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.settlement.fund.editions import Given, in_force, needed
from yilianti.settlement.fund.exact import UNIT, count, fen, percent, points
from yilianti.settlement.fund.terms import Base, Pace

_AT = "settlement.budget."
#: More working days than a quarter has are a mistake in the policy.
MOST_DAYS = 66


@dataclass(frozen=True)
class BaseRule:
    """The base formula with its ratios in basis points; `weights` from the earliest year to the latest."""

    base: Base
    share: int = UNIT
    risk: int = 0
    relief: int = 0
    years: int = 0
    weights: tuple[int, ...] = ()
    excluded: tuple[str, ...] = ()
    reserve: int = 0
    reserves: Mapping[str, int] = field(default_factory=dict)
    policy_ref: str = ""
    says: str = ""


@dataclass(frozen=True)
class AdvanceRule:
    """How much is paid in advance, how often, and by which working day; None where the place does not say."""

    pace: Pace
    paid: int
    due_working_days: int | None = None
    policy_ref: str = ""


@dataclass(frozen=True)
class PathRule:
    """How the year's money is expected to go, month by month, and how far a month may be above it."""

    months: tuple[int, ...]
    tolerance: int
    policy_ref: str = ""


def base(scope: policybook.HasScope, day: date) -> BaseRule:
    """The base formula in force; raises Refused where the place is silent or its edition faulty."""
    return base_of(in_force(_AT + "base", scope, day))


def base_of(found: Given) -> BaseRule:
    """The base formula; raises Refused where what is given is faulty."""
    try:
        which = Base(found["base"])
    except (KeyError, ValueError):
        raise Refused("bad_policy", f"{found.policy_ref} 的 base 为“{found.get('base', '')}”，不认识；可用：{'、'.join(Base)}。", "The edition names no known base.", field="base") from None
    ratio = {name: points(found[name], name) for name in ("share", "risk", "relief", "reserve") if name in found}
    needed(found, {Base.REMAINDER: ("share",), Base.DEDUCTION: ("share",), Base.INCOME: ("share",), Base.RESERVES: ("risk", "relief"), Base.MEAN: ("years",), Base.WEIGHTED: ("weights",)}.get(which, ()))
    weights = tuple(points(one, "weights") for one in found.get("weights", ()))
    if weights and sum(weights) != UNIT:
        raise Refused("bad_weights", f"{found.policy_ref} 的 weights 合计 {percent(sum(weights))}，不是 100%。", "The weights of the years do not make 100 %.", field="weights")
    excluded = tuple(found.get("excluded", ()))
    if odd := [one for one in excluded if not isinstance(one, str) or excluded.count(one) > 1]:
        raise Refused("bad_policy", f"{found.policy_ref} 的 excluded 中“{odd[0]}”应是文字，且只写一次。", "Names of sums outside are text, each once.", field="excluded")
    reserves = {str(name): points(one, f"reserves.{name}") for name, one in sorted(found.get("reserves", {}).items())}
    together = {"risk + relief": ratio.get("risk", 0) + ratio.get("relief", 0), "reserve + reserves": ratio.get("reserve", 0) + sum(reserves.values())}
    for name, size in {**ratio, **together}.items():
        if size > UNIT:
            raise Refused("bad_policy", f"{found.policy_ref} 的 {name} 为 {percent(size)}：比例不能超过 100%。", "A ratio of the edition is above 100 %.", field=name.split()[0])
    return BaseRule(which, **ratio, years=count(found.get("years", 0), "years"), weights=weights, excluded=excluded, reserves=reserves, policy_ref=found.policy_ref, says=found.get("says", ""))


def advance(scope: policybook.HasScope, day: date) -> AdvanceRule:
    """How the advance is paid; raises Refused where the place is silent."""
    return advance_of(in_force(_AT + "advance", scope, day))


def advance_of(found: Given) -> AdvanceRule:
    """How the advance is paid."""
    needed(found, ("pace", "paid"))
    try:
        pace = Pace(found["pace"])
    except ValueError:
        raise Refused("bad_policy", f"{found.policy_ref} 的 pace 应是 quarter 或 month。", "pace must be quarter or month.", field="pace") from None
    paid = points(found["paid"], "paid")
    if paid > UNIT:
        raise Refused("bad_policy", f"{found.policy_ref} 的 paid 超过 100%。", "More than everything would be paid in advance.", field="paid")
    due = count(found["due_working_days"], "due_working_days") if "due_working_days" in found else None
    if due is not None and not 0 < due <= MOST_DAYS:
        raise Refused("bad_policy", f"{found.policy_ref} 的 due_working_days 为 {due}：应在 1 和 {MOST_DAYS} 之间。", "due_working_days cannot be.", field="due_working_days")
    return AdvanceRule(pace, paid, due, found.policy_ref)


def path(scope: policybook.HasScope, day: date) -> PathRule:
    """How the months are expected to go; raises Refused where the place is silent."""
    return path_of(in_force(_AT + "path", scope, day))


def path_of(found: Given) -> PathRule:
    """How the months are expected to go."""
    needed(found, ("months", "tolerance"))
    months: Sequence[int] = tuple(count(one, "months") for one in found["months"])
    if len(months) != 12 or not sum(months):
        raise Refused("bad_policy", f"{found.policy_ref} 的 months 应有 12 个权数，不全是 0。", "months must hold twelve weights.", field="months")
    return PathRule(tuple(months), points(found["tolerance"], "tolerance"), found.policy_ref)


def per_head_public_health(scope: policybook.HasScope, year: int) -> tuple[int, str]:
    """Fen a resident for basic public health in that year, and the policy that says so; raises Refused for a year without a text."""
    return per_head_of(in_force(_AT + "public_health", scope, date(year, 1, 1)), year)


def per_head_of(found: Given, year: int) -> tuple[int, str]:
    """Fen a resident in that year, and what says so; raises Refused for a year without a text."""
    for row in found.table.dicts() if found.table else ():
        if row["year"] == str(year):
            return fen(row["per_head"], "per_head"), found.policy_ref
    raise Refused("no_policy", f"{found.policy_ref} 没有 {year} 年的人均补助标准；请先在政策文件中写一版。", f"No standard a head is known for {year}.", field="year")

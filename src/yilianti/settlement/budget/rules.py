"""What the package bears of a claim, as the place fixes it; and which months may be reckoned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.settlement.budget.terms import Fund
from yilianti.settlement.fund.api import count, in_force, needed

#: The parts of a fund's share, by the names of a claim's columns.
POTS = ("basic", "catastrophic", "aid", "other")


@dataclass(frozen=True)
class ChargedRule:
    """Which pots count, whose amount is taken, whether persons under catastrophic insurance come off and purchase from others in the county counts."""

    counts: tuple[str, ...]
    by_insurer: bool
    persons_off: bool
    purchased: bool
    from_day: int = 1
    policy_ref: str = ""


def day_of(year: int) -> date:
    """The day whose editions hold for a package: the year's last, as for its settlement."""
    return date(year, 12, 31)


def charged(scope: policybook.HasScope, day: date, fund: Fund) -> ChargedRule:
    """What counts there; raises Refused for an edition that says something else than it can."""
    found = in_force("settlement.budget.charged", scope, day)
    needed(found, ("counts", "amount", "catastrophic_persons", "purchased"))
    counts = tuple(found.counts)
    if not counts or len(set(counts)) != len(counts) or not set(counts) <= set(POTS):
        raise Refused("bad_policy", f"{found.policy_ref} 的 counts 应从 {'、'.join(POTS)} 中各选一次。", "counts must name pots, each once.", field="counts")
    from_day = count(found.get("reckoned_from_day", 1), "reckoned_from_day")
    if not 1 <= from_day <= 28:
        raise Refused("bad_policy", f"{found.policy_ref} 的 reckoned_from_day 应在 1 至 28 之间。", "reckoned_from_day must lie between 1 and 28.", field="reckoned_from_day")
    amount = found.amount if isinstance(found.amount, str) else found.amount.get(fund.value, "")
    return ChargedRule(
        counts, _one_of(amount, "priced", "insured", "amount", found.policy_ref), not _one_of(found.catastrophic_persons, "off", "in", "catastrophic_persons", found.policy_ref),
        not _one_of(found.purchased, "charged", "apart", "purchased", found.policy_ref), from_day, found.policy_ref,
    )  # fmt: skip


def prefix_of(region: str) -> str:
    """What the codes of a county, or of a city's counties, begin with: 349901 → 349901, 340100 → 3401."""
    code = region[:6]
    while code.endswith("00"):
        code = code[:-2]
    return code


def why_not_month(month: date, year: int, last: date | None, today: date) -> Refused | None:
    """A month is reckoned after its end and after its predecessor; again only while it is the latest."""
    if month.year != year or month.day != 1:
        return Refused("wrong_year", f"{month:%Y-%m} 不是 {year} 年的月份；请核对月份。", "The month lies outside the package's year.", field="month")
    if (month + timedelta(days=32)).replace(day=1) > today:
        return Refused("month_not_over", f"{month:%Y-%m} 还没有结束；请在次月 1 日以后核算。", "The month is not over yet.", field="month")
    following = (last + timedelta(days=32)).replace(day=1) if last else date(year, 1, 1)
    if month > following:
        return Refused("month_before_missing", f"{following:%Y-%m} 还没有核算；请先核算它，再核算 {month:%Y-%m}。", "The month before it has not been reckoned.", field="month")
    if last and month < last:
        return Refused("month_closed", f"已核算到 {last:%Y-%m}，{month:%Y-%m} 不再重算；迟到和更正的费用在 {last:%Y-%m} 或以后的月份记入。", "A later month has been reckoned; late bills go there.", field="month")
    return None


def _one_of(said: object, first: str, second: str, field: str, ref: str) -> bool:
    """Whether it says the second; raises Refused for anything else."""
    if said not in (first, second):
        raise Refused("bad_policy", f"{ref} 的 {field} 应是 {first} 或 {second}。", f"{field} must be {first} or {second}.", field=field)
    return said == second

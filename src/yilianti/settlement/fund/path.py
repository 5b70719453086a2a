"""Month by month: what was spent against the path of the year, where a month leaves it, and where the year would end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.settlement.fund.exact import UNIT, half_up, percent
from yilianti.settlement.fund.rules import PathRule
from yilianti.settlement.fund.splitting import split
from yilianti.settlement.fund.working import Working


@dataclass(frozen=True)
class Month:
    """Sums since January. `leaves`: the first month above the path after one that kept to it; `above` while it lasts."""

    number: int
    path: int
    spent: int
    above: bool
    leaves: bool


@dataclass(frozen=True)
class Forecast:
    """The year's spending if the rest goes like the months so far, like the best of them, like the worst."""

    likely: int
    least: int
    most: int


def months(package: int, spent: Sequence[int], rule: PathRule, working: Working) -> list[Month]:
    """Each month that has been reckoned; raises Refused for more than twelve or sums that fall below nothing (one month may, when bills are taken back)."""
    if len(spent) > 12 or min(accumulate(spent), default=0) < 0:
        raise Refused("bad_months", "spent 应是 1 月起各月的支出，最多 12 个，累计不为负。", "spent must hold at most twelve months, their sums never negative.", field="spent")
    expected = list(split(package, {f"{number:02d}": weight for number, weight in enumerate(rule.months, 1)}).values())
    found: list[Month] = []
    for number in range(1, len(spent) + 1):
        path, so_far = sum(expected[:number]), sum(spent[:number])
        above = so_far * UNIT > path * (UNIT + rule.tolerance)
        leaves = above and not (found and found[-1].above)
        found.append(Month(number, path, so_far, above, leaves))
        working.amount(f"{number} 月累计支出", "累计支出超过 路径 ×（1 + 允许的偏离）即离开路径", so_far, rule.policy_ref, 路径=Money(path), 允许的偏离=percent(rule.tolerance), 离开路径=leaves, 高于路径=above)
    return found


def forecast(package: int, spent: Sequence[int], rule: PathRule, working: Working) -> Forecast | None:
    """Where the year would end; None before any month with an expected spending. The interval is that of the months seen, no probability."""
    expected = list(split(package, {f"{number:02d}": weight for number, weight in enumerate(rule.months, 1)}).values())
    past = [(mine, path) for mine, path in zip(spent, expected, strict=False) if path]
    path, so_far = sum(expected[: len(spent)]), sum(spent)
    if not past or not path:
        return None
    rest = package - path
    each = [so_far + half_up(rest * mine, ahead) for mine, ahead in past]
    found = Forecast(half_up(so_far * package, path), min(each), max(each))
    working.amount("年末预计支出", "累计支出 × 总额 ÷ 累计路径；区间为其余各月都像最好、最差的一个月", found.likely, "", 最少=Money(found.least), 最多=Money(found.most), 已过月数=len(spent))
    return found

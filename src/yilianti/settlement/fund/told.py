"""One fact of the fund's books as inputs write it, in whole numbers: money in 元, growth in per cent, past years as a list."""

from __future__ import annotations

from typing import Any

from yilianti.kernel.finding import Refused
from yilianti.settlement.fund.exact import change, count, fen

RATIOS = frozenset({"growth", "fund_growth"})
YEARS = frozenset({"paid", "own", "everybody"})


def fact(name: str, held: Any, field: str) -> Any:
    """The value of the fact `name` for `package.Facts`; raises Refused naming `field`, an element of it as field[0]."""
    if name == "persons":
        return count(held, field)
    if name in RATIOS:
        return change(held, field)
    if name in YEARS:
        if not isinstance(held, list | tuple):
            raise Refused("bad_list", f"{field} 应是列表。", f"{field} must be a list.", field=field)
        return tuple(fen(one, f"{field}[{number}]") for number, one in enumerate(held))
    if name == "excluded":
        if not isinstance(held, dict):
            raise Refused("bad_object", f"{field} 应是对象（花括号）。", f"{field} must be an object.", field=field)
        return {who: fen(amount, f"{field}.{who}") for who, amount in sorted(held.items())}
    return fen(held, field)

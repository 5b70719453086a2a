"""Editions that the package and its sharing ask for: the one in force, or a refusal that says what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from yilianti import policybook
from yilianti.kernel.finding import Refused


def in_force(code: str, scope: policybook.HasScope, day: date) -> policybook.Edition:
    """The edition of that code; raises Refused where the place is silent."""
    try:
        return policybook.in_force(code, day, scope)
    except policybook.NoPolicyInForce:
        where = scope.consortium or scope.region
        raise Refused("no_policy", f"{day.isoformat()}，{where} 没有 {code} 的版本；请先在政策文件中写一版。", f"The place has no edition of {code} on that day.", field="place") from None


def needed(found: policybook.Edition, names: Sequence[str]) -> None:
    """Refuse an edition that lacks a value its way of reckoning takes."""
    for name in names:
        if name not in found:
            raise Refused("bad_policy", f"{found.policy_ref} 没有写 {name}；这种算法需要它。", f"The edition lacks {name}.", field=name)

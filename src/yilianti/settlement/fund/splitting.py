"""Splitting an amount so that the parts make the whole to the fen, with the rule of the remainder stated."""

from __future__ import annotations

from collections.abc import Mapping

from yilianti.kernel.finding import Refused
from yilianti.settlement.fund.terms import Remainder


def split(fen: int, weights: Mapping[str, int], rest_to: str = "") -> dict[str, int]:
    """Parts by whole weights: rounded down, then the missing fen one each to the largest remainders (equal ones by name), or all to `rest_to`. A deficit is split like the same surplus."""
    total = sum(weights.values())
    if not weights or min(weights.values()) < 0 or total <= 0:
        raise Refused("bad_weights", f"分配的权数（{_shown(weights)}）不能为负，也不能全是 0。", "Weights must not be negative nor all zero.", field="weights")
    if rest_to and rest_to not in weights:
        raise Refused("unknown_party", f"余数归“{rest_to}”，但参加分配的是：{'、'.join(weights)}。", "The party that takes the remainder is none of those that share.", field="rest_to")
    size, sign = abs(fen), -1 if fen < 0 else 1
    parts = {who: size * weight // total for who, weight in weights.items()}
    missing = size - sum(parts.values())
    if rest_to:
        parts[rest_to] += missing
    else:
        for who in sorted(weights, key=lambda one: (-(size * weights[one] % total), one))[:missing]:
            parts[who] += 1
    return {who: sign * amount for who, amount in parts.items()}


def said(rest_to: str = "") -> str:
    """The rule of the remainder in words."""
    return f"{Remainder.NAMED.zh}：{rest_to}" if rest_to else Remainder.LARGEST.zh


def _shown(weights: Mapping[str, int]) -> str:
    return "、".join(f"{who} {weight}" for who, weight in weights.items())

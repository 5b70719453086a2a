"""Questions about a grant, answered with reasons."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from yilianti.kernel.finding import Finding, Severity


def reasons_not_to_grant(
    role: str, *, named: Mapping[str, str], held: Collection[str], apart: Sequence[str], apart_ref: str, from_on: date, until_on: date | None
) -> list[Finding]:
    """Why this role may not be given to somebody who already holds `held`; empty when nothing stands against it.

    `named` are the roles in force with their names, `apart` those of which nobody holds two.
    """
    found = []
    if role not in named:
        found.append(_blocking("unknown_role", "没有这个岗位；请从列表中选择。", "unknown role"))
    other = next((r for r in held if r in apart and r != role), None) if role in apart else None
    if other:
        zh = f"此人已是“{named.get(other, other)}”，不能再授予“{named.get(role, role)}”：两者须由不同的人担任。请先收回前者，或另选一人。"
        found.append(_blocking("must_stay_apart", zh, f"{role} and {other} must be different people", apart_ref))
    if until_on is not None and until_on <= from_on:
        found.append(_blocking("ends_before_start", "截止日期须晚于开始日期。", "ends before it starts"))
    return found


def _blocking(code: str, zh: str, en: str, policy_ref: str = "") -> Finding:
    return Finding(code, zh, policy_ref=policy_ref, severity=Severity.BLOCKING, en=en)

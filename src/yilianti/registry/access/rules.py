"""Questions about a grant and about a password, answered with reasons."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yilianti.kernel.finding import Finding, Severity

#: Shorter words occur by chance.
LONG_ENOUGH_TO_MATTER = 4


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


@dataclass(frozen=True)
class Owner:
    """What a password must not repeat: the words that stand for its owner and where they work, in small Latin letters."""

    words: tuple[str, ...] = ()


def faults_of_password(new: str, owner: Owner, limits: Mapping[str, Any], policy_ref: str = "") -> list[Finding]:
    """Why this may not be a password, by the values of `access.password`; what lists and earlier passwords say is asked elsewhere."""
    found = []
    if len(new) < limits["min_length"]:
        found.append(_blocking("too_short", f"新密码至少 {limits['min_length']} 位。", "too short", policy_ref))
    if len(new) < limits["phrase_length"] and classes_of(new) < limits["classes"]:
        zh = f"新密码须含大写字母、小写字母、数字、符号中的 {limits['classes']} 类；或用 {limits['phrase_length']} 位以上的一句话。"
        found.append(_blocking("too_plain", zh, "too few kinds of characters", policy_ref))
    if any(len(word) >= LONG_ENOUGH_TO_MATTER and word in new.lower() for word in owner.words):
        found.append(_blocking("tells_owner", "新密码不能含账号、姓名拼音、电话或机构的名称、代码。", "names its owner", policy_ref))
    if new in limits["known"]:
        found.append(_blocking("known", "这个密码公开过，人人知道；请另取一个。", "publicly known", policy_ref))
    return found


def classes_of(text: str) -> int:
    """How many of the four kinds of characters occur: capitals, small letters, digits, anything else."""
    kinds = (str.isupper, str.islower, str.isdigit, lambda c: not (c.isupper() or c.islower() or c.isdigit()))
    return sum(any(is_kind(character) for character in text) for is_kind in kinds)


def days_left(changed_at: datetime | None, change_days: int, at: datetime) -> int | None:
    """Whole days until a password must be changed, 0 or less when it is due; None when nothing is known of its age."""
    return None if changed_at is None else change_days - (at - changed_at).days

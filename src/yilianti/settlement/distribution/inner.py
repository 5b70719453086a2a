"""Inside the consortium: levels by ratio, then the members of each level by what the scheme names: score, workload, need, heads, equally, or shares fixed. An overspend never by score."""

from __future__ import annotations

from collections.abc import Mapping

from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.settlement.distribution.inputs import Member
from yilianti.settlement.distribution.rules import InnerRule, Ratio
from yilianti.settlement.distribution.terms import By
from yilianti.settlement.fund.api import Working, said, split, yuan

#: How a split over all members at once is named.
EVERYBODY = "全体成员"


def by_ratio(fen: int, ratio: Ratio, working: Working, name: str = "按比例分配") -> dict[str, int]:
    """6 : 3 : 1, 60 : 40 and their like; a deficit is charged by the same ratio."""
    found = split(fen, ratio.weights, ratio.rest_to)
    return working.amounts(name, f"金额 × 比例 ÷ 比例合计；{said(ratio.rest_to)}", found, ratio.policy_ref, 金额=Money(fen), 比例=dict(ratio.weights))


def shared(fen: int, rule: InnerRule, members: Mapping[str, Member], working: Working) -> dict[str, int]:
    """Fen by member code, exactly `fen` where every level says how; a level whose rule is silent keeps its share and is absent here."""
    if strangers := sorted(set(rule.custom) - set(members)) if members else []:
        raise Refused("unknown_party", f"distribution.inner.custom 中的“{strangers[0]}”不是成员；成员是：{'、'.join(sorted(members))}。", "A fixed share belongs to nobody.", field=f"distribution.inner.custom.{strangers[0]}")
    if not rule.weights:
        return _members(fen, EVERYBODY, members, rule, working)
    ratio = Ratio(rule.weights, rule.rest_to, rule.policy_ref)
    levels = by_ratio(fen, ratio, working, "各级份额")
    if not members:
        working.note("成员间分配", "没有给出 members，只分到各级", "不计算")
        return {}
    _known(members, rule)
    found: dict[str, int] = {}
    for level in sorted(levels, key=lambda one: (-rule.weights[one], one)):
        own = {code: member for code, member in members.items() if member.level == level}
        if not own and levels[level]:
            raise Refused("missing", f"members 中没有“{level}”的成员：{level}的份额无人可分。", "A level has no members.", field="members")
        found |= _members(levels[level], level, own, rule, working)
    return found


def _known(members: Mapping[str, Member], rule: InnerRule) -> None:
    for code, member in sorted(members.items()):
        if member.level not in rule.weights:
            raise Refused("unknown_party", f"members.{code}.level 为“{member.level}”：不是分配的一方；可用：{'、'.join(rule.weights)}。", "A level is no party of the split.", field=f"members.{code}.level")


def _members(fen: int, level: str, members: Mapping[str, Member], rule: InnerRule, working: Working) -> dict[str, int]:
    """The share of one level among its members."""
    held = rule.by if fen >= 0 else rule.overspend_by
    by, name = held.get(level, held.get("")), f"{level}：成员份额"
    if not members:
        return {}
    if len(members) == 1:
        return working.amounts(name, "只有一个成员，全归它", {next(iter(members)): fen}, rule.policy_ref)
    if by is None:
        key = "by" if fen >= 0 else "overspend_by"
        working.note(name, f"方案没有写 {key}：成员之间怎样分由本地决定，留在本级", "不计算", 金额=Money(fen))
        return {}
    weights = {code: _weight(member, by, rule) for code, member in sorted(members.items())}
    return working.amounts(name, f"{by.zh}：金额 × 权数 ÷ 权数合计；{said()}", _split(fen, weights, level), rule.policy_ref, 金额=Money(fen), 权数={code: _told(weight, by) for code, weight in weights.items()})


def _split(fen: int, weights: Mapping[str, int], level: str) -> dict[str, int]:
    try:
        return split(fen, weights)
    except Refused as refusal:
        raise Refused(refusal.code, f"{level}：{refusal.zh}", refusal.en, field="members") from None


def _weight(member: Member, by: By, rule: InnerRule) -> int:
    match by:
        case By.SCORE:
            return _given(member.score, member, "score")
        case By.HEADS:
            return _given(member.heads, member, "heads")
        case By.NEED:
            return _given(member.heads, member, "heads") * _given(member.need, member, "need")
        case By.EQUAL:
            return 1
        case By.WORKLOAD:
            return corrected(member, rule.values)
    if member.code not in rule.custom:
        raise Refused("unknown_party", f"distribution.inner.custom 没有成员“{member.code}”的份额。", "A member has no fixed share.", field=f"distribution.inner.custom.{member.code}")
    return rule.custom[member.code]


def corrected(member: Member, values: Mapping[str, int]) -> int:
    """两卡制: Σ (count × standard value) × quality; never rounded."""
    for item in sorted(member.work):
        if item not in values:
            raise Refused("unknown_item", f"members.{member.code}.work 有没有当量的项目：{item}。", "An item has no standard value.", field=f"members.{member.code}.work.{item}")
    return sum(number * values[item] for item, number in member.work.items()) * _given(member.quality, member, "quality")


def _given(value: int | None, member: Member, key: str) -> int:
    if value is None:
        raise Refused("missing", f"没有给出 members.{member.code}.{key}；这样分配需要它。", f"members.{member.code}.{key} is needed.", field=f"members.{member.code}.{key}")
    return value


def _told(weight: int, by: By) -> object:
    return yuan(weight) if by is By.SCORE else weight

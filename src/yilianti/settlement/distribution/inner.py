"""Inside the consortium: by fixed ratio, by score, by workload, by need-adjusted heads; an overspend is charged by the same weights, never by score."""

from __future__ import annotations

from collections.abc import Mapping

from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.settlement.distribution.rules import Ratio
from yilianti.settlement.fund.api import Working, percent, said, split, yuan


def by_ratio(fen: int, ratio: Ratio, working: Working, name: str = "按比例分配") -> dict[str, int]:
    """6 : 3 : 1, 60 : 40 and their like; a deficit is charged by the same ratio."""
    found = split(fen, ratio.weights, ratio.rest_to)
    return working.amounts(name, f"金额 × 比例 ÷ 比例合计；{said(ratio.rest_to)}", found, ratio.policy_ref, 金额=Money(fen), 比例=dict(ratio.weights))


def by_score(fen: int, scores: Mapping[str, int], working: Working, policy_ref: str = "") -> dict[str, int]:
    """By score in hundredths: a higher score never gets less. An overspend is refused: the best would bear the most."""
    if fen < 0:
        raise Refused("overspend", "超支不能按得分分担：得分高的会担得多；请按比例或人头分担。", "An overspend is not shared by score: the best would bear the most.", field="scores")
    found = split(fen, scores)
    return working.amounts("按得分分配", f"金额 × 得分 ÷ 得分合计；{said()}", found, policy_ref, 金额=Money(fen), 得分={who: yuan(one) for who, one in scores.items()})


def by_workload(fen: int, quantities: Mapping[str, Mapping[str, int]], values: Mapping[str, int], quality: Mapping[str, int], working: Working, policy_ref: str = "") -> dict[str, int]:
    """两卡制: Σ (count × standard value) × quality; values in ten-thousandths, quality in basis points, never rounded before the split."""
    weights = {}
    for who, done in quantities.items():
        if unknown := sorted(set(done) - set(values)):
            raise Refused("unknown_item", f"quantities.{who} 有没有当量的项目：{'、'.join(unknown)}。", "An item has no standard value.", field=f"quantities.{who}")
        if who not in quality:
            raise Refused("missing", f"没有给出 quality.{who}：工作量要按考核质量校正。", "A party has no quality.", field=f"quality.{who}")
        weights[who] = sum(number * values[item] for item, number in done.items()) * quality[who]
    found = split(fen, weights)
    shown = {who: percent(one) for who, one in quality.items()}
    return working.amounts("按工作量分配", f"金额 × 校正工作量 ÷ 合计，校正工作量 = Σ（次数 × 当量）× 质量；{said()}", found, policy_ref, 金额=Money(fen), 质量=shown, 校正工作量=weights)


def by_need(fen: int, heads: Mapping[str, int], need: Mapping[str, int], working: Working, policy_ref: str = "") -> dict[str, int]:
    """By heads × need, the need (age, chronic disease) in basis points of an average head."""
    if lacking := sorted(set(heads) - set(need)):
        raise Refused("missing", f"没有给出 need.{lacking[0]}：按需要校正的人头要有系数。", "A party has no need coefficient.", field=f"need.{lacking[0]}")
    found = split(fen, {who: number * need[who] for who, number in heads.items()})
    shown = {who: percent(need[who]) for who in heads}
    return working.amounts("按校正人头分配", f"金额 × 人数 × 需要系数 ÷ 合计；{said()}", found, policy_ref, 金额=Money(fen), 人数=dict(heads), 需要系数=shown)


def levels_then_members(fen: int, ratio: Ratio, scores: Mapping[str, Mapping[str, int]], working: Working, policy_ref: str = "") -> dict[str, int]:
    """First between levels by ratio, then inside each level by score; raises Refused for a level without members."""
    if lacking := [level for level in ratio.weights if not scores.get(level)]:
        raise Refused("missing", f"scores.{lacking[0]} 没有成员：{lacking[0]} 的份额无人可分。", "A level has no members.", field=f"scores.{lacking[0]}")
    found: dict[str, int] = {}
    for level, amount in by_ratio(fen, ratio, working, "各级份额").items():
        if twice := set(found) & set(scores[level]):
            raise Refused("twice", f"scores 中“{sorted(twice)[0]}”出现在两级里。", "A member stands in two levels.", field="scores")
        found.update(by_score(amount, scores[level], working, policy_ref))
    return found

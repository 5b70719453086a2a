"""Surplus and overspend between the fund and the consortium: bands, assessment, the largest reward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.settlement.distribution.rules import Band, Grade, SharingRule, WithheldRule
from yilianti.settlement.distribution.terms import Banding
from yilianti.settlement.fund.api import UNIT, Working, half_up, part, percent, yuan


@dataclass(frozen=True)
class Shared:
    """`consortium` is what it keeps of a surplus (positive) or bears of an overspend (negative); `fund` is the rest; together package − charged."""

    consortium: int
    fund: int


def shared(package: int, charged: int, rule: SharingRule, change: int | None, working: Working) -> Shared:
    """Shares the year's difference; `change` (basis points) comes from the assessment, None shares and refunds nothing."""
    if package < 0 or charged < 0:
        raise Refused("negative", "总额和总额内支出不能为负。", "Package and spending must not be negative.", field="package")
    left = working.amount("结余或超支", "总额 − 总额内支出", package - charged, "", 总额=Money(package), 总额内支出=Money(charged))
    if left >= 0:
        kept = _by_bands(left, package, rule.surplus, rule.banding, change)
        if rule.most is not None:
            kept = min(kept, part(package, rule.most))
        working.amount("留用", f"结余 × 留用比例（{rule.banding.zh}）", kept, rule.policy_ref, **_told(rule.surplus, change))
        return Shared(kept, working.amount("归还基金", "结余 − 留用", left - kept, rule.policy_ref))
    refunded = _by_bands(-left, package, rule.overspend, rule.banding, change)
    working.amount("基金分担", f"超支 × 分担比例（{rule.banding.zh}）", refunded, rule.policy_ref, **_told(rule.overspend, change))
    return Shared(working.amount("医共体承担", "超支 − 基金分担，记为负数", left + refunded, rule.policy_ref), -refunded)


def change_for(score: int, grades: Sequence[Grade], policy_ref: str, working: Working) -> int | None:
    """What a score (hundredths of a point, at most 100) adds to the share."""
    if not 0 <= score <= 100 * 100:
        raise Refused("bad_score", f"score 为 {yuan(score)}：应在 0 和 100 之间。", "The score must lie between 0 and 100.", field="score")
    found = next(one.change for one in grades if score >= one.from_score)
    working.note("考核系数", "考核得分所在一档的增减百分点；不及格不分结余、不补超支", "不分不补" if found is None else percent(found), policy_ref, 得分=yuan(score))
    return found


def withheld(amount: int, rule: WithheldRule, score: int, working: Working, name: str = "") -> tuple[int, int]:
    """(Paid, not paid) of the held-back part of an amount: all from `full_from` on, nothing below `nothing_below`, between them held × score ÷ full_from."""
    if not 0 <= score <= 100 * 100:
        raise Refused("bad_score", f"score 为 {yuan(score)}：应在 0 和 100 之间。", "The score must lie between 0 and 100.", field="score")
    who = f"{name}：" if name else ""
    back = working.amount(f"{who}留待考核", "金额 × 留存比例", part(amount, rule.held), rule.policy_ref, 金额=Money(amount), 比例=percent(rule.held))
    paid = back if score >= rule.full_from else 0 if score < rule.nothing_below else half_up(back * score, rule.full_from)
    working.amount(f"{who}考核后拨付", "得分达到满额线全拨，低于起付线不拨，否则 留存 × 得分 ÷ 满额线", paid, rule.policy_ref, 得分=yuan(score), 满额线=yuan(rule.full_from), 起付线=yuan(rule.nothing_below))
    return paid, back - paid


def _by_bands(size: int, package: int, bands: Sequence[Band], banding: Banding, change: int | None) -> int:
    if change is None:
        return 0
    if banding is Banding.WHOLE:
        return part(size, _share(next(one for one in bands if one.up_to is None or size * UNIT <= package * one.up_to), change))
    top, below = 0, 0
    for one in bands:  # the bounds are rounded to the fen once, so that the slices make the whole
        end = size if one.up_to is None else max(below, min(size, part(package, one.up_to)))
        top += (end - below) * _share(one, change)
        below = end
    return half_up(top, UNIT)


def _share(band: Band, change: int) -> int:
    """A band that gives nothing stays at nothing: assessment moves a share, it founds none."""
    return min(UNIT, max(0, band.share + change)) if band.share else 0


def _told(bands: Sequence[Band], change: int | None) -> dict[str, object]:
    return {"各档": [f"{'以上' if one.up_to is None else '≤ ' + percent(one.up_to)}：{percent(one.share)}" for one in bands], "考核增减": "不分不补" if change is None else percent(change)}

"""Surplus and overspend between the fund and the consortium: bands, assessment, the largest reward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.settlement.distribution.rules import Band, Grade, SharingRule
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


def withheld(amount: int, held: int, full_from: int, score: int, working: Working, policy_ref: str = "") -> tuple[int, int]:
    """(Paid, kept by the payer) of the held-back part of an amount: all from `full_from` on, below it held × score ÷ full_from."""
    if not 0 <= score <= 100 * 100 or not full_from:
        raise Refused("bad_score", f"score 为 {yuan(score)}：应在 0 和 100 之间。", "The score must lie between 0 and 100.", field="score")
    back = working.amount("留待考核", "年度指标 × 留存比例", part(amount, held), policy_ref, 比例=percent(held))
    paid = back if score >= full_from else half_up(back * score, full_from)
    working.amount("考核后拨付", "得分达到满额线全拨，否则 留存 × 得分 ÷ 满额线", paid, policy_ref, 得分=yuan(score), 满额线=yuan(full_from))
    return paid, working.amount("考核扣减", "留存 − 考核后拨付", back - paid, policy_ref)


def saved_by_cohort(last_year: int, this_year: int, working: Working, policy_ref: str = "") -> int:
    """F4: what a signed cohort cost less than last year; nothing where it cost more."""
    return working.amount("签约居民结余", "上年基金支出 − 本年基金支出，不为负", max(0, last_year - this_year), policy_ref, 上年=Money(last_year), 本年=Money(this_year))


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

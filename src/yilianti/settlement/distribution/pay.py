"""Pay: a director's by score, work points, and RBRVS pools; each exact, with the figure as a notice prints it beside."""

from __future__ import annotations

from collections.abc import Mapping

from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.settlement.fund.api import UNIT, Working, half_up, part, percent, said, split, yuan

#: A score at which a director earns the base pay, in hundredths; notices print 万元 with two decimals.
PASS = 70 * 100
PRINTED = 100 * 100


def director(base: int, score: int, deduction: int, working: Working, policy_ref: str = "") -> int:
    """Base + (score − 70) × base ÷ 100; below 70 base × score ÷ 70. A deduction is a line of its own."""
    if not 0 <= score <= 100 * 100:
        raise Refused("bad_score", f"score 为 {yuan(score)}：应在 0 和 100 之间。", "The score must lie between 0 and 100.", field="score")
    if score >= PASS:
        found, formula = base + half_up((score - PASS) * base, UNIT), "基数 +（得分 − 70）× 基数 ÷ 100"
    else:
        found, formula = half_up(base * score, PASS), "得分低于 70：基数 × 得分 ÷ 70"
    working.amount("得分年薪", formula, found, policy_ref, 基数=Money(base), 得分=yuan(score), 印出的万元=yuan(half_up(found, PRINTED)))
    if not 0 <= deduction <= found:
        raise Refused("bad_deduction", "deduction 应在 0 和得分年薪之间。", "The deduction must not exceed the pay.", field="deduction")
    working.amount("扣减", "备注栏的扣减，单列", deduction, policy_ref)
    return working.amount("实发年薪", "得分年薪 − 扣减", found - deduction, policy_ref)


def by_work_points(wages: int, basic: Mapping[str, int], worked: Mapping[str, int], most_basic: int, working: Working, policy_ref: str = "") -> dict[str, int]:
    """Wage total by points, basic points at most `most_basic` (basis points) of all; exactly the total."""
    points = {who: basic.get(who, 0) + worked.get(who, 0) for who in [*basic, *(one for one in worked if one not in basic)]}
    if sum(basic.values()) * UNIT > sum(points.values()) * most_basic:
        raise Refused("too_basic", f"basic 合计超过全部工分的 {percent(most_basic)}。", "Basic points exceed their part of all points.", field="basic")
    return working.amounts("工分年薪", f"工资总额 × 工分 ÷ 工分合计；{said()}", split(wages, points), policy_ref, 工资总额=Money(wages), 工分=points)


def rbrvs_points(value: int, post: int) -> int:
    """RBRVS (hundredths) × post coefficient (ten-thousandths), half-up to hundredths."""
    return half_up(value * post, UNIT)


def rbrvs(pool: int, share: int, values: Mapping[str, int], posts: Mapping[str, int], working: Working, policy_ref: str = "") -> dict[str, int]:
    """A pool, one part by points and the rest by post coefficient; both together exactly the pool."""
    by_points = part(pool, share)
    working.amounts("绩效池", "池 × 按点数的比例；其余按岗位系数", {"按点数": by_points, "按岗位系数": pool - by_points}, policy_ref, 池=Money(pool), 比例=percent(share))
    return two_pools(by_points, pool - by_points, values, posts, working, policy_ref)


def two_pools(by_points: int, by_post: int, values: Mapping[str, int], posts: Mapping[str, int], working: Working, policy_ref: str = "") -> dict[str, int]:
    """The two pools of RBRVS, each split exactly."""
    if values.keys() != posts.keys():
        raise Refused("missing", "values 和 posts 的各组应相同。", "values and posts must name the same groups.", field="posts")
    points = {who: rbrvs_points(values[who], posts[who]) for who in values}
    working.note("点数", "RBRVS × 岗位系数，四舍五入到两位小数", {who: yuan(one) for who, one in points.items()}, policy_ref)
    first = working.amounts("按点数", f"按点数的池 × 点数 ÷ 点数合计；{said()}", split(by_points, points), policy_ref)
    second = working.amounts("按岗位系数", f"其余的池 × 岗位系数 ÷ 系数合计；{said()}", split(by_post, posts), policy_ref)
    return working.amounts("合计", "按点数 + 按岗位系数", {who: first[who] + second[who] for who in values}, policy_ref)

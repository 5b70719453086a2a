"""Pay: a director's by score, work points, and RBRVS pools; each exact, with the figure as a notice prints it beside."""

from __future__ import annotations

from collections.abc import Mapping

from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.settlement.distribution.people import Pools
from yilianti.settlement.distribution.reading import by_points
from yilianti.settlement.fund.api import UNIT, Given, Working, half_up, part, percent, said, split, yuan

#: A score at which a director earns the base pay, in hundredths; notices print 万元 with two decimals.
PASS = 70 * 100
PRINTED = 100 * 100


def director(base: int, score: int, deduction: int, working: Working, policy_ref: str = "", name: str = "") -> int:
    """Base + (score − 70) × base ÷ 100; below 70 base × score ÷ 70. A deduction is a line of its own."""
    if not 0 <= score <= 100 * 100:
        raise Refused("bad_score", f"score 为 {yuan(score)}：应在 0 和 100 之间。", "The score must lie between 0 and 100.", field="score")
    who = f"{name}：" if name else ""
    if score >= PASS:
        found, formula = base + half_up((score - PASS) * base, UNIT), "基数 +（得分 − 70）× 基数 ÷ 100"
    else:
        found, formula = half_up(base * score, PASS), "得分低于 70：基数 × 得分 ÷ 70"
    working.amount(f"{who}得分年薪", formula, found, policy_ref, 基数=Money(base), 得分=yuan(score), 印出的万元=yuan(half_up(found, PRINTED)))
    if not 0 <= deduction <= found:
        raise Refused("bad_deduction", "deduction 应在 0 和得分年薪之间。", "The deduction must not exceed the pay.", field="deduction")
    working.amount(f"{who}扣减", "备注栏的扣减，单列", deduction, policy_ref)
    return working.amount(f"{who}实发年薪", "得分年薪 − 扣减", found - deduction, policy_ref)


def by_work_points(wages: int, basic: Mapping[str, int], worked: Mapping[str, int], most_basic: int, working: Working, policy_ref: str = "") -> dict[str, int]:
    """Wage total by points (hundredths), basic points at most `most_basic` (basis points) of all; exactly the total."""
    points = {who: basic.get(who, 0) + worked.get(who, 0) for who in sorted({*basic, *worked})}
    if sum(basic.values()) * UNIT > sum(points.values()) * most_basic:
        raise Refused("too_basic", f"basic 合计 {yuan(sum(basic.values()))}，超过全部工分 {yuan(sum(points.values()))} 的 {percent(most_basic)}。", "Basic points exceed their part of all points.", field="pay_points.basic")
    return working.amounts("工分年薪", f"工资总额 × 工分 ÷ 工分合计；{said()}", split(wages, points), policy_ref, 工资总额=Money(wages), 工分={who: yuan(one) for who, one in points.items()})


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


def pools(given: Pools, found: Given | None, working: Working) -> None:
    """What the inputs name: one pool by the scheme's ratio, two pools as they are, the general form, and what a hospital's pool is made of."""
    values, posts, quality = given.values or {}, given.posts or {}, given.quality or {}
    if given.pool is not None and found is not None:
        share, ref = by_points(found)
        rbrvs(given.pool, share, values, posts, working, ref)
    elif given.pool is not None:
        general(given.pool, values, quality, given.standard or quality, working)
    if given.two is not None:
        two_pools(*given.two, values, posts, working)
    if given.hospital is not None:
        working.amount("医院绩效总额", "RBRVS + DRG + 国考 + 考核 − 成本（成本写负数），各项相加", sum(given.hospital.values()), "", **{who: Money(one) for who, one in given.hospital.items()})


def general(wages: int, values: Mapping[str, int], quality: Mapping[str, int], standard: Mapping[str, int], working: Working) -> dict[str, int]:
    """CF = W ÷ Σ(RVU × Q0), MP = RVU × Q × CF. With Q = Q0 exactly W; otherwise the sum is rounded once and the difference from W is said."""
    if not values or not values.keys() == quality.keys() == standard.keys():
        raise Refused("missing", "rbrvs.groups 的各组都应写 quality（和 standard，或都不写）。", "Every group needs a quality.", field="rbrvs.groups")
    bottom, weights = sum(values[who] * standard[who] for who in values), {who: values[who] * quality[who] for who in sorted(values)}
    if not bottom:
        raise Refused("bad_weights", "rbrvs.groups 的点数 × 质量系数合计为 0。", "The points make nothing.", field="rbrvs.groups")
    working.note("转换系数", "CF = W ÷ Σ（RVU × Q0），不舍入；单位：元 ÷ 点", f"{wages * UNIT}/{bottom}", "", W=Money(wages))
    whole = half_up(wages * sum(weights.values()), bottom)
    found = working.amounts("各组绩效", f"RVU × Q × CF；合计舍入一次，再按点数分：{said()}", split(whole, weights), "", RVU={who: yuan(values[who]) for who in sorted(values)}, 质量={who: percent(quality[who]) for who in sorted(quality)})
    working.amount("与 W 的差", "W − 各组合计：质量系数高于标准时为负", wages - whole)
    return found

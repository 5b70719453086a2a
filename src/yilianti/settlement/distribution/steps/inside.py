"""Inside the consortium: what a surplus is used for, who has which part of it or bears which part of an overspend, and what stays back until the assessment."""

from __future__ import annotations

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution import inner as among
from yilianti.settlement.distribution import reading, sharing
from yilianti.settlement.distribution.course import Course
from yilianti.settlement.distribution.rules import WithheldRule
from yilianti.settlement.distribution.terms import Keeper, Line, Withheld


def use(course: Course) -> None:
    """A surplus by its uses; the one that is marked goes on to the members, the others stay with the consortium."""
    found = course.scheme.get("distribution.surplus_use")
    if found is None:
        return None
    if course.shared is None or course.pool <= 0:
        return course.skip("结余的用途", "没有结余，不分用途")
    rule = reading.use(found)
    if not rule.shared and course.scheme.get("distribution.inner") is not None:
        raise Refused("bad_policy", f"{rule.ratio.policy_ref} 没有写 shared：方案又有 distribution.inner，要说明哪一项用途分给成员。", "surplus_use must name the use that members share.", field="distribution.surplus_use.shared")
    parts = among.by_ratio(course.pool, rule.ratio, course.working, "结余的用途")
    course.pool = parts.pop(rule.shared, 0)
    course.totals["uses"] = sum(parts.values())
    return None


def inner(course: Course) -> None:
    """What the consortium keeps or bears, by ratio of levels and then among the members of each."""
    found = course.scheme.get("distribution.inner")
    if course.shared is None:
        return course.skip("成员间分配", "没有清算，不分配") if found is not None else None
    if found is None:
        return course.skip("成员间分配", "没有内部分配的政策（distribution.inner），留在医共体账上")
    parts = among.shared(course.pool, reading.inner(found, course.scheme.get("distribution.work_points")), course.inputs.members, course.working)
    course.give(Line.OVERSPEND_SHARE if course.pool < 0 else Line.SURPLUS_SHARE, parts)
    course.totals["members"] = sum(parts.values())
    return None


def withheld(course: Course) -> None:
    """The part that each member gets only after its assessment; what is not paid goes to who the scheme names."""
    subsidies = {code: member.subsidy for code, member in sorted(course.inputs.members.items()) if member.subsidy is not None}
    if subsidies:
        course.give(Line.SUBSIDY, subsidies)
        course.working.amounts("年度补助指标", "各成员的年度指标", subsidies)
    found = course.scheme.get("distribution.withheld")
    if found is None:
        return None
    rule = reading.withheld(found)
    held = subsidies if rule.of is Withheld.SUBSIDY else {code: own[Line.SURPLUS_SHARE] for code, own in course.lines.items() if own.get(Line.SURPLUS_SHARE, 0) > 0}
    if not held:
        return course.skip("考核拨付", f"没有{rule.of.zh}，不留")
    kept = {code: -_kept(course, code, amount, rule) for code, amount in sorted(held.items())}
    course.give(Line.WITHHELD, kept)
    course.working.amounts("考核扣减", f"各成员合计；{rule.rest_to.zh}", kept, rule.policy_ref)
    course.totals["subsidy_withheld" if rule.of is Withheld.SUBSIDY else "withheld_consortium" if rule.rest_to is Keeper.CONSORTIUM else "withheld_fund"] = -sum(kept.values())
    return None


def _kept(course: Course, code: str, amount: int, rule: WithheldRule) -> int:
    member = course.member(code, "members")
    if member.score is None:
        raise Refused("missing", f"没有给出 members.{code}.score；考核拨付需要它。", "A member has no score.", field=f"members.{code}.score")
    return sharing.withheld(amount, rule, member.score, course.working, member.name)[1]

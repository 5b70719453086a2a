"""Money for basic public health, pay of people, and standards a head."""

from __future__ import annotations

from collections.abc import Mapping

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution import inner, pay, public_health, reading
from yilianti.settlement.distribution.course import Course
from yilianti.settlement.distribution.inputs import Member
from yilianti.settlement.distribution.people import Health, Standard
from yilianti.settlement.distribution.rules import StandardRule
from yilianti.settlement.distribution.sections import Section
from yilianti.settlement.distribution.terms import Line, Method
from yilianti.settlement.fund import api as fund
from yilianti.settlement.fund.api import said, split


def health(course: Course) -> None:
    """The second package: heads × standard, township and village by the table, then members by corrected work points or by heads and quality."""
    given, table = course.inputs.public_health, course.scheme.get("distribution.public_health_tasks")
    if given is None:
        return course.skip("基本公共卫生", "没有给出 public_health，不计算") if table is not None else None
    told = table is None or given.pool is not None or course.scheme.get("budget.public_health") is not None
    whole = _pool(course, given) if told else 0
    levels = {public_health.EVERYBODY: whole} if table is None else _levels(course, given, table)
    whole = whole if told else sum(levels.values())
    if sum(levels.values()) > whole:
        raise Refused("too_much", f"乡村分配表合计 {fund.yuan(sum(levels.values()))}，超过公共卫生总额 {fund.yuan(whole)}；请核对各项目的 per_head。", "The table gives more than the package.", field="distribution.public_health_tasks")
    shared = {code: part for level, fen in sorted(levels.items()) for code, part in _to_members(course, level, fen).items()}
    course.give(Line.PUBLIC_HEALTH, shared)
    course.totals |= {"public_health": whole, "public_health_unshared": whole - sum(shared.values())}
    return None


def _pool(course: Course, given: Health) -> int:
    if given.pool is not None:
        return course.working.amount("公共卫生总额", "直接给出", given.pool)
    a_head, ref = fund.per_head_of(course.scheme.needed("budget.public_health"), course.scheme.year)
    return fund.by_heads(given.heads or 0, a_head, course.working, ref, "公共卫生")


def _levels(course: Course, given: Health, table: Section) -> dict[str, int]:
    """What the table gives either level, in both readings of each row."""
    if given.heads is None:
        raise Refused("missing", "没有给出 public_health.heads；按乡村分配表计算需要人数。", "The table needs heads.", field="public_health.heads")
    tasks, ref = reading.tasks(table)
    public_health.printed(tasks, course.working, ref)
    parts = public_health.by_table(given.heads, tasks, course.working, ref)
    return {table.get("township", public_health.TOWNSHIP): parts[public_health.TOWNSHIP], table.get("village", "村级"): parts[public_health.VILLAGE]}


def _to_members(course: Course, level: str, fen: int) -> dict[str, int]:
    """One level's money among its members: by corrected work points where the scheme has values, else by heads, corrected by quality where all have one."""
    everybody = level == public_health.EVERYBODY
    points = course.scheme.get("distribution.work_points")
    members = {code: one for code, one in sorted(course.inputs.members.items()) if (everybody or one.level == level) and (bool(one.work) if points else one.heads is not None)}
    if not members:
        course.skip(f"{level}：公共卫生", "没有给出这一级成员的工作量或人数，留在本级")
        return {}
    weights = {code: inner.corrected(one, reading.values(points)) for code, one in members.items()} if points else _heads(members)
    formula = "校正工作量 = Σ（次数 × 当量）× 质量" if points else "人数 × 质量（都给出时）"
    if not any(weights.values()):
        raise Refused("bad_weights", f"{level}的成员工作量或人数都是 0：{fund.yuan(fen)} 元无人可分。", "All weights are zero.", field="members")
    return course.working.amounts(f"{level}：公共卫生", f"金额 × 权数 ÷ 合计，{formula}；{said()}", split(fen, weights), points.policy_ref if points else "", 权数=weights)


def _heads(members: Mapping[str, Member]) -> dict[str, int]:
    rated = [code for code, one in members.items() if one.quality is not None]
    if rated and len(rated) != len(members):
        lacking = next(code for code, one in members.items() if one.quality is None)
        raise Refused("missing", f"没有给出 members.{lacking}.quality：同级的其他成员给出了。", "A member has no quality while others have.", field=f"members.{lacking}.quality")
    return {code: (one.heads or 0) * (one.quality if one.quality is not None else 1) for code, one in members.items()}


def paid(course: Course) -> None:
    """Directors by score, wages by points, RBRVS pools: each a step of its own that another scheme may leave out."""
    given = course.inputs
    if found := course.section("distribution.director", bool(given.director), "director"):
        bases, ref = reading.director(found)
        for one in given.director:
            if one.grade not in bases:
                raise Refused("unknown_item", f"director 的 grade 为“{one.grade}”：{ref} 没有这一级；有：{'、'.join(bases)}。", "A grade has no base pay.", field="director.grade")
            pay.director(bases[one.grade], one.score, one.deduction, course.working, ref, one.name)
    if (found := course.section("distribution.pay_points", given.pay_points is not None, "pay_points")) and given.pay_points is not None:
        most, ref = reading.most_basic(found)
        pay.by_work_points(given.pay_points.wages, given.pay_points.basic, given.pay_points.worked, most, course.working, ref)
    if given.rbrvs is not None:
        pay.pools(given.rbrvs, course.section("distribution.rbrvs", given.rbrvs.pool is not None and bool(given.rbrvs.posts), "rbrvs.pool"), course.working)


def capitation(course: Course) -> None:
    """Standards a head, and persons × standard where persons are given."""
    given = course.inputs.capitation
    found = course.section("distribution.capitation", bool(given), "capitation")
    if found is None:
        return course.skip("人头标准", "没有给出 capitation，不计算") if course.scheme.get("distribution.capitation") is not None else None
    rule = reading.standard(found)
    for one in given:
        a_head = _standard(course, one, rule)
        if one.persons is not None:
            fund.by_heads(one.persons, a_head, course.working, rule.policy_ref, one.name)
    return None


def _standard(course: Course, one: Standard, rule: StandardRule) -> int:
    added = sum(rule.added.values()) + one.exams
    if rule.method is Method.TOP_DOWN:
        return fund.top_down(_given(one.cost, one, "cost"), _given(one.visits, one, "visits"), rule.visits_a_person, rule.share, rule.growth, added, course.working, rule.policy_ref, one.name)
    if rule.method is Method.BOTTOM_UP:
        cost, own = one.cost_a_head or (), one.self_pay_a_head or ()
        if not cost or len(cost) != len(own):
            raise Refused("missing", f"capitation“{one.name}”的 cost_a_head 和 self_pay_a_head 应是相同年数的列表。", "Cost and self-pay need the same years.", field="capitation.cost_a_head")
        return fund.bottom_up(cost, own, added, course.working, rule.policy_ref, one.name)
    if one.kind not in rule.per_head and "" not in rule.per_head:
        raise Refused("unknown_item", f"capitation“{one.name}”的 kind 为“{one.kind}”：{rule.policy_ref} 没有这一类的标准；有：{'、'.join(rule.per_head)}。", "A kind has no standard.", field="capitation.kind")
    return course.working.amount(f"{one.name}：人头标准", "政策写定", rule.per_head.get(one.kind, rule.per_head.get("", 0)), rule.policy_ref)


def _given(value: int | None, one: Standard, key: str) -> int:
    if not value:
        raise Refused("missing", f"capitation“{one.name}”没有给出 {key}，或为 0。", f"{key} is needed.", field=f"capitation.{key}")
    return value
